import { NearCache } from "./cache.js";
import { NearcacheError } from "./errors.js";
import { Precache, type PrecacheItem } from "./precache.js";
import { readyNow } from "./ready.js";
import type { ServiceWorkerScope } from "./scope.js";
import type { OpenOptions, RouteMatcher, RouteOptions } from "./types.js";

export type { PrecacheItem } from "./precache.js";

/** A route, as `cache.route(match, options)` takes it. */
export interface ServeRoute extends RouteOptions {
  match: RouteMatcher;
}

/** What `serve()` takes: everything of `open()`, and what to answer. */
export interface ServeOptions extends OpenOptions {
  /** Which requests are answered, and how; the first match holds. Others are left to the browser. */
  routes?: readonly ServeRoute[];
  /** What is fetched at install and answered from the cache from then on. A text is a URL without revision. */
  precache?: readonly (string | PrecacheItem)[];
  /** The page that is shown when a navigation fails; precached. */
  offline?: string;
  /** Whether a new worker takes over at once instead of when all tabs are closed. Default `true`. */
  skipWaiting?: boolean;
  /** Whether open pages are controlled without a reload. Default `true`. */
  claim?: boolean;
}

/**
 * Answers `fetch` events of a service worker. Call it once, at the top of the worker's script: the listeners
 * are added before it returns. Throws (and so lets the registration fail) when an option is wrong.
 */
export function serve(options: ServeOptions): NearCache {
  const { routes = [], precache = [], offline, skipWaiting = true, claim = true, ...rest } = options;
  const scope = globalThis as unknown as ServiceWorkerScope;
  const Client = readyNow();
  const raw = new Client(rest, NearcacheError);
  const cache = new NearCache(raw);
  const kept = new Precache(raw, offline === undefined ? precache : [...precache, offline], scope.location.href);
  for (const { match, ...route } of routes) raw.route(match, route);

  scope.addEventListener("install", (event) => {
    event.waitUntil(kept.fill().then(() => (skipWaiting ? scope.skipWaiting() : undefined)));
  });
  scope.addEventListener("activate", (event) => {
    event.waitUntil(Promise.all([kept.prune(), claim ? scope.clients.claim() : undefined]));
  });
  scope.addEventListener("fetch", (event) => {
    const { request } = event;
    const page = offline !== undefined && request.mode === "navigate" && request.method === "GET";
    const answer = kept.has(request) ? kept.answer(request.url) : raw.matches(request) ? raw.handle(event) : page && fetch(request);
    if (!answer) return;
    event.respondWith(page ? answer.catch((error: unknown) => kept.answer(offline, error)) : answer);
  });
  return cache;
}
