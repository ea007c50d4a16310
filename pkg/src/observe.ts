// What the bindings of React, Vue and Svelte share: the state of one key, kept current for all who show it.

import type { NearCache } from "./cache.js";
import type { Loader, SetOptions } from "./types.js";

/** An open cache, or the promise that `open()` gave. Hand the same object to all who show a key: they share its state. */
export type CacheSource = NearCache | Promise<NearCache>;

/** The key to show; without one nothing is loaded. */
export type ShownKey = string | null | undefined | false;

/** How a key is shown, and how its value is kept. */
export interface ShowOptions<T> extends SetOptions {
  /** What to show until the cache has answered, such as what the server rendered. Default: nothing. */
  initial?: T;
  /** Look again when the tab is shown and when the network is back; only what is stale is loaded. Default `true`. */
  recheck?: boolean;
}

/** What to show; `status` tells what is known. Objects and arrays in `data` are frozen, and shared by all who show them. */
export type Shown<T> = {
  /** Drops the stored value, here and in every tab, and loads it anew. Meanwhile `data` stays. Never rejects. */
  readonly refresh: () => Promise<void>;
} & (
  | /** There is no key. */ { readonly status: "idle"; readonly data: undefined; readonly error: undefined; readonly loading: false }
  | /** Nothing is known yet. */ { readonly status: "pending"; readonly data: undefined; readonly error: undefined; readonly loading: true }
  | /** `loading`: it is loaded anew. */ { readonly status: "success"; readonly data: T; readonly error: undefined; readonly loading: boolean }
  | /** The last load failed; `data` is what was known before. */ {
      readonly status: "error";
      readonly data: T | undefined;
      readonly error: unknown;
      readonly loading: boolean;
    }
);

/** How long a state outlives its last listener: a framework may show, drop and show again before it settles. */
const LINGER = 5_000;

const isServer = typeof document === "undefined";

const hubs = new WeakMap<CacheSource, Hub>();

/** The one state of `key`. `loader` and `options` are those of whoever asked first, until `use` renews them. */
export function observe<T>(source: CacheSource, key: ShownKey, loader: Loader<T>, options: ShowOptions<T> = {}): Observation<T> {
  if (key === null || key === undefined || key === false) return new Observation<T>(undefined, "", loader, options);
  let hub = hubs.get(source);
  if (!hub) hubs.set(source, (hub = new Hub(source)));
  // A server has many who show it, each with what it was given, and no effects that call `use`.
  const isShared = !isServer || options.initial === undefined;
  const known = isShared ? (hub.shown.get(key) as Observation<T> | undefined) : undefined;
  if (known && isServer) known.use(loader, options);
  if (known) return known;
  const made = new Observation(hub, key, loader, options);
  if (isShared) hub.add(made as Observation<unknown>);
  return made;
}

/**
 * Loads `key` anew for all who show it, here and in every tab; for the reset of an error boundary, say.
 *
 * @example
 * await cache.set("greeting", "hello");
 * await refresh(cache, "greeting"); // nobody shows it: it is only dropped
 * assert.equal(await cache.get("greeting"), undefined);
 */
export async function refresh(cache: CacheSource, key: string): Promise<void> {
  const shown = hubs.get(cache)?.shown.get(key);
  await (shown ? shown.refresh() : (await cache).delete(key));
}

/** The state of one key. */
export class Observation<T> {
  readonly key: string;
  readonly #hub: Hub | undefined;
  readonly #first: Shown<T>;
  readonly #listeners = new Set<() => void>();
  #loader: Loader<T>;
  #options: ShowOptions<T>;
  #state: Shown<T>;
  #looking: Promise<void> | undefined;
  #outdated = false;
  #lingering: ReturnType<typeof setTimeout> | undefined;

  constructor(hub: Hub | undefined, key: string, loader: Loader<T>, options: ShowOptions<T>) {
    this.#hub = hub;
    this.key = key;
    this.#loader = loader;
    this.#options = options;
    const { initial } = options;
    if (!hub) this.#first = { status: "idle", data: undefined, error: undefined, loading: false, refresh: this.refresh };
    else if (initial === undefined) this.#first = this.#pending();
    else this.#first = this.#success(initial);
    this.#state = (initial === undefined && this.#known()) || this.#first;
    this.#linger();
  }

  readonly snapshot = (): Shown<T> => this.#state;

  /** The state before the cache was asked, the same on a server and in the browser. */
  readonly initially = (): Shown<T> => this.#first;

  /** The state that a server which waited has rendered: what it was given, else what it loaded. */
  readonly rendered = (): Shown<T> => (this.#first.status === "success" ? this.#first : this.#state);

  /** Calls `listener` after each change of the state, and looks; on a server it does neither. */
  readonly subscribe = (listener: () => void): (() => void) => {
    if (!this.#hub || isServer) return () => {};
    clearTimeout(this.#lingering);
    this.#listeners.add(listener);
    this.#hub.add(this as Observation<unknown>);
    void this.look();
    return () => {
      this.#listeners.delete(listener);
      this.#linger();
    };
  };

  /** The loader and the options of the latest who shows it. */
  use(loader: Loader<T>, options: ShowOptions<T> = {}): void {
    this.#loader = loader;
    this.#options = options;
  }

  /** Brings the state up to what the cache has, which loads what it has not. One look at a time; never rejects. */
  look(): Promise<void> {
    return this.#hub ? (this.#looking ??= this.#look(this.#hub)) : Promise.resolve();
  }

  readonly refresh = async (): Promise<void> => {
    if (!this.#hub) return;
    const { source } = this.#hub;
    const forget = async () => void (await (await source).delete(this.key));
    if (!this.#looking) return (this.#looking = this.#look(this.#hub, forget));
    await forget().catch(() => {}); // the look says what is wrong
    await this.#looking;
  };

  /** The entry may have changed. Who renders and does not listen yet must not see two states, so this one changes. */
  changed(): void {
    if (this.#looking) this.#outdated = true;
    else if (this.#listeners.size > 0) void this.look();
    else this.#publish(this.#known() ?? this.#pending());
  }

  /** The tab is shown, or online, again. */
  recheck(): void {
    if ((this.#options.recheck ?? true) && this.#listeners.size > 0) void this.look();
  }

  async #look(hub: Hub, before?: () => Promise<void>): Promise<void> {
    clearTimeout(this.#lingering); // it begins anew at the end
    try {
      if (before) this.#wait(); // at once: what comes next may render
      const cache = await hub.source;
      if (!this.#known()) this.#wait();
      await before?.();
      let data: T;
      do {
        this.#outdated = false;
        data = await this.#read(cache);
      } while (this.#outdated && (await cache.has(this.key)));
      this.#publish(this.#success(data));
    } catch (error) {
      this.#publish({ status: "error", data: this.#state.data, error, loading: false, refresh: this.refresh });
    } finally {
      this.#looking = undefined;
      this.#linger();
    }
  }

  /** What memory shows is the same object for all, so that what did not change is not rendered again. */
  async #read(cache: NearCache): Promise<T> {
    const { initial: _, recheck: __, ...options } = this.#options;
    const shown = cache.peek<T>(this.key);
    if (shown !== undefined) return shown;
    const value = await cache.getOrSet(this.key, (key) => this.#loader(key), options);
    return cache.peek<T>(this.key) ?? value;
  }

  #wait(): void {
    this.#publish(this.#state.data === undefined ? this.#pending() : ({ ...this.#state, loading: true } as Shown<T>));
  }

  #pending(): Shown<T> {
    return { status: "pending", data: undefined, error: undefined, loading: true, refresh: this.refresh };
  }

  #success(data: T): Shown<T> {
    return { status: "success", data, error: undefined, loading: false, refresh: this.refresh };
  }

  /** What memory has. */
  #known(): Shown<T> | undefined {
    const data = this.#hub?.cache?.peek<T>(this.key);
    return data === undefined ? undefined : this.#success(data);
  }

  #publish(next: Shown<T>): void {
    const { status, data, error, loading } = this.#state;
    if (status === next.status && Object.is(data, next.data) && error === next.error && loading === next.loading) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }

  #linger(): void {
    clearTimeout(this.#lingering);
    if (!this.#hub || this.#listeners.size > 0 || this.#looking) return;
    this.#lingering = setTimeout(() => this.#hub?.drop(this as Observation<unknown>), LINGER);
    (this.#lingering as { unref?: () => void }).unref?.(); // Node.js would wait for it
  }
}

/** What is shown of one cache, and the events that may change it. */
class Hub {
  readonly source: CacheSource;
  readonly shown = new Map<string, Observation<unknown>>();
  /** Once it is open. */
  cache: NearCache | undefined;
  #stop: (() => void) | undefined;

  constructor(source: CacheSource) {
    this.source = source;
    if (!(source instanceof Promise)) this.cache = source;
  }

  add(observation: Observation<unknown>): void {
    if (!this.shown.has(observation.key)) this.shown.set(observation.key, observation);
    this.#stop ??= this.#listen();
  }

  drop(observation: Observation<unknown>): void {
    if (this.shown.get(observation.key) !== observation) return;
    this.shown.delete(observation.key);
    if (this.shown.size > 0) return;
    this.#stop?.();
    this.#stop = undefined;
  }

  #listen(): () => void {
    const ends = new AbortController();
    const { signal } = ends;
    const recheck = () => {
      if (document.visibilityState === "visible") this.shown.forEach((shown) => shown.recheck());
    };
    if (!isServer) {
      document.addEventListener("visibilitychange", recheck, { signal });
      addEventListener("online", recheck, { signal });
    }
    const follow = (cache: NearCache) => {
      this.cache = cache;
      if (signal.aborted) return;
      const stops = [
        cache.on("write", ({ key }) => {
          const shown = this.shown.get(key);
          // What is past its time already would only be loaded, and written, again.
          if (shown) cache.has(key).then((isFresh) => isFresh && shown.changed(), () => {});
        }),
        cache.on("invalidate", () => this.shown.forEach((shown) => shown.changed())),
      ];
      signal.addEventListener("abort", () => stops.forEach((stop) => stop()));
    };
    if (this.cache) follow(this.cache);
    else void Promise.resolve(this.source).then(follow, () => {}); // who looks is told
    return () => ends.abort();
  }
}
