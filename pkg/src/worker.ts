import type { Client } from "#glue";
import { bypass, watchOthers } from "./bypass.js";
import { NearCache } from "./cache.js";
import { Changes } from "./changes.js";
import { EarlyAnswers } from "./early.js";
import { NearcacheError } from "./errors.js";
import { condition, predicate } from "./match.js";
import { message, type PageMessage, type WorkerMessage } from "./messages.js";
import { falls, type NavigationFallback } from "./navigation.js";
import { Precache, type PrecacheItem } from "./precache.js";
import { WriteQueue, type QueueOptions } from "./queue.js";
import { beginAtOnce, ready, readyNow } from "./ready.js";
import type { FetchEventLike, ServiceWorkerScope } from "./scope.js";
import { Sealer } from "./seal.js";
import { clientOf, type Side } from "./start.js";
import type { OpenOptions, RouteMatcher, RouteOptions } from "./types.js";

export type { NavigationFallback } from "./navigation.js";
export type { PrecacheItem } from "./precache.js";
export type { QueuedWrite, QueueOptions, ResolvedWrite } from "./queue.js";

declare global {
  /** What the Vite plugin or `nearcache-manifest --inject` fills in: the files of the build. */
  var __NEARCACHE_PRECACHE__: PrecacheItem[];
}

/** A route, as `cache.route(match, options)` takes it. */
export interface ServeRoute extends RouteOptions {
  match: RouteMatcher;
  /** Keeps POST, PUT, PATCH and DELETE that find no network, answers 202, and sends them later. Default: they fail. */
  queue?: QueueOptions;
}

/** What `serve()` takes: everything of `open()`, and what to answer. */
export interface ServeOptions extends OpenOptions {
  /** Which requests are answered, and how; the first match holds. Others are left to the browser. */
  routes?: readonly ServeRoute[];
  /** What is fetched at install and answered from the cache from then on. A text is a URL without revision. */
  precache?: readonly (string | PrecacheItem)[];
  /** The page that answers navigations to what is neither precached nor routed: for single-page applications. */
  navigationFallback?: string | NavigationFallback;
  /** The page that is shown when a navigation fails; precached. */
  offline?: string;
  /**
   * Whether the browser asks the network for a navigation while it still starts the worker. For applications whose
   * pages come from the network, with an `offline` page; others would ask in vain. Default `false`.
   */
  navigationPreload?: boolean;
  /**
   * Whether requests that nothing here wants pass the worker by, where the browser has static routes. Only when each
   * route's `match` is a path, a URL's beginning, a `URLPattern`, or an object of these or of `destination` and
   * `mode`, and the script has no other `fetch` listener. Say `false` when you add routes later than in the script's
   * first run. Default `true`.
   */
  bypass?: boolean;
  /** Whether a new worker takes over at once instead of when all tabs are closed. Default `true`. */
  skipWaiting?: boolean;
  /** Whether open pages are controlled without a reload. Default `true`. */
  claim?: boolean;
}

/** The states of a worker that has not taken over yet. */
const BEFORE = new Set(["parsed", "installing", "installed"]);

/**
 * Answers `fetch` events of a service worker. Call it once, at the top of the worker's script: the listeners
 * are added before it returns. Throws (and so lets the registration fail) when an option is wrong; of a script that
 * replaces another one, it is the installation that fails.
 *
 * @example
 * serve({
 *   name: "app",
 *   routes: [{ match: "/api/*", strategy: "network-first", timeout: "2s" }],
 *   precache: ["/", { url: "/app.js", revision: "1" }],
 *   offline: "/offline.html",
 * });
 */
export function serve(options: ServeOptions): NearCache {
  const { routes = [], precache = [], navigationFallback, offline, ...flags } = options;
  const { navigationPreload = false, bypass: passes = true, skipWaiting = true, claim = true, ...rest } = flags;
  const scope = globalThis as unknown as ServiceWorkerScope;
  const changes = new Changes((message, clients) => tell(scope, message, clients));
  const early = new EarlyAnswers(rest, scope.location.origin);
  // A worker that was active before has had its options checked, and answers sooner without the wasm.
  const wasActive = Boolean(scope.registration.active);
  if (wasActive) early.prepare();
  let client: Client | undefined;
  let last = 0;
  let side: Side | undefined;
  // Pages of the version before are still using what it stored.
  let isNew = !wasActive;
  const isWaiting = () => isNew || BEFORE.has(scope.serviceWorker?.state ?? "");
  const start = (): Client => {
    if (client) return client;
    const { raw: started, side: own } = clientOf(readyNow(), rest, isWaiting());
    side = own;
    for (const { match, queue: _, ...route } of routes) last = started.route(match, route);
    changes.watch(started);
    started.noted(early.close());
    return (client = started);
  };
  let sealer: Sealer | undefined;
  const seals = () => (rest.encrypt === undefined ? undefined : (sealer ??= new Sealer(rest.encrypt)));
  const writes = new WriteQueue(scope, start, rest.name, seals, (message) => tell(scope, message));
  const hasQueues = routes.some(({ queue }) => queue);
  const cache = new NearCache(start, rest, {
    stats: () => ({ ...side?.stats(), ...(hasQueues ? { queue: writes.stats() } : {}) }),
    forget: async (what) => side?.forget(what),
  });
  const fallback = typeof navigationFallback === "string" ? { url: navigationFallback } : navigationFallback;
  const pages = [fallback?.url, offline].filter((url) => url !== undefined);
  const kept = new Precache(scope, rest.name, [...precache, ...pages]);
  const absolute = (url: string) => new URL(url, scope.location.href).href;
  for (const { queue } of routes) if (queue) writes.add(queue);
  beginAtOnce();
  if (!wasActive) start();
  const matching = routes.map(({ match }) => predicate(match, scope.location.origin));
  const find = (request: Request) => routes[matching.findIndex((matches) => matches(request))];

  const wake = () => ready().then(start);
  let isWaking = false;
  const handle = (event: FetchEventLike): Response | Promise<Response> | undefined => {
    if (client) return client.handle(event);
    const { request } = event;
    const route = find(request);
    if (!route) return undefined;
    const byRust = () => wake().then((started) => started.handle(event) ?? fetch(request), () => fetch(request));
    const answer = early.answer(request, route);
    if (!answer) return byRust();
    return answer.then((response) => {
      if (!response) return byRust();
      if (!isWaking) setTimeout(() => wake().catch(() => {}), WAKE);
      isWaking = true;
      return response;
    });
  };
  const respond = (event: FetchEventLike): Response | Promise<Response> | undefined => {
    const { request } = event;
    const listed = kept.find(request);
    const isPage = request.mode === "navigate" && request.method === "GET";
    const isOld = kept.isOld(event);
    if (kept.isUntidy()) event.waitUntil(kept.tidy().catch(() => {}));
    if (listed !== undefined) return kept.answer(listed, event);
    const queue = hasQueues && WriteQueue.takes(request) ? find(request)?.queue : undefined;
    if (queue) return writes.handle(request, queue);
    const routed = handle(event);
    if (routed) changes.note(event, routed);
    if (isPage && !routed && fallback && falls(fallback, request.url)) return kept.answer(absolute(fallback.url), event);
    if (isPage && offline !== undefined) {
      return Promise.resolve(routed ?? preloaded(event)).catch((error: unknown) => kept.answer(absolute(offline), event, error));
    }
    return routed ?? (isOld ? kept.answer(request.url, event) : undefined);
  };

  scope.addEventListener("install", (event) => {
    isNew = true;
    const checked = new Promise((resolve) => resolve(start()));
    if (!hasOthers() && passes && client && isLast(client, last)) {
      const navigations = pages.length ? [{ requestMode: "navigate" as const }] : [];
      const wanted = kept.conditions().then((listed) => [...navigations, ...listed, ...routes.map(({ match }) => condition(match))]);
      event.waitUntil(wanted.then((wanted) => bypass(event, wanted)).catch(() => {}));
    }
    const installed = checked.then(() => kept.install((progress) => void tell(scope, { nearcache: "progress", ...progress })));
    const failed = async (error: unknown) => {
      await tell(scope, { nearcache: "failed", message: String(error) }); // the browser stops a worker that failed
      throw error;
    };
    event.waitUntil(installed.then(() => (skipWaiting ? scope.skipWaiting() : undefined), failed));
  });
  scope.addEventListener("activate", (event) => {
    isNew = false;
    const { navigationPreload: preload } = scope.registration;
    // The pages wait for this.
    const renewed = Promise.race([side?.renew?.().catch(() => {}), new Promise((resolve) => setTimeout(resolve, RENEWAL))]);
    const prepared = Promise.all([kept.activate(), navigationPreload ? preload?.enable() : preload?.disable(), renewed]);
    event.waitUntil(prepared.then(() => (claim ? scope.clients.claim() : undefined)));
  });
  scope.addEventListener("message", (event) => {
    const said = message<PageMessage>(event.data)?.nearcache;
    if (said === "take-over") event.waitUntil(scope.skipWaiting());
    if (said === "replay") event.waitUntil(writes.replayAll(true));
    if (said === "writes") event.waitUntil(writes.list().catch(String).then((list) => event.ports[0]?.postMessage(list)));
  });
  scope.addEventListener("sync", (event) => {
    const name = WriteQueue.ofTag(event.tag);
    if (name !== undefined) event.waitUntil(writes.replay(name, true).then(unlessLeft));
  });
  scope.addEventListener("fetch", (event) => {
    if (writes.isDue()) event.waitUntil(writes.replayAll().catch(() => {}));
    const answer = respond(event);
    if (answer) event.respondWith(answer);
  });
  const hasOthers = watchOthers(scope);
  return cache;
}

/** How long, in ms, what older versions stored may keep a new worker from its pages. */
const RENEWAL = 5_000;
/** Milliseconds after the first answer until the wasm is started for those that follow. */
const WAKE = 50;

/** The browser repeats a Background Sync that fails. */
function unlessLeft(isEmpty: boolean): void {
  if (!isEmpty) throw new NearcacheError("origin-unreachable", "Writes are left in the queue.");
}

/** What the browser has already asked for, or what it would have. */
async function preloaded(event: FetchEventLike): Promise<Response> {
  const response = await event.preloadResponse;
  // A preload that failed comes as an error response in Firefox, and as a rejection elsewhere.
  return response && response.type !== "error" ? response : fetch(event.request);
}

/** Whether no route was added since the one with the handle `last`: handles count up. */
function isLast(raw: Client, last: number): boolean {
  const next = raw.route(() => false, {});
  raw.unroute(next);
  return next === last + 1;
}

/** Tells every page, controlled or not; or these, and waits for one that is still being loaded. */
async function tell(scope: ServiceWorkerScope, message: WorkerMessage, to?: ReadonlySet<string>): Promise<void> {
  const { clients } = scope;
  const pages = to ? await Promise.all([...to].map((id) => soon(() => clients.get(id)))) : await clients.matchAll({ includeUncontrolled: true, type: "window" });
  for (const page of pages) page?.postMessage(message);
}

/** What `look` finds within 2 s: browsers don't know a page before its first bytes are there. */
async function soon<T>(look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let tries = 0; tries < 8; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  return undefined;
}
