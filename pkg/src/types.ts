// Every option and every result. Durations are milliseconds or text such as "5m"; sizes are bytes or "16MB".

import type { ErrorCode } from "./errors.js";

/** A length of time: milliseconds, or a number with `ms`, `s`, `m`, `h` or `d`. */
export type Duration = number | `${number}${"ms" | "s" | "m" | "h" | "d"}`;

/** An amount of bytes: a number, or one with `B`, `KB`, `MB` or `GB` (powers of 1024). */
export type ByteSize = number | `${number}${"B" | "KB" | "MB" | "GB"}`;

/** The six places an entry can live in. */
export type TierName =
  /** Memoised values of this tab or worker. */
  | "memory"
  /** Cookies: tiny values which the server has to see too. */
  | "cookie"
  /** sessionStorage: as long as the tab lives. */
  | "session"
  /** localStorage: small values, readable at start-up. */
  | "local"
  /** IndexedDB: the home of most entries. */
  | "indexeddb"
  /** The Cache API: large and opaque responses. */
  | "cache-storage";

/** What `open()` takes. */
export interface OpenOptions {
  /** Separates this cache's entries from others' on the same web origin; 1 to 128 characters. */
  name: string;
  /** The version of what you store; raise it to drop all that was stored before, or `migrate` it. Default 1. */
  version?: number;
  /**
   * Called for each entry of this partition that an older version stored, before `open` resolves: returns the entry,
   * changed or not, or `undefined` to drop it. One that throws, rejects or takes longer than 5 s costs that entry; the
   * `error` event tells once, with `migration-failed`. Interrupted, it goes on at the next `open`, and may then be
   * called again for an entry it was called for. What finds no room stays where it was until there is some; to remove it
   * where the older version cannot be reached rejects with `tier-failed`, and can be asked again. Give it to each context
   * that opens the version, the service worker too: without it, what is older is removed.
   */
  migrate?: (entry: OldEntry) => MigratedEntry | null | undefined | PromiseLike<MigratedEntry | null | undefined>;
  /** Whose data it is, such as a user's id; nobody else's cache sees it. Default: shared by all. */
  partition?: string | undefined;
  /** Which tiers to use, in this order. Default: all that exist here. */
  tiers?: readonly TierName[];
  /** How much a tier may hold; the least valuable entries make room. */
  budgets?: Partial<Record<TierName, ByteSize>>;
  /** What answers when the cache can't. */
  origin?: OriginOptions;
  /**
   * Encrypts what is stored: an AES-GCM key for `encrypt` and `decrypt`, best not extractable, or a promise of one. Every
   * context that opens this cache and partition needs the same; records of another key, or none, are dropped and counted
   * as `corrupt`, and what was stored in the clear is encrypted when it is opened with a key. Values must then be such
   * that JSON with `Date`, `Map`, `Set`, bigint and bytes can hold them, or Blobs; anything else, opaque responses, and
   * bodies over 32 MB stay in memory. Cookies are not used. Default: not encrypted.
   */
  encrypt?: CryptoKey | PromiseLike<CryptoKey>;
}

/** What an older version stored, as `migrate` gets it: a copy of its own. */
export type OldEntry = (ValueEntry | ResponseEntry) & {
  key: string;
  /** The version that stored it. */
  oldVersion: number;
  /** Responses have none here; they are kept or dropped as they are. */
  value?: unknown;
};

/** What `migrate` makes of it; what is not there stays as it was. */
export interface MigratedEntry {
  /** Only of values. */
  key?: string;
  /** Only of values. */
  value?: unknown;
  tags?: readonly string[];
  /** As `Date.now()` counts; `undefined`: fresh for ever. */
  expires?: number | undefined;
  staleUntil?: number | undefined;
}

/** What stands at the other end of the network. */
export interface OriginOptions {
  /** Whose rules for keys, validators and back-off to follow. Default `"http"`. */
  kind?: "http" | "cloudfront" | "api-gateway";
  /** How long to wait for the head of a response. Default: as long as the browser does. */
  timeout?: Duration;
  /**
   * How often to ask again after 429 or 503, each time when the break is over that `Retry-After` and full jitter
   * make. Meanwhile nobody asks for that resource: callers wait, get what is stored where it may stand in, or the
   * refusal. Default 3 for `"api-gateway"`, else 0: refusals are handed on.
   */
  retries?: number;
  /** The longest break a caller waits for. Default 10 s. */
  maxRetryDelay?: Duration;
  /**
   * Whom a request speaks for, such as a user's id: responses are kept apart by it, instead of by the subject of
   * the `Authorization` header. Only a digest of it is stored. `undefined` falls back to the header.
   */
  identity?: (request: Request) => string | undefined;
}

/** How long a value holds, and by which names it goes. */
export interface Lifetime {
  /** Fresh for so long. Default: for ever. */
  ttl?: Duration;
  /** After that, still answered with for so long while it is loaded anew. Default 0. */
  staleWhileRevalidate?: Duration;
  /** Names for `invalidate({ tags })`. */
  tags?: readonly string[];
  /** Where to put it. Default: chosen by kind, size and lifetime. */
  tier?: TierName;
}

/** What `set()` takes. */
export interface SetOptions extends Lifetime {
  /** Wait until the operating system has it on disk, not just the browser. Default `false`. */
  durable?: boolean;
}

/** One entry of `setMany()`. */
export type SetEntry = readonly [key: string, value: unknown, options?: SetOptions];

/** Makes, on a miss, the value that belongs to `key`. */
export type Loader<T> = (key: string) => T | PromiseLike<T>;

/** What `memoize()` takes. */
export interface MemoizeOptions<A extends readonly unknown[]> extends SetOptions {
  /**
   * The key of a call: a function of its arguments, or a name that is put before them. Default: the function's
   * own name, which minifiers change, so give one in what you ship.
   */
  key?: string | ((...args: A) => string);
}

/** A function made by `memoize()`. */
export interface Memoized<A extends readonly unknown[], R> {
  (...args: A): Promise<R>;
  /** The key of a call, for `invalidate({ key })` and the like. */
  keyOf(...args: A): string;
}

/** What `invalidate()` removes: all that any of these names. */
export interface InvalidateOptions {
  key?: string;
  keys?: readonly string[];
  /** Every key that begins with it. */
  prefix?: string;
  /** Everything that carries one of them. */
  tags?: readonly string[];
  /** Every response of this URL, whatever its variant. */
  url?: string | URL;
  /** Every entry whose key matches, or that the function picks. */
  match?: RegExp | ((key: string, info: CacheEntry) => boolean);
}

/** What the request carries that tells a stage cache to drop an entry: `true` for nothing more than that. */
export type InvalidateRequest =
  | true
  /** Such as a signature. */
  | RequestInit
  /** Called for each URL, to sign it (SigV4). */
  | ((url: string) => RequestInit | PromiseLike<RequestInit>);

/** What `invalidate()` takes to tell the origin's stage cache (API Gateway) as well. */
export interface InvalidateAtOriginOptions extends InvalidateOptions {
  origin: InvalidateRequest;
}

/** What an invalidation at the origin came to. */
export interface InvalidationReport {
  /** How many entries were removed here. */
  removed: number;
  /** What the origin said, by response. */
  origin: OriginInvalidation[];
}

/** What the origin said of one URL. */
export interface OriginInvalidation {
  url: string;
  /** 0: it did not answer, see `cause`. */
  status: number;
  /**
   * Whether it answered without an error and without a `Warning`, which API Gateway sends to who isn't permitted.
   * `undefined` where it can't be known: another origin has to expose `Warning`.
   */
  accepted: boolean | undefined;
  warning?: string | undefined;
  /** What the request failed with. */
  cause?: unknown;
}

/** Which entries to list. */
export interface EntriesFilter {
  /** Only keys that begin with it. */
  prefix?: string;
}

/** What is known of an entry without reading it. */
export type CacheEntry = ValueEntry | ResponseEntry;

interface EntryInfo {
  /** Its home. */
  tier: TierName;
  /** Estimated bytes. */
  size: number;
  /** When it goes stale, as `Date.now()` counts; absent: never. */
  expires?: number | undefined;
  /** Until when it may be answered with while it is loaded anew. */
  staleUntil?: number | undefined;
  tags: string[];
  /** Whether it may be answered with as it is. */
  fresh: boolean;
}

/** A value that was `set()` or loaded. */
export interface ValueEntry extends EntryInfo {
  kind: "value";
}

/** A response that was fetched. */
export interface ResponseEntry extends EntryInfo {
  kind: "response";
  url: string;
  status: number;
}

/** How a route answers. */
export type Strategy =
  /** What the response's own headers say (RFC 9111). */
  | "http"
  /** The cache; the network only on a miss. */
  | "cache-first"
  /** The network; the cache when it fails or takes longer than `timeout`. */
  | "network-first"
  /** The cache at once, and the network for the next time. */
  | "stale-while-revalidate"
  /** The cache, or an answer 504. */
  | "cache-only"
  /** The network; nothing is stored. */
  | "network-only";

/** Which requests a route is for. */
export type RouteMatcher =
  /** A path of the page's own origin (`"/api/items/:id"`, `"/img/*"`), or the beginning of a URL. */
  | string
  /** Tested against the whole URL. */
  | RegExp
  /** A `URLPattern`. */
  | URLPatternLike
  | RequestMatcher
  /** Called with the request; one that throws matches nothing. */
  | ((request: Request) => boolean);

/** What is used of a `URLPattern`. */
export interface URLPatternLike {
  readonly pathname: string;
  test(url: string): boolean;
}

/** All that is given has to hold. */
export interface RequestMatcher {
  url?: string | RegExp | URLPatternLike;
  method?: string;
  /** As `request.destination` says: `"image"`, `"script"`, … */
  destination?: RequestDestination;
  mode?: RequestMode;
}

/** What tells one request of a route from another. With it, answers to any method are stored. */
export interface KeyParts {
  /** The query parameters that count, in any order; `false`: none. Default: all of them. */
  query?: readonly string[] | false;
  /** Request headers that count, besides those that `Vary` names. Default: none. */
  headers?: readonly string[];
  /** The whole body (`true`), or the parts of a JSON body by JSON Pointer (`"/page"`). Default: none. */
  body?: boolean | readonly string[];
}

/** What `route()` takes. */
export interface RouteOptions extends Lifetime {
  /** Default `"http"`. */
  strategy?: Strategy;
  /** After it went stale, still answered with for so long when the origin fails. Default 0. */
  staleIfError?: Duration;
  /** Only with `network-first`: how long the network may take. */
  timeout?: Duration;
  key?: KeyParts;
  /** The statuses that are stored. Default: what HTTP lets a cache store. */
  statuses?: readonly number[];
  /** Store responses that can't be looked into; they weigh heavily in the browser's quota. Default `false`. */
  opaque?: boolean;
  /**
   * How many responses of this route are kept; the least recently used make room. A route is known by its matcher:
   * when that changes, what it stored before no longer counts. Default: as many as the tiers hold.
   */
  maxEntries?: number;
  /** How much they may weigh, estimated. Default: as much as the tiers hold. */
  maxBytes?: ByteSize;
}

/** What listeners of `on()` are told. Events name keys and tiers, never values. */
export interface CacheEvents {
  /** A read was answered by a tier. */
  hit: { type: "hit"; key: string; tier: TierName };
  /** A read found nothing usable. */
  miss: { type: "miss"; key: string };
  /** The origin was asked whether a stored response still holds; `status` 0: it did not answer. */
  revalidate: { type: "revalidate"; key: string; status: number };
  /** An entry reached its home, written here or in another tab. */
  write: { type: "write"; key: string; tier: TierName };
  /** An entry had to make room. */
  evict: { type: "evict"; key: string; tier: TierName };
  /** Entries were removed on request, here or in another tab; `all`: by `clear()`. */
  invalidate: { type: "invalidate"; count: number; all: boolean };
  /** A tier failed and the cache goes on without it; told once a tier. Or `migrate` failed; told once. */
  error: { type: "error"; tier: TierName; code: ErrorCode; message: string };
}

export type CacheEventType = keyof CacheEvents;

/** Any event; `type` tells which. */
export type CacheEvent = CacheEvents[CacheEventType];

/** Counters since the cache was opened, in this context. */
export interface Stats {
  hits: number;
  misses: number;
  /** Those that are in use, and those that are not available here. */
  tiers: Partial<Record<TierName, TierStats>>;
  network: NetworkStats;
  /** Only with `migrate`. */
  migration?: MigrationStats;
  /** Only in a service worker, of the routes with a `queue`. */
  queue?: QueueStats;
}

/** Writes that wait for the network, and those that waited. */
export interface QueueStats {
  /** Those that wait. */
  pending: number;
  /** Of those sent from the queue, accepted. */
  sent: number;
  /** Dropped after 409 or 412. */
  conflicts: number;
  /** Refused for good, or too old. */
  failed: number;
}

/** What one tier holds. */
export interface TierUsage {
  available: boolean;
  /** Why it is not. */
  reason?: string | undefined;
  entries: number;
  /** Estimated. */
  bytes: number;
  budget: number;
}

/** What one tier holds, and what it did. */
export interface TierStats extends TierUsage {
  /** Reads it answered. */
  hits: number;
  /** Entries it took. */
  writes: number;
  /** Entries it gave up to make room. */
  evictions: number;
  /** Operations that failed. */
  faults: number;
  /** Records that could not be read, and were dropped. */
  corrupt: number;
}

/** What the network was asked. */
export interface NetworkStats {
  requests: number;
  /** Of those, with a validator of ours. */
  conditional: number;
  /** Of those, left to the browser's own cache to validate, to spare a preflight. */
  delegated: number;
  /** Answers that said "unchanged". */
  notModified: number;
  /** Requests that got no answer. */
  failed: number;
  /** Callers that shared another caller's request. */
  coalesced: number;
  /** Refusals (429, 503) that were kept to; see `origin.retries`. */
  throttled: number;
  /** Answers that the edge (CloudFront, …) says it had. */
  edgeHits: number;
  /** Answers that the edge says it had to ask for. */
  edgeMisses: number;
  /** Body bytes that did not have to be sent again. */
  bytesSaved: number;
}

/** What became of the entries of older versions when the cache was opened here. */
export interface MigrationStats {
  migrated: number;
  /** As `migrate` said. */
  dropped: number;
  /** Lost, as `migrate` threw, took too long, or returned what is no entry. */
  failed: number;
  /** Values that found no room on the disk: memory shows them here, and the next `open` tries again. */
  left: number;
}

/** How full it is. */
export interface Usage {
  tiers: Partial<Record<TierName, TierUsage>>;
  /** Bytes that the browser lets the whole web origin store, where it says so. */
  quota?: number;
  /** Bytes that the whole web origin uses, as the browser estimates. */
  usage?: number;
  /** Whether the browser promised not to evict them. */
  persisted?: boolean;
}
