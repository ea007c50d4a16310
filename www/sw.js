// The shop's service worker: pictures from the cache, the app's own files from the network while there is one.
//
// Import maps don't reach workers, so the package goes by its path here; a bundler would take "nearcache/worker".
import { serve } from "/pkg/dist/entry/worker.js";

const SHELL = [
  "/icon.svg", "/prices.json",
  ...["base", "shop", "journey", "panel", "views"].map((name) => `/css/${name}.css`),
  ...[
    "main", "dom", "format", "layers", "settings",
    "shop/api", "shop/caches", "origin/control", "origin/switches",
    "views/cards", "views/product", "views/profile", "views/search", "views/shelf", "views/shelves",
    "watch/answer", "watch/pictures", "watch/requests", "watch/way",
    "journey/diagram", "journey/journey", "journey/places",
    "panel/answers", "panel/charts", "panel/inspector", "panel/log", "panel/panel", "panel/table", "panel/tabs", "panel/tiers",
    "play/controls", "play/data", "play/failures", "play/network", "play/people", "play/play", "play/switches", "play/tabs", "play/tiers",
    "race/lanes", "race/race", "race/visit", "cost/meter", "cost/prices", "cost/usage",
  ].map((name) => `/js/${name}.js`),
  "/vendor/uplot/uPlot.esm.js", "/vendor/uplot/uPlot.min.css",
  "/pkg/dist/entry/web.js", "/pkg/dist/entry/inspector.js", "/pkg/wasm/nearcache_bg.wasm",
];

// Network-first rather than precached: who edits the shop sees the change at the next reload. Only the page itself is
// precached, for when a navigation fails.
const cache = serve({
  name: "shop",
  tiers: ["memory", "indexeddb", "cache-storage"],
  routes: [
    { match: "/images/*", strategy: "cache-first", tier: "cache-storage", tags: ["pictures"] },
    { match: ({ url, method }) => method === "GET" && SHELL.includes(new URL(url).pathname), strategy: "network-first", timeout: "3s", tags: ["shell"] },
  ],
  offline: "/index.html",
});

// The page draws who answered a picture, which it did not fetch itself.
const watchers = new BroadcastChannel("shop-worker");
const picture = (key) => key.includes("/images/") && key.replace("GET ", "");
cache.on("hit", ({ key, tier }) => picture(key) && watchers.postMessage({ url: picture(key), tier }));
cache.on("miss", ({ key }) => picture(key) && watchers.postMessage({ url: picture(key) }));

addEventListener("install", (event) => {
  event.waitUntil(Promise.all(SHELL.map(async (path) => (await cache.fetch(path)).arrayBuffer())));
});
