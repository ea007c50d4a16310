import { flushSync, mount, unmount } from "svelte";

import Items from "./Items.svelte";
import { shown } from "./shown.svelte.js";
import { opening, root as target } from "./tools.js";

/** What each render of `<Item>` showed. */
globalThis.renders = [];
let app;
const show = (props) => {
  Object.assign(shown, props);
  app ??= mount(Items, { target, props: shown });
  flushSync();
};

Object.assign(globalThis, {
  items: (ids, options) => show({ ids, options }),
  async warm(id) {
    const cache = await opening;
    show({ ids: [id], cache });
  },
  unmount: () => unmount(app),
});
