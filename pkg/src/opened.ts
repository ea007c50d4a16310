import type { NearCache } from "./cache.js";

const SHARED = Symbol.for("nearcache.opened");

/** The event that the global object gets when a cache was opened or closed. */
export const CHANGED = "nearcache:opened";

/**
 * The caches that are open in this context, for the inspector to find by name. It comes in a bundle of its own, so what
 * both know hangs on the global object.
 */
export function opened(): Set<NearCache> {
  const scope = globalThis as { [SHARED]?: Set<NearCache> };
  return (scope[SHARED] ??= new Set());
}

/** Tells who shows them that the set has changed. Node.js has nobody to tell. */
export function announce(): void {
  globalThis.dispatchEvent?.(new Event(CHANGED));
}
