// The ways to make the visit: with no cache at all, with the browser's own HTTP cache, with nearcache.

import { open } from "nearcache";

/** Each lane opens with `start()`, fetches, and is left and come back to with `again()`. */
export const LANES = [
  { id: "none", name: "No cache in the browser", ...plain({ cache: "no-store" }) },
  { id: "http", name: "The browser’s HTTP cache", ...revalidating() },
  { id: "nearcache", name: "nearcache", ...near() },
];

function plain(options) {
  return { start: async () => {}, again: async () => {}, end: async () => {}, fetch: (path, init) => fetch(path, { ...init, ...options }) };
}

/** What an earlier race left in the browser's cache can't be removed, but is not taken the first time. */
function revalidating() {
  let seen;
  return {
    ...plain(),
    start: async () => void (seen = new Set()),
    fetch(path, init) {
      const isNew = !seen.has(path);
      seen.add(path);
      return fetch(path, { ...init, cache: isNew ? "reload" : "default" });
    },
  };
}

/** As a shop would set it up: a product that is a minute old may be shown while a newer one is fetched. */
function near() {
  let cache;
  const opened = async () => {
    cache = await open({ name: "race", origin: { kind: "cloudfront" } });
    cache.route("/api/products/:id", { staleWhileRevalidate: "1m" });
    cache.route({ url: "/api/search", method: "POST" }, { key: { body: ["/q", "/page"] } });
    cache.route("/images/*", { strategy: "cache-first" });
  };
  return {
    async start() {
      await opened();
      await cache.clear();
    },
    async again() {
      await cache.close(); // memory goes, what is stored stays
      await opened();
    },
    async end() {
      await cache.flush();
      await cache.clear();
      await cache.close();
    },
    fetch: (path, init) => cache.fetch(path, init),
  };
}
