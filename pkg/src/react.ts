// The React hooks.

import { useEffect, useSyncExternalStore } from "react";

import { observe, type CacheSource, type ShownKey, type Shown, type ShowOptions } from "./observe.js";
import type { Loader } from "./types.js";

/**
 * Shows the value under `key`: from memory in the first render, else loaded once however many components and tabs show
 * it, and again after it was invalidated or written. `loader` and `options` may be new functions and objects at each
 * render; the latest are used.
 *
 * @example
 * const Item = ({ id }) => {
 *   const { status, data, error, refresh } = useCached(cache, `item:${id}`, () => loadItem(id), { ttl: "5m" });
 *   if (status === "pending") return h("p", null, "…");
 *   if (status === "error") return h("button", { onClick: refresh }, String(error));
 *   return h("p", null, data.name);
 * };
 * assert.equal(await rendered(h(Item, { id: 1 }), "p", "Lamp"), "Lamp");
 */
export function useCached<T>(cache: CacheSource, key: ShownKey, loader: Loader<T>, options?: ShowOptions<T>): Shown<T> {
  const observed = observe(cache, key, loader, options);
  useEffect(() => observed.use(loader, options)); // before it is subscribed to, which loads
  return useSyncExternalStore(observed.subscribe, observed.snapshot, observed.initially);
}

/**
 * The same for `<Suspense>` and error boundaries: suspends until there is a value, throws what the loader failed with
 * while there is none, and returns the value itself. Let the boundary's reset call `refresh(cache, key)`.
 *
 * @example
 * const Item = ({ id }) => h("p", null, useSuspenseCached(cache, `item:${id}`, () => loadItem(id)).name);
 * assert.equal(await rendered(h(Suspense, { fallback: "…" }, h(Item, { id: 1 })), "p", "Lamp"), "Lamp");
 */
export function useSuspenseCached<T>(cache: CacheSource, key: string, loader: Loader<T>, options?: ShowOptions<T>): T {
  const observed = observe(cache, key, loader, options);
  useEffect(() => observed.use(loader, options));
  const state = useSyncExternalStore(observed.subscribe, observed.snapshot, observed.rendered);
  if (state.status === "pending") throw observed.look();
  if (state.status === "error" && state.data === undefined) throw state.error;
  return state.data as T;
}
