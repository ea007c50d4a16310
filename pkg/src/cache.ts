import type { Client } from "#glue";
import { addressed, dropAtOrigin } from "./invalidate.js";
import { keyFor } from "./memoize.js";
import { Mirror } from "./mirror.js";
import { announce, opened } from "./opened.js";
import type { CacheEntry, CacheEvents, CacheEventType, EntriesFilter, InvalidateAtOriginOptions, InvalidateOptions } from "./types.js";
import type { InvalidateRequest, InvalidationReport, Loader, Memoized } from "./types.js";
import type { MemoizeOptions, OpenOptions, RouteMatcher, RouteOptions, SetEntry, SetOptions, Stats, TierName, Usage } from "./types.js";

/** An open cache; `open()` makes them. Everything happens in Rust: this class gives it types and manners. */
export class NearCache {
  /** The name it was opened with. */
  readonly name: string;
  /** The partition it was opened with. */
  readonly partition: string | undefined;

  readonly #start: () => Client;
  readonly #mirror: Mirror;
  readonly #names = new Map<string, string>();
  readonly #interceptions = new Set<() => void>();
  readonly #more: () => Partial<Stats>;

  /** @internal */
  constructor(start: () => Client, { name, partition }: OpenOptions, more: () => Partial<Stats> = () => ({})) {
    this.name = name;
    this.partition = partition;
    this.#start = start;
    this.#more = more;
    this.#mirror = new Mirror(start);
  }

  /** Started when it is first used. */
  get #raw(): Client {
    return this.#start();
  }

  // ---- values

  /** The value under `key`, a copy of your own; `undefined` when there is none. */
  get<T = unknown>(key: string): Promise<T | undefined> {
    return this.#raw.get(key) as Promise<T | undefined>;
  }

  /** The values under `keys`, in that order, read in one go. */
  getMany<T = unknown>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return this.#raw.getMany(keys as string[]) as Promise<(T | undefined)[]>;
  }

  /** Stores a copy of `value`; resolves to its home tier once that has committed it. */
  set<T = unknown>(key: string, value: T, options?: SetOptions): Promise<TierName> {
    return this.#raw.set(key, value, options);
  }

  /** Stores all entries in one commit a tier, or none when one of them is refused. */
  async setMany(entries: Iterable<SetEntry>): Promise<TierName[]> {
    return this.#raw.setMany([...entries] as [string, unknown, SetOptions?][]);
  }

  /** Removes the entry, here and in every tab; whether there was one. */
  delete(key: string): Promise<boolean> {
    return this.#raw.delete(key);
  }

  /** Whether `get(key)` would find a value. */
  has(key: string): Promise<boolean> {
    return this.#raw.has(key);
  }

  /**
   * What the memory tier has under `key`, at once: for rendering. Never a promise. Plain objects and arrays are
   * frozen and shared by all callers, which costs nothing; `get()` gives a copy to change.
   */
  peek<T = unknown>(key: string): T | undefined {
    return this.#mirror.peek(key) as T | undefined;
  }

  /** The value under `key`; on a miss what `loader` makes, which runs once however many ask. Failures aren't kept. */
  getOrSet<T>(key: string, loader: Loader<T>, options?: SetOptions): Promise<T> {
    return this.#raw.getOrSet(key, loader, options) as Promise<T>;
  }

  /** A function that answers calls it has seen from the cache. */
  memoize<A extends unknown[], R>(fn: (...args: A) => R | PromiseLike<R>, options: MemoizeOptions<A> = {}): Memoized<A, R> {
    const { key, ...rest } = options;
    const keyOf = keyFor<A>(fn, key, this.#names);
    const call = async (...args: A): Promise<R> => this.getOrSet<R>(keyOf(...args), () => fn(...args), rest);
    return Object.assign(call, { keyOf });
  }

  /**
   * Removes what any part of `what` names, here and in every tab; how many entries that were. With `origin`, the
   * stage cache is told first to drop its copies of the responses, and the report says what came of it.
   */
  invalidate(what: InvalidateAtOriginOptions): Promise<InvalidationReport>;
  invalidate(what: InvalidateOptions): Promise<number>;
  async invalidate(what: InvalidateOptions & { origin?: InvalidateRequest }): Promise<number | InvalidationReport> {
    const { origin: request, ...here } = what;
    if (!request) return this.#raw.invalidate(here);
    const urls = addressed(here, await this.#raw.entries());
    const origin = await Promise.all([...urls].map((url) => dropAtOrigin(url, request)));
    // Only now: what is fetched in between may still come from the stage.
    return { removed: await this.#raw.invalidate(here), origin };
  }

  /** Removes everything of this cache and partition, in every tier and tab: for logging out. */
  clear(): Promise<void> {
    return this.#raw.clear();
  }

  /** What is stored, without the values: `for await (const [key, info] of cache.entries())`. */
  async *entries(filter?: EntriesFilter): AsyncGenerator<[key: string, info: CacheEntry], void, void> {
    yield* await this.#raw.entries(filter);
  }

  // ---- HTTP

  /** `fetch` with a private cache in front. Bound, so it can be handed around like the global one. */
  readonly fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => this.#raw.fetch(input, init);

  /** Answers matching requests in another way than their headers say. The first route that matches holds. */
  route(matcher: RouteMatcher, options?: RouteOptions): () => void {
    const id = this.#raw.route(matcher, options);
    return () => this.#raw.unroute(id);
  }

  /** Sends what calls the global `fetch` through the cache, until the returned function is called or the cache closed. */
  intercept(): () => void {
    const before = globalThis.fetch;
    let on = true;
    const ours: typeof fetch = (input, init) => (on ? this.fetch(input, init) : before.call(globalThis, input, init));
    const undo = () => {
      on = false;
      this.#interceptions.delete(undo);
      // Somebody may have wrapped ours since; then it stays in place and passes on.
      if (globalThis.fetch === ours) globalThis.fetch = before;
    };
    globalThis.fetch = ours;
    this.#interceptions.add(undo);
    return undo;
  }

  // ---- looking inside

  /** Counters since the cache was opened here. */
  stats(): Stats {
    return { ...this.#raw.stats(), ...this.#more() };
  }

  /** How full each tier is. */
  usage(): Promise<Usage> {
    return this.#raw.usage();
  }

  /**
   * Asks the browser not to evict this web origin's storage when space runs out; whether it agrees. Some ask the
   * person in front of it, so call this when they know why.
   */
  async persist(): Promise<boolean> {
    return (await globalThis.navigator?.storage?.persist?.()) ?? false;
  }

  /** Calls `listener` whenever it happens; returns a function that stops it. */
  on<T extends CacheEventType>(type: T, listener: (event: CacheEvents[T]) => void): () => void {
    const id = this.#raw.on(type, listener);
    return () => this.#raw.off(id);
  }

  /** Resolves when all writes so far have been committed. */
  flush(): Promise<void> {
    return this.#raw.flush();
  }

  /** Flushes, lets go of everything, and refuses further calls with `closed`. */
  close(): Promise<void> {
    for (const undo of this.#interceptions) undo();
    this.#mirror.close();
    if (opened().delete(this)) announce();
    return this.#raw.close();
  }
}
