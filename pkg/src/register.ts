// The page's side of a service worker: which version it is at, and who decides when it changes. No wasm.

import { NearcacheError } from "./errors.js";
import { message, type InstallProgress, type PageMessage, type ResponseChange, type WorkerMessage, type WriteEvent } from "./messages.js";
import type { QueuedWrite } from "./queue.js";

export type { InstallProgress, ResponseChange, ResponseFacts, WriteEvent } from "./messages.js";
export type { QueuedWrite } from "./queue.js";

/** What `register()` takes. */
export interface RegisterOptions {
  /** How the script is loaded. Default `"module"`. */
  type?: WorkerType;
  /** Which pages the worker is for. Default: the script's folder. */
  scope?: string;
  /**
   * What becomes of a new version. `"prompt"`: it waits, if the worker's `skipWaiting` is off, until `takeOver()` is
   * called, and no page is reloaded unasked. `"now"`: it takes over as soon as it is installed, and the page is
   * reloaded. Default `"prompt"`.
   */
  update?: "prompt" | "now";
  /** How often to look for a new version, in milliseconds, while the page is visible; 0: never. Default 1 hour. */
  checkEvery?: number;
  /** A new version is installed and waits; `takeOver` lets it, and reloads this page. */
  onWaiting?: (takeOver: () => void) => void;
  /** A new version has taken over, and this page still has the old one's files; `reload` changes that. */
  onUpdated?: (reload: () => void) => void;
  /** The first version is installed: from now on the application works offline. */
  onOfflineReady?: () => void;
  /** How far an install has come. */
  onProgress?: (progress: InstallProgress) => void;
  /** What has become of a write of an offline queue. */
  onWrite?: (event: WriteEvent) => void;
  /** A version could not be installed; the one before goes on. */
  onError?: (error: NearcacheError) => void;
}

/** A registered worker. */
export interface Registered {
  /** The browser's own. */
  readonly registration: ServiceWorkerRegistration;
  /** Looks for a new version; what comes of it is told by the callbacks. */
  check(): Promise<void>;
  /** Lets the version that waits, if there is one, take over, and reloads this page. */
  takeOver(): void;
  /** The writes that wait in offline queues, in order. Rejects with `tier-failed` where they cannot be read. */
  writes(): Promise<QueuedWrite[]>;
  /** Sends what waits in offline queues now; this happens by itself when the page has loaded and when it comes online. */
  replay(): void;
  /** Stops looking and telling; the worker stays. */
  stop(): void;
}

/** A page that was reloaded by itself so short a time ago is not again: something is wrong then. */
const RELOAD_PAUSE = 30_000;
const RELOADED = "nearcache:reloaded";
/** A worker that skips waiting is gone from there by then. */
const SETTLED = 200;

/**
 * Registers the worker once the page has loaded, and tells what becomes of it. Resolves to `undefined` where there are
 * no service workers (private windows of some browsers).
 *
 * @example
 * const app = await register("/sw.js", { onWaiting: (takeOver) => confirm("Load the new version?") && takeOver() });
 * assert.deepEqual(await app.writes(), []);
 * app.stop();
 */
export async function register(script: string | URL, options: RegisterOptions = {}): Promise<Registered | undefined> {
  const { type = "module", scope, update = "prompt", checkEvery = 3_600_000, onWaiting, onUpdated, onOfflineReady, onProgress, onWrite, onError } = options;
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  if (!container) return undefined;
  const off = new AbortController();
  const { signal } = off;
  if (document.readyState !== "complete") await new Promise((resolve) => addEventListener("load", resolve, { once: true }));

  let isControlled = container.controller !== null;
  let isAccepted = update === "now";
  let isReloading = false;
  const reload = () => {
    if (!isReloading) location.reload();
    isReloading = true;
  };
  container.addEventListener("controllerchange", () => {
    if (!isControlled) isControlled = true;
    else if (isAccepted && mayReload()) reload();
    else onUpdated?.(reload);
  }, { signal });
  container.addEventListener("message", ({ data }) => {
    const said = message<WorkerMessage>(data);
    if (said?.nearcache === "progress") onProgress?.({ done: said.done, total: said.total, ...(said.url === undefined ? {} : { url: said.url }) });
    if (said?.nearcache === "write") onWrite?.(said);
    if (said?.nearcache === "failed") onError?.(new NearcacheError("worker-failed", said.message));
  }, { signal });
  container.startMessages();

  const native = { type, updateViaCache: "none", ...(scope === undefined ? {} : { scope }) } as const;
  const registration = await container.register(script, native).catch((cause: unknown) => {
    off.abort();
    throw new NearcacheError("worker-failed", `${script} could not be registered: ${cause}`, { cause });
  });
  const takeOver = () => {
    isAccepted = true;
    if (registration.waiting) say(registration.waiting, { nearcache: "take-over" });
    else if (isControlled) reload();
  };
  const offer = (worker: ServiceWorker) => {
    if (signal.aborted || registration.waiting !== worker) return;
    if (update === "now") takeOver();
    else onWaiting?.(takeOver);
  };
  const watched = new WeakSet<ServiceWorker>();
  const watch = (worker: ServiceWorker | null, isFirst = !registration.active) => {
    if (!worker || watched.has(worker)) return;
    watched.add(worker);
    worker.addEventListener("statechange", () => {
      if (worker.state === "installed" && !isFirst) setTimeout(offer, SETTLED, worker);
      if (worker.state === "activated" && isFirst) onOfflineReady?.();
    }, { signal });
  };
  watch(registration.installing);
  if (registration.waiting && registration.active) offer(registration.waiting);
  registration.addEventListener("updatefound", () => watch(registration.installing), { signal });

  // A check that fails is one that was made offline.
  const check = () => registration.update().then(() => {}, () => {});
  let checked = Date.now();
  const look = () => {
    if (!checkEvery || document.visibilityState !== "visible" || Date.now() - checked < checkEvery) return;
    checked = Date.now();
    void check();
  };
  document.addEventListener("visibilitychange", look, { signal });
  const timer = checkEvery ? setInterval(look, checkEvery) : undefined;
  signal.addEventListener("abort", () => clearInterval(timer));

  const replay = () => registration.active && say(registration.active, { nearcache: "replay" });
  addEventListener("online", replay, { signal });
  replay();
  const writes = () => new Promise<QueuedWrite[]>((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => (Array.isArray(data) ? resolve(data) : reject(new NearcacheError("tier-failed", `The queued writes cannot be read: ${data}`)));
    if (registration.active) say(registration.active, { nearcache: "writes" }, port2);
    else resolve([]);
  });
  return { registration, check, takeOver, writes, replay: () => void replay(), stop: () => off.abort() };
}

/**
 * Calls `listener` when a response that this page was shown stale has changed, of any URL or of those that `only` is or
 * matches; returns a function that stops it. Fetching again then gives the new one.
 *
 * @example
 * const stop = onChanged(({ url, changed }) => console.info(url, changed), /\/api\//);
 * stop();
 */
export function onChanged(listener: (change: ResponseChange) => void, only?: string | RegExp): () => void {
  const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
  const off = new AbortController();
  const address = typeof only === "string" ? new URL(only, location.href).href : only;
  container?.addEventListener("message", ({ data }) => {
    const said = message<WorkerMessage>(data);
    if (said?.nearcache !== "changed") return;
    const { url, changed, before, after } = said;
    const is = address instanceof RegExp ? url.search(address) >= 0 : (address ?? url) === url;
    if (is) listener({ url, changed, before, after });
  }, { signal: off.signal });
  container?.startMessages();
  return () => off.abort();
}

function say(worker: ServiceWorker, what: PageMessage, ...ports: MessagePort[]): void {
  worker.postMessage(what, ports);
}

/** Whether this tab was not reloaded by itself just now. */
function mayReload(): boolean {
  try {
    const is = !(Date.now() - Number(sessionStorage.getItem(RELOADED)) < RELOAD_PAUSE);
    if (is) sessionStorage.setItem(RELOADED, String(Date.now()));
    return is;
  } catch {
    return true; // no storage: once a load it is
  }
}
