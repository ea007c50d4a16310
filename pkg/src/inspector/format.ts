// Numbers and times as people read them.
import type { CacheEntry, TierName } from "../types.js";

const TIERS: Record<TierName, string> = {
  memory: "Memory", cookie: "Cookie", session: "Session", local: "Local", indexeddb: "IndexedDB", "cache-storage": "Cache API",
};

/** A tier's name. */
export const tierName = (tier: TierName): string => TIERS[tier];

/** An amount of bytes, in powers of 1024 as budgets are. */
export function size(bytes: number): string {
  const units = ["B", "KB", "MB", "GB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const amount = bytes / 1024 ** power;
  return `${power && amount < 100 ? amount.toFixed(1) : Math.round(amount)} ${units[power]}`;
}

/** A length of time, in its largest unit. */
export function span(ms: number): string {
  const [unit, length] = ([["d", 86_400_000], ["h", 3_600_000], ["min", 60_000], ["s", 1000]] as const).find(([, length]) => ms >= length) ?? ["s", 1000];
  return `${Math.floor(ms / length)} ${unit}`;
}

/** A moment, to the second. */
export const moment = (time: number): string => new Date(time).toLocaleString();

/** A time of day, to the millisecond. */
export const timeOfDay = (time: number): string => {
  const date = new Date(time);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
};

/** A count with its noun. */
export const count = (number: number, one: string, many = `${one}s`): string => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** How long an entry may still be answered with. */
export function lifetime({ expires, staleUntil }: CacheEntry, now: number): string {
  if (expires === undefined) return "for ever";
  if (expires > now) return span(expires - now);
  return staleUntil !== undefined && staleUntil > now ? "stale, usable" : "stale";
}

/** What `Cache-Status` (RFC 9211) would say of a read now. */
export function cacheStatus(entry: CacheEntry, now: number): string {
  const { expires, tier, fresh } = entry;
  const ttl = expires === undefined ? "" : `; ttl=${Math.round((expires - now) / 1000)}`;
  return fresh || lifetime(entry, now) !== "stale" ? `nearcache; hit${ttl}; detail=${tier}` : `nearcache; fwd=stale${ttl}`;
}

/** A key that fits: control characters, which part a response's key, become visible. */
export const readable = (key: string): string => key.replace(/[\u0000-\u001f]/g, " · ").replace(`${globalThis.location?.origin}`, "");
