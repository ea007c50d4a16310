// fetch, routes and the service worker.
import { open } from "nearcache";
import { NearcacheInspector } from "nearcache/inspector";
import * as inline from "nearcache/inline";
import * as slim from "nearcache/slim";
import { onChanged, register, type Registered } from "nearcache/register";
import { nearcache, manifest } from "nearcache/vite";
import { serve, type PrecacheItem, type ServeOptions } from "nearcache/worker";
import "nearcache/classic.js";
import { holds, type Same } from "./assert.js";

const cache = await open({ name: "shop" });
const response = await cache.fetch("/api/items", { signal: AbortSignal.timeout(1000) });
holds<Same<typeof response, Response>>();
const dropIn: typeof fetch = cache.fetch;
void dropIn;

const unroute = cache.route("/api/items/:id", { strategy: "stale-while-revalidate", ttl: "1m", staleIfError: "1d" });
unroute();
cache.route(/\.(png|jpe?g)$/, { strategy: "cache-first", tier: "cache-storage", opaque: true });
cache.route({ method: "POST", url: "/api/search" }, { key: { body: ["/query", "/page"], query: false }, ttl: "30s" });
cache.route({ destination: "image", mode: "no-cors" }, {});
cache.route((request) => request.headers.has("x-cached"), { statuses: [200, 404] });
cache.route({ pathname: "*/", test: (url) => url.endsWith("/") }, { strategy: "network-first", timeout: 3000 });
const undo: () => void = cache.intercept();
undo();

await slim.init(fetch("/nearcache.wasm"));
await slim.init(() => new URL("https://example.com/nearcache.wasm"));
await inline.open({ name: "shop" });

const options: ServeOptions = {
  name: "shop",
  routes: [{ match: "/api/*", strategy: "network-first", timeout: "2s" }],
  precache: ["/", { url: "/app.js", revision: "5f3a", integrity: "sha384-x" }],
  navigationFallback: { url: "/", allow: ["/shop/*"], deny: [/\/admin\//] },
  offline: "/offline.html",
  navigationPreload: true,
  bypass: false,
  skipWaiting: false,
};
const served = serve(options);
await served.flush();
globalThis.nearcache.serve(options);

const app = await register("/sw.js", { update: "now", checkEvery: 0, onWaiting: (takeOver) => takeOver(), onError: ({ code }) => code });
holds<Same<typeof app, Registered | undefined>>();
app?.takeOver();
const hush: () => void = onChanged(({ url, changed, before, after }) => [url, changed.includes("etag"), before.status, after.etag], /api/);
hush();
const waiting = await app?.writes();
waiting?.map(({ id, url, body }) => [id satisfies number, url satisfies string, body satisfies ArrayBuffer | null]);
serve({
  name: "shop",
  routes: [{
    match: "/api/*",
    queue: {
      maxAge: "1d", owner: async () => "alice", headers: async ({ url }) => ({ Authorization: url }),
      onConflict: (write, response) => (response.status === 412 ? { body: write.body, headers: { "If-Match": "*" } } : undefined),
      onFailure: (_write, reason) => void (reason instanceof Response ? reason.status : reason.code),
    },
  }],
});
nearcache({ worker: "sw.js", ignore: ["/admin/*", /x/] });
holds<Same<Awaited<ReturnType<typeof manifest>>, PrecacheItem[]>>();
serve({ name: "shop", precache: __NEARCACHE_PRECACHE__ });

// @ts-expect-error: unknown strategy
cache.route("/", { strategy: "cache-then-network" });
// @ts-expect-error: a route needs a match
serve({ name: "shop", routes: [{ strategy: "http" }] });

const inspector = document.createElement("nearcache-inspector");
holds<Same<typeof inspector, NearcacheInspector>>();
inspector.cache = cache;
inspector.cache = undefined;
holds<Same<typeof cache.name, string>>();
holds<Same<typeof cache.partition, string | undefined>>();
