import { createApp, createSSRApp, h, ref, Suspense } from "vue";
import { useCached } from "nearcache/vue";

import { load, opening, root } from "./tools.js";

/** What each render of `Item` showed. */
globalThis.renders = [];
const Item = {
  props: ["id", "cache", "options"],
  setup(props) {
    const { status, data, error, loading, refresh } = useCached(props.cache ?? opening, () => props.id && `item:${props.id}`, load, props.options);
    return () => {
      const text = `${props.id}:${data.value?.value ?? status.value}${error.value ? `!${error.value.message}` : ""}${loading.value && data.value ? "…" : ""}`;
      renders.push(text);
      return h("button", { onClick: refresh }, text);
    };
  },
};
const Awaited = {
  async setup() {
    const { data, settled } = useCached(opening, "item:a", load);
    await settled();
    return () => h("p", data.value.value);
  },
};

const ids = ref([]);
let app;
const mount = (component) => (app = createApp(component)).mount(root);

Object.assign(globalThis, {
  items(list, options) {
    ids.value = list;
    if (!app) mount(() => ids.value.map((id) => h(Item, { id, options })));
  },
  async warm(id) {
    const cache = await opening;
    mount(() => h(Item, { id, cache }));
  },
  suspended: () => mount(() => h(Suspense, null, { default: () => h(Awaited), fallback: () => "waiting" })),
  hydrate(id, initial, html) {
    root.innerHTML = html;
    app = createSSRApp(() => h(Item, { id, options: { initial } }));
    app.mount(root);
    return root.textContent;
  },
  unmount: () => app.unmount(),
});
