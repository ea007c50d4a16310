// The Vue composable, with the real Vue.

import assert from "node:assert/strict";

import { open } from "nearcache";
import { useCached } from "nearcache/vue";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";

import { bundled } from "./lib/app.mjs";
import { asAnyComponent, loads } from "./lib/component.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("vue.js"), mounts: { "/pkg": PACKAGE } };
const opening = open({ name: "server" });

forEachBrowser("Vue", (test) => {
  asAnyComponent(test, options);

  test("waits under Suspense", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { hold(); suspended(); });
    await tab.evaluate(() => shows("waiting"));
    await tab.evaluate(() => origin.release());
    await tab.evaluate(() => shows("one"));
  }, { ...options, expected: /<Suspense> is an experimental feature/ });

  test("hydrates what a server rendered", async ({ visit }) => {
    const tab = await visit();
    const initial = { value: "server" };
    const html = await renderToString(createSSRApp({ setup() {
      const { data } = useCached(opening, "item:a", () => initial, { initial });
      return () => h("button", `a:${data.value.value}`);
    } }));
    assert.equal(await tab.evaluate((html, initial) => hydrate("a", initial, html), html, initial), "a:server");
    await tab.evaluate(() => shows("a:one"));
    assert.equal(await loads(tab), 1);
  }, options);
});
