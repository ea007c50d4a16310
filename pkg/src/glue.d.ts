// What wasm-pack generates into pkg/wasm/, as far as this package uses it. Written by hand, so that the sources
// check without a build; tests/types/raw/ holds it against the generated declarations.
import type { CacheEntry, CacheEvents, CacheEventType, EntriesFilter, InvalidateOptions, OpenOptions } from "./types.js";
import type { RouteMatcher, RouteOptions, SetOptions, Stats, TierName, Usage } from "./types.js";
import type { NearcacheErrorClass } from "./errors.js";
import type { FetchEventLike } from "./scope.js";

/** The cache as Rust sees it: no defaults, no generics, numbers for handles. */
export class Client {
  constructor(options: object, errors: NearcacheErrorClass);
  free(): void;
  ready(): Promise<void>;
  get(key: string): Promise<unknown>;
  getMany(keys: string[]): Promise<unknown[]>;
  set(key: string, value: unknown, options?: SetOptions): Promise<TierName>;
  setMany(entries: [key: string, value: unknown, options?: SetOptions][]): Promise<TierName[]>;
  delete(key: string): Promise<boolean>;
  has(key: string): Promise<boolean>;
  peek(key: string): unknown;
  mirror(show: (key: string, value: unknown, slot: number, expires: number) => void, hide: (slot: number) => void): void;
  touch(slots: Uint32Array): void;
  getOrSet(key: string, loader: (key: string) => unknown, options?: SetOptions): Promise<unknown>;
  invalidate(what: InvalidateOptions): Promise<number>;
  clear(): Promise<void>;
  entries(filter?: EntriesFilter): Promise<[key: string, info: CacheEntry, id: string][]>;
  /** Takes over an entry of `old`, as changed, and removes it there; without `changed` only that. Whether it found a place. */
  adopt(old: Client, id: string, changed?: object): Promise<boolean>;
  /** What the names of this cache's stores start with: `nearcache:<name>:<version>:<partition>:`. */
  readonly prefix: string;
  /** Tells listeners that a migration failed. */
  report(tier: string, message: string): void;
  fetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response>;
  route(matcher: RouteMatcher, options?: RouteOptions): number;
  unroute(id: number): void;
  handle(event: FetchEventLike): Response | Promise<Response> | undefined;
  noted(keys: string[]): void;
  stats(): Stats;
  usage(): Promise<Usage>;
  flush(): Promise<void>;
  close(): Promise<void>;
  on<T extends CacheEventType>(type: T, listener: (event: CacheEvents[T]) => void): number;
  off(id: number): void;
}

/** Starts the wasm without waiting. */
export function initSync(options: { module: WebAssembly.Module | BufferSource }): unknown;

/** Starts the wasm. */
export default function init(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
