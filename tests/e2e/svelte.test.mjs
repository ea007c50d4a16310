// The Svelte store, with the real Svelte.

import { bundled } from "./lib/app.mjs";
import { asAnyComponent } from "./lib/component.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("svelte.js"), mounts: { "/pkg": PACKAGE } };

forEachBrowser("Svelte", (test) => {
  asAnyComponent(test, options);
});
