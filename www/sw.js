// The shop's service worker: pictures from the cache, the app's own files from the network while there is one.
//
// Import maps don't reach workers, so the package goes by its path here; a bundler would take "nearcache/worker".
import { serve } from "/pkg/dist/entry/worker.js";

const SHELL = [
  "/icon.svg", "/css/base.css", "/css/shop.css", "/css/panel.css",
  "/js/main.js", "/js/dom.js", "/js/format.js", "/js/settings.js",
  "/js/shop/api.js", "/js/shop/caches.js",
  "/js/views/cards.js", "/js/views/product.js", "/js/views/profile.js", "/js/views/search.js", "/js/views/shelf.js", "/js/views/shelves.js",
  "/js/panel/controls.js", "/js/panel/layers.js", "/js/panel/log.js", "/js/panel/panel.js", "/js/panel/savings.js", "/js/panel/tiers.js",
  "/js/watch/answer.js", "/js/watch/price.js", "/js/watch/requests.js",
  "/pkg/dist/entry/web.js", "/pkg/wasm/nearcache_bg.wasm",
];

// Network-first rather than precached: who edits the shop sees the change at the next reload. Only the page itself is
// precached, for when a navigation fails.
const cache = serve({
  name: "shop",
  tiers: ["memory", "indexeddb", "cache-storage"],
  routes: [
    { match: "/images/*", strategy: "cache-first", tier: "cache-storage" },
    { match: ({ url, method }) => method === "GET" && SHELL.includes(new URL(url).pathname), strategy: "network-first", timeout: "3s", tags: ["shell"] },
  ],
  offline: "/index.html",
});

addEventListener("install", (event) => {
  event.waitUntil(Promise.all(SHELL.map(async (path) => (await cache.fetch(path)).arrayBuffer())));
});
