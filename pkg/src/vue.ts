// The Vue composable.

import { computed, onServerPrefetch, shallowRef, toValue, watch, type ComputedRef, type MaybeRefOrGetter } from "vue";

import { observe, type CacheSource, type ShownKey, type Shown, type ShowOptions } from "./observe.js";
import type { Loader } from "./types.js";

/** What `useCached()` gives: {@link Shown} as refs. */
export interface UseCached<T> {
  readonly status: ComputedRef<Shown<T>["status"]>;
  readonly data: ComputedRef<T | undefined>;
  /** What the last load failed with. */
  readonly error: ComputedRef<unknown>;
  readonly loading: ComputedRef<boolean>;
  /** Drops the stored value, here and in every tab, and loads it anew. Never rejects. */
  refresh(): Promise<void>;
  /** Resolves when it is loaded, or has failed: `await` it in an async `setup` under `<Suspense>`. */
  settled(): Promise<void>;
}

/**
 * Shows the value under `key`, which may be a ref or a getter: from memory at once, else loaded once however many
 * components and tabs show it, and again after it was invalidated or written.
 *
 * @example
 * const Item = { props: ["id"], setup(props) {
 *   const { data, status } = useCached(cache, () => `item:${props.id}`, () => loadItem(props.id), { ttl: "5m" });
 *   return () => h("p", status.value === "success" ? data.value.name : "…");
 * } };
 * assert.equal(await rendered(h(Item, { id: 1 }), "p", "Lamp"), "Lamp");
 */
export function useCached<T>(
  cache: CacheSource,
  key: MaybeRefOrGetter<ShownKey>,
  loader: Loader<T>,
  options?: ShowOptions<T>,
): UseCached<T> {
  const observed = computed(() => observe(cache, toValue(key), loader, options));
  const state = shallowRef(observed.value.snapshot());
  const show = () => void (state.value = observed.value.snapshot());
  watch(
    observed,
    (now, _, onCleanup) => {
      now.use(loader, options);
      show();
      onCleanup(now.subscribe(show));
    },
    { immediate: true },
  );
  const settled = async () => {
    await observed.value.look();
    show();
  };
  onServerPrefetch(() => (state.value.status === "pending" ? settled() : undefined));
  return {
    status: computed(() => state.value.status),
    data: computed(() => state.value.data),
    error: computed(() => state.value.error),
    loading: computed(() => state.value.loading),
    refresh: () => observed.value.refresh(),
    settled,
  };
}
