import { NearcacheError } from "./errors.js";
import { activated, alive, begun, completed, place, type Generation } from "./generations.js";
import { locked } from "./locked.js";
import { condition } from "./match.js";
import type { InstallProgress } from "./messages.js";
import { part } from "./range.js";
import type { FetchEventLike, ServiceWorkerScope, StaticCondition } from "./scope.js";

/** Something fetched at install. */
export interface PrecacheItem {
  /** Relative to the worker's script. */
  url: string;
  /** Changes with the content; without one it is fetched anew at each install. */
  revision?: string | null;
  /** What the content must hash to, as in `<script integrity>`: `"sha384-…"`. Default: not checked. */
  integrity?: string;
}

type Item = Required<PrecacheItem>;

/** Downloads at once. */
const PARALLEL = 6;
/** Milliseconds between two looks for pages that are gone. */
const TIDY_EVERY = 1_000;
/** Parameters that say where a visitor came from, and nothing about the page. */
const CAMPAIGN = /^(utm_.*|fbclid|gclid)$/;

/**
 * What is kept from install on. It lives in a cache of its own, beside the tiers: nothing evicts it, and logging a
 * user out leaves the application there. A response is stored under its URL and revision, so that several versions
 * stand side by side; the record of generations says which belong together, and is what an install or an activation
 * changes last.
 * @internal
 */
export class Precache {
  readonly #scope: ServiceWorkerScope;
  readonly #items = new Map<string, Item>();
  readonly #name: string;
  readonly #record: string;
  readonly #digest: string;
  /** Folders and kinds of files that are listed. */
  readonly #kinds: Set<string>;
  /** Pages that were loaded since this worker was started. */
  readonly #fresh = new Set<string>();
  #tidied = 0;
  #cache: Promise<Cache> | undefined;
  #list: readonly Generation[] | undefined;
  #reading: Promise<readonly Generation[]> | undefined;

  constructor(scope: ServiceWorkerScope, name: string, items: readonly (string | PrecacheItem)[]) {
    this.#scope = scope;
    for (const item of items) {
      const { url, revision = null, integrity = "" }: PrecacheItem = typeof item === "string" ? { url: item } : item;
      const address = whole(url, scope.location.href);
      // What is listed twice, once with a revision and once as the offline page, keeps its revision.
      if (revision !== null || !this.#items.has(address)) this.#items.set(address, { url: address, revision, integrity });
    }
    this.#name = `nearcache-precache:${name}:${scope.registration.scope}`;
    this.#record = new URL("?nearcache-generations", scope.registration.scope).href;
    this.#digest = JSON.stringify([scope.location.href, ...[...this.#items.values()].map(({ url, revision }) => [url, revision])]);
    this.#kinds = new Set([...this.#items.keys()].map(kind).filter((one) => one !== undefined));
    if (this.#items.size) this.#load().catch(() => {});
  }

  /** The listed URL that answers `request`; known at once. */
  find({ method, mode, url }: Request): string | undefined {
    if (method !== "GET" || !this.#items.size) return undefined;
    const address = whole(url);
    if (this.#items.has(address)) return address;
    if (mode !== "navigate") return undefined;
    const page = new URL(address);
    for (const name of [...page.searchParams.keys()]) if (CAMPAIGN.test(name)) page.searchParams.delete(name);
    if (this.#items.has(page.href)) return page.href;
    page.pathname += page.pathname.endsWith("/") ? "index.html" : "";
    return this.#items.has(page.href) ? page.href : undefined;
  }

  /**
   * Whether `event` may be for something that only an older version listed, by a page that it loaded. A worker that
   * has just been started cannot tell before it has read the record; then it says yes to requests for files beside
   * listed ones, by pages that it has not seen.
   */
  isOld({ request, clientId, resultingClientId }: FetchEventLike): boolean {
    if (request.mode === "navigate") {
      if (!this.#list) this.#fresh.add(resultingClientId);
      return false;
    }
    if (request.method !== "GET") return false;
    if (!this.#list) return this.#kinds.size > 0 && this.#kinds.has(kind(request.url) ?? "") && !this.#fresh.has(clientId);
    return this.#list.some((one) => one.state === "old" && one.clients.includes(clientId) && whole(request.url) in one.keys);
  }

  /**
   * The stored response of `url`, whatever cache mode the request has: a reload would ask the network first. When
   * there is none, fails with `error`, if that is given, and asks the network otherwise.
   */
  async answer(url: string, { request, clientId }: FetchEventLike, error?: unknown): Promise<Response> {
    // A navigation's client is the page that is left.
    const stored = await this.#stored(url, request.mode === "navigate" ? "" : clientId).catch(() => undefined);
    if (stored) return part(request, stored);
    if (error !== undefined) throw error;
    return request.mode === "navigate" && whole(request.url) !== url ? fetch(url) : fetch(request);
  }

  /** What static routes must not let pass by: all that is listed, here or by an older version, and files beside it. */
  async conditions(): Promise<(StaticCondition | undefined)[]> {
    const older = (await this.#load()).flatMap(({ keys }) => Object.keys(keys));
    const urls = new Set([...this.#items.keys(), ...older]);
    const folders = [...urls].filter((url) => url.endsWith("/index.html")).map((url) => url.slice(0, -"index.html".length));
    const patterns = new Set([...urls, ...folders].map((url) => new URL(kind(url) ?? url).pathname));
    return [...patterns].map(condition);
  }

  /**
   * Fetches what is missing. All or nothing: what the version in use has stays as it is, and nothing of this one
   * counts before the last response is there. What arrived with a revision is not fetched again by the next attempt.
   */
  async install(tell: (progress: InstallProgress) => void): Promise<void> {
    if (!this.#items.size) return;
    const own = this.#generation("pending");
    await this.#change((list) => begun(list, own));
    const cache = await this.#open();
    const stored = new Set((await cache.keys()).map(({ url }) => url));
    const missing = [...this.#items.values()].filter(({ url }) => !stored.has(own.keys[url] as string));
    const total = this.#items.size;
    let done = total - missing.length;
    tell({ done, total });
    const work = async () => {
      for (let item = missing.shift(); item; item = missing.shift()) {
        await keep(cache, own.keys[item.url] as string, item);
        tell({ done: ++done, total, url: item.url });
      }
    };
    // What is on its way when one fails may arrive: the next attempt need not fetch it again.
    const results = await Promise.allSettled(Array.from({ length: PARALLEL }, () => work().finally(() => (missing.length = 0))));
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
    await this.#change((list) => completed(list, own.id));
  }

  /** Makes this version the one in use, and drops what no version needs. */
  async activate(): Promise<void> {
    if (!this.#items.size && !(await caches.has(this.#name))) return;
    // Nothing is claimed yet: these are the pages that the version before had.
    const clients = await this.#clients();
    await this.#change((list) => {
      const is = list.some(({ digest, state }) => digest === this.#digest && (state === "ready" || state === "current"));
      // The storage was cleared since the install: the network has to do.
      return activated(is ? list : [...list, this.#generation("ready")], this.#digest, clients);
    });
    await this.#prune();
  }

  /** Whether it is time to look for versions that nobody needs any more. */
  isUntidy(): boolean {
    return Date.now() - this.#tidied > TIDY_EVERY && Boolean(this.#list?.some(({ state }) => state === "old"));
  }

  /** Drops versions whose pages are all gone. */
  async tidy(): Promise<void> {
    this.#tidied = Date.now();
    const clients = await this.#clients();
    const before = this.#list?.length;
    await this.#change((list) => alive(list, clients));
    if (this.#list?.length !== before) await this.#prune();
  }

  async #stored(url: string, client: string): Promise<Response | undefined> {
    const key = place(this.#list ?? (await this.#load()), url, client);
    return key === undefined ? undefined : (await this.#open()).match(key, { ignoreVary: true });
  }

  async #prune(): Promise<void> {
    const cache = await this.#open();
    await locked(this.#name, async () => {
      const needed = new Set([this.#record, ...(await this.#read()).flatMap(({ keys }) => Object.values(keys))]);
      const old = (await cache.keys()).filter(({ url }) => !needed.has(url));
      await Promise.all(old.map((key) => cache.delete(key, { ignoreVary: true })));
    });
  }

  async #clients(): Promise<string[]> {
    return (await this.#scope.clients.matchAll({ type: "all" })).map(({ id }) => id);
  }

  #generation(state: Generation["state"]): Generation {
    const id = crypto.randomUUID();
    const key = ({ url, revision }: Item) =>
      `${url}${url.includes("?") ? "&" : "?"}nearcache-revision=${encodeURIComponent(revision ?? id)}`;
    const keys = Object.fromEntries([...this.#items.values()].map((item) => [item.url, key(item)]));
    return { id, digest: this.#digest, keys, state, clients: [] };
  }

  /** Changes the record; an install and an activation may be at it at the same time, in two workers. */
  #change(change: (list: readonly Generation[]) => Generation[]): Promise<void> {
    return locked(this.#name, async () => {
      const next = change(await this.#read());
      await (await this.#open()).put(this.#record, new Response(JSON.stringify(next)));
      this.#list = next;
    });
  }

  #load(): Promise<readonly Generation[]> {
    this.#reading ??= this.#read().then(
      (list) => (this.#list ??= list),
      (error: unknown) => {
        this.#reading = undefined;
        throw error;
      },
    );
    return this.#reading;
  }

  /** Opens nothing that is not there: looking must not leave an empty cache behind. */
  async #read(): Promise<readonly Generation[]> {
    const stored = await caches.match(this.#record, { cacheName: this.#name });
    return stored ? ((await stored.json()) as Generation[]) : [];
  }

  #open(): Promise<Cache> {
    this.#cache ??= caches.open(this.#name).catch((error: unknown) => {
      this.#cache = undefined;
      throw error;
    });
    return this.#cache;
  }
}

/** Fetches `item` into `cache`. With a hash to check, what the browser has already will do. */
async function keep(cache: Cache, key: string, { url, integrity }: Item): Promise<void> {
  const attempt = async (mode: RequestCache) => {
    const response = await fetch(url, { cache: mode, integrity, credentials: "same-origin" });
    if (!response.ok) throw refused(url, `it answered ${response.status}`, { url, status: response.status });
    // A captive portal's page is no file of ours.
    const moved = response.redirected && new URL(response.url).origin !== new URL(url).origin;
    if (moved) throw refused(url, `it redirects to ${response.url}`, { url });
    await cache.put(key, storable(response));
  };
  try {
    await (integrity ? attempt("default").catch(() => attempt("reload")) : attempt("reload"));
  } catch (cause) {
    throw cause instanceof NearcacheError ? cause : refused(url, String(cause), { url }, cause);
  }
}

/** Navigations refuse what was redirected, and caches what varies by anything. */
function storable(response: Response): Response {
  const varies = response.headers.get("vary")?.includes("*");
  if (!response.redirected && !varies) return response;
  const headers = new Headers(response.headers);
  headers.delete("vary");
  return new Response(response.body, { status: response.status, statusText: response.statusText, headers });
}

function refused(url: string, why: string, details: Record<string, unknown>, cause?: unknown): NearcacheError {
  return new NearcacheError("precache-failed", `${url} cannot be precached: ${why}.`, { details, cause });
}

/** The absolute URL without its fragment, which no server sees. */
function whole(url: string, base?: string): string {
  const parsed = new URL(url, base);
  parsed.hash = "";
  return parsed.href;
}

/** Folder and ending of a file's address; `undefined` for what has no ending. */
function kind(url: string): string | undefined {
  const { origin, pathname } = new URL(url);
  const [, folder, ending] = /^(.*\/)[^/]*(\.\w+)$/.exec(pathname) ?? [];
  return folder === undefined ? undefined : `${origin}${folder}*${ending}`;
}
