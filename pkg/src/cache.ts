import type { Client } from "#glue";
import { addressed, dropAtOrigin } from "./invalidate.js";
import { keyFor } from "./memoize.js";
import { Mirror } from "./mirror.js";
import { announce, opened } from "./opened.js";
import type { Side } from "./start.js";
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
  readonly #side: Side;

  /** @internal */
  constructor(start: () => Client, { name, partition }: OpenOptions, side: Side) {
    this.name = name;
    this.partition = partition;
    this.#start = start;
    this.#side = side;
    this.#mirror = new Mirror(start);
  }

  /** Started when it is first used. */
  get #raw(): Client {
    return this.#start();
  }

  // ---- values

  /**
   * The value under `key`, a copy of your own; `undefined` when there is none.
   *
   * @example
   * await cache.set("user", { name: "Ada" });
   * const user = await cache.get("user"); // in TypeScript: cache.get<User>("user")
   * assert.equal(user.name, "Ada");
   * assert.equal(await cache.get("nobody"), undefined);
   */
  get<T = unknown>(key: string): Promise<T | undefined> {
    return this.#raw.get(key) as Promise<T | undefined>;
  }

  /**
   * The values under `keys`, in that order, read in one go.
   *
   * @example
   * await cache.set("a", 1);
   * assert.deepEqual(await cache.getMany(["a", "b"]), [1, undefined]);
   */
  getMany<T = unknown>(keys: readonly string[]): Promise<(T | undefined)[]> {
    return this.#raw.getMany(keys as string[]) as Promise<(T | undefined)[]>;
  }

  /**
   * Stores a copy of `value`; resolves to its home tier once that has committed it. Where no tier can take it, not even
   * memory, it rejects: with `too-large` at once, with `quota-exceeded` where the disk is full.
   *
   * @example
   * await cache.set("cart", ["lamp"], { ttl: "7d", tags: ["cart"] });
   * assert.equal(await cache.set("theme", "dark", { tier: "local" }), "local");
   */
  set<T = unknown>(key: string, value: T, options?: SetOptions): Promise<TierName> {
    return this.#raw.set(key, value, options);
  }

  /**
   * Stores all entries in one commit a tier, or none when one of them is refused. Killed half-way, IndexedDB has all
   * that are meant for it or none. On a full disk each finds a place of its own, which the answer names.
   *
   * @example
   * await cache.setMany([["a", 1], ["b", 2, { ttl: "1m" }]]);
   * await cache.setMany(new Map([["c", 3]]));
   * assert.deepEqual(await cache.getMany(["a", "b", "c"]), [1, 2, 3]);
   */
  async setMany(entries: Iterable<SetEntry>): Promise<TierName[]> {
    return this.#raw.setMany([...entries] as [string, unknown, SetOptions?][]);
  }

  /**
   * Removes the entry, here and in every tab; whether there was one.
   *
   * @example
   * await cache.set("a", 1);
   * assert.equal(await cache.delete("a"), true);
   * assert.equal(await cache.delete("a"), false);
   */
  delete(key: string): Promise<boolean> {
    return this.#removed(this.#raw.delete(key), { key });
  }

  /**
   * Whether `get(key)` would find a value.
   *
   * @example
   * await cache.set("a", undefined); // even a value of nothing
   * assert.equal(await cache.has("a"), true);
   */
  has(key: string): Promise<boolean> {
    return this.#raw.has(key);
  }

  /**
   * What the memory tier has under `key`, at once: for rendering. Never a promise. Plain objects and arrays are
   * frozen and shared by all callers, which costs nothing; `get()` gives a copy to change.
   *
   * @example
   * await cache.set("user", { name: "Ada" });
   * assert.equal(cache.peek("user").name, "Ada");
   * assert.equal(cache.peek("user"), cache.peek("user"), "the same object each time");
   * assert.equal(Object.isFrozen(cache.peek("user")), true);
   */
  peek<T = unknown>(key: string): T | undefined {
    return this.#mirror.peek(key) as T | undefined;
  }

  /**
   * The value under `key`; on a miss what `loader` makes, which runs once however many ask. Failures aren't kept.
   *
   * @example
   * let loads = 0;
   * const load = async (key) => ({ key, loads: ++loads });
   * const [one, other] = await Promise.all([cache.getOrSet("a", load, { ttl: "5m" }), cache.getOrSet("a", load, { ttl: "5m" })]);
   * assert.deepEqual([one, other], [{ key: "a", loads: 1 }, { key: "a", loads: 1 }]);
   */
  getOrSet<T>(key: string, loader: Loader<T>, options?: SetOptions): Promise<T> {
    return this.#raw.getOrSet(key, loader, options) as Promise<T>;
  }

  /**
   * A function that answers calls it has seen from the cache.
   *
   * @example
   * const square = cache.memoize(async (n) => n * n, { key: "square", ttl: "1h" });
   * assert.equal(await square(3), 9);
   * assert.equal(await cache.get(square.keyOf(3)), 9);
   */
  memoize<F extends (...args: never[]) => unknown>(
    fn: F,
    options: MemoizeOptions<Parameters<F>> = {},
  ): Memoized<Parameters<F>, Awaited<ReturnType<F>>> {
    type Made = Awaited<ReturnType<F>>;
    const { key, ...rest } = options;
    const keyOf = keyFor<Parameters<F>>(fn, key, this.#names);
    const call = async (...args: Parameters<F>): Promise<Made> =>
      this.getOrSet<Made>(keyOf(...args), () => fn(...args) as PromiseLike<Made>, rest);
    return Object.assign(call, { keyOf });
  }

  /**
   * Removes what any part of `what` names, here and in every tab; how many entries that were. With `origin`, the
   * stage cache is told first to drop its copies of the responses, and the report says what came of it.
   *
   * @example
   * await cache.set("item:1", "lamp", { tags: ["items"] });
   * await cache.set("item:2", "desk", { tags: ["items"] });
   * assert.equal(await cache.invalidate({ key: "item:1" }), 1);
   * assert.equal(await cache.invalidate({ tags: ["items"] }), 1);
   */
  invalidate(what: InvalidateAtOriginOptions): Promise<InvalidationReport>;
  invalidate(what: InvalidateOptions): Promise<number>;
  async invalidate(what: InvalidateOptions & { origin?: InvalidateRequest }): Promise<number | InvalidationReport> {
    const { origin: request, ...here } = what;
    if (!request) return this.#removed(this.#raw.invalidate(here), here);
    const urls = addressed(here, await this.#raw.entries());
    const origin = await Promise.all([...urls].map((url) => dropAtOrigin(url, request)));
    // Only now: what is fetched in between may still come from the stage.
    return { removed: await this.#removed(this.#raw.invalidate(here), here), origin };
  }

  /** What `removal` resolves to, once what it removes is gone from what older versions have left, too. */
  async #removed<T>(removal: Promise<T>, what?: InvalidateOptions): Promise<T> {
    const removed = await removal; // by then the cache is open, and it is known what was left
    await this.#side.forget(what);
    return removed;
  }

  /**
   * Removes everything of this cache and partition, in every tier and tab: for logging out.
   *
   * @example
   * await cache.set("secret", 1);
   * await cache.clear();
   * assert.equal(await cache.has("secret"), false);
   */
  clear(): Promise<void> {
    return this.#removed(this.#raw.clear());
  }

  /**
   * What is stored, without the values: `for await (const [key, info] of cache.entries())`.
   *
   * @example
   * await cache.set("item:1", "lamp", { tags: ["items"] });
   * const listed = [];
   * for await (const [key, { kind, tags }] of cache.entries({ prefix: "item:" })) listed.push([key, kind, tags]);
   * assert.deepEqual(listed, [["item:1", "value", ["items"]]]);
   */
  async *entries(filter?: EntriesFilter): AsyncGenerator<[key: string, info: CacheEntry], void, void> {
    for (const [key, info] of await this.#raw.entries(filter)) yield [key, info];
  }

  // ---- HTTP

  /**
   * `fetch` with a private cache in front. Bound, so it can be handed around like the global one.
   *
   * @example
   * await (await cache.fetch("/api/categories")).json();
   * const response = await cache.fetch("/api/categories");
   * assert.match(response.headers.get("cache-status"), /nearcache; hit/);
   */
  readonly fetch = (input: RequestInfo | URL, init?: RequestInit): Promise<Response> => this.#raw.fetch(input, init);

  /**
   * Answers matching requests in another way than their headers say. The first route that matches holds.
   *
   * @example
   * const unroute = cache.route("/api/*", { strategy: "cache-first", ttl: "1h", tags: ["api"] });
   * await (await cache.fetch("/api/categories")).json();
   * const again = await cache.fetch("/api/categories");
   * assert.match(again.headers.get("cache-status"), /nearcache; hit/);
   * unroute();
   */
  route(matcher: RouteMatcher, options?: RouteOptions): () => void {
    const id = this.#raw.route(matcher, options);
    return () => this.#raw.unroute(id);
  }

  /**
   * Sends what calls the global `fetch` through the cache, until the returned function is called or the cache closed.
   *
   * @example
   * const undo = cache.intercept();
   * const response = await fetch("/api/categories");
   * assert.match(response.headers.get("cache-status"), /nearcache/);
   * undo();
   */
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

  /**
   * Counters since the cache was opened here.
   *
   * @example
   * await cache.get("nobody");
   * const { hits, misses, network } = cache.stats();
   * assert.deepEqual([hits, misses, network.requests], [0, 1, 0]);
   */
  stats(): Stats {
    return { ...this.#raw.stats(), ...this.#side.stats() };
  }

  /**
   * How full each tier is.
   *
   * @example
   * await cache.set("a", 1);
   * const { tiers } = await cache.usage();
   * assert.equal(tiers.indexeddb.entries, 1);
   */
  usage(): Promise<Usage> {
    return this.#raw.usage();
  }

  /**
   * Asks the browser not to evict this web origin's storage when space runs out; whether it agrees. Some ask the
   * person in front of it, so call this when they know why.
   *
   * @example
   * const isKept = await cache.persist();
   * assert.equal(typeof isKept, "boolean");
   */
  async persist(): Promise<boolean> {
    return (await globalThis.navigator?.storage?.persist?.()) ?? false;
  }

  /**
   * Calls `listener` whenever it happens; returns a function that stops it.
   *
   * @example
   * const written = [];
   * const stop = cache.on("write", ({ key, tier }) => written.push([key, tier]));
   * await cache.set("a", 1);
   * stop();
   * assert.deepEqual(written, [["a", "indexeddb"]]);
   */
  on<T extends CacheEventType>(type: T, listener: (event: CacheEvents[T]) => void): () => void {
    const id = this.#raw.on(type, listener);
    return () => this.#raw.off(id);
  }

  /**
   * Resolves when all writes so far have been committed.
   *
   * @example
   * void cache.set("a", 1); // nobody waits for it
   * await cache.flush();
   * assert.equal((await cache.usage()).tiers.indexeddb.entries, 1);
   */
  flush(): Promise<void> {
    return this.#raw.flush();
  }

  /**
   * Flushes, lets go of everything, and refuses further calls with `closed`.
   *
   * @example
   * await cache.close();
   * const code = await cache.get("a").catch((error) => error.code);
   * assert.equal(code, "closed");
   */
  close(): Promise<void> {
    for (const undo of this.#interceptions) undo();
    this.#mirror.close();
    if (opened().delete(this)) announce();
    return this.#raw.close();
  }
}
