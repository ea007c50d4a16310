// The Svelte store: its contract needs nothing of Svelte itself.

import { observe, type CacheSource, type ShownKey, type Shown, type ShowOptions } from "./observe.js";
import type { Loader } from "./types.js";

/** A readable store of {@link Shown}. */
export interface CachedStore<T> {
  subscribe(run: (state: Shown<T>) => void): () => void;
  /** Drops the stored value, here and in every tab, and loads it anew. Never rejects. */
  refresh(): Promise<void>;
}

/**
 * A store of the value under `key`: from memory at once, else loaded at the first subscription, once however many
 * components and tabs show it, and again after it was invalidated or written.
 *
 * @example
 * const item = cached(cache, "item:1", () => loadItem(1), { ttl: "5m" });
 * const name = await new Promise((resolve) => {
 *   item.subscribe(({ status, data }) => status === "success" && resolve(data.name)); // `$item` in a component
 * });
 * assert.equal(name, "Lamp");
 */
export function cached<T>(cache: CacheSource, key: ShownKey, loader: Loader<T>, options?: ShowOptions<T>): CachedStore<T> {
  const observed = () => observe(cache, key, loader, options);
  return {
    subscribe(run) {
      const shown = observed();
      shown.use(loader, options);
      run(shown.snapshot());
      return shown.subscribe(() => run(shown.snapshot()));
    },
    refresh: () => observed().refresh(),
  };
}
