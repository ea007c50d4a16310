// What the entries for frameworks give.
import axios from "axios";
import { experimental_createQueryPersister, type Persister } from "@tanstack/query-persist-client-core";
import { open } from "nearcache";
import { adapter } from "nearcache/axios";
import { refresh, useCached, useSuspenseCached, type Shown } from "nearcache/react";
import { cached, type CachedStore } from "nearcache/svelte";
import { persister, storage } from "nearcache/tanstack-query";
import { useCached as useCachedInVue } from "nearcache/vue";
import { ref, type ComputedRef } from "vue";
import { holds, type Same } from "./assert.js";

interface Item {
  name: string;
}
const load = async (key: string): Promise<Item> => ({ name: key });
const opening = open({ name: "shop" });
const cache = await opening;

const item = useCached(opening, "item:1", load, { ttl: "5m", initial: { name: "Lamp" }, recheck: false });
holds<Same<typeof item, Shown<Item>>>();
holds<Same<typeof item.data, Item | undefined>>();
holds<Same<typeof item.status, "idle" | "pending" | "success" | "error">>();
if (item.status === "success") holds<Same<typeof item.data, Item>>();
if (item.status === "pending") holds<Same<typeof item.loading, true>>();
if (item.status === "error") holds<Same<typeof item.error, unknown>>();
item.refresh() satisfies Promise<void>;
useCached(cache, null, load);
const sure = useSuspenseCached(cache, "item:1", load);
holds<Same<typeof sure, Item>>();
refresh(cache, "item:1") satisfies Promise<void>;

const id = ref(1);
const { data, settled } = useCachedInVue(cache, () => `item:${id.value}`, load);
holds<Same<typeof data, ComputedRef<Item | undefined>>>();
settled() satisfies Promise<void>;
useCachedInVue(cache, ref<string | null>(null), load);

const store = cached(cache, "item:1", load);
holds<Same<typeof store, CachedStore<Item>>>();

persister(opening, { prefix: "queries", ttl: "1d", tier: "indexeddb" }) satisfies Persister;
experimental_createQueryPersister({ ...storage(cache), maxAge: 1000 });
axios.create({ adapter: adapter(cache) });

// @ts-expect-error: suspending needs a key
useSuspenseCached(cache, null, load);
// @ts-expect-error: what is shown first is of the loader's type
useCached(cache, "item:1", load, { initial: 1 });
// @ts-expect-error: unknown option
useCached(cache, "item:1", load, { staleTime: 1000 });
// @ts-expect-error: a key is text
cached(cache, 1, load);
// @ts-expect-error: a name is no cache
adapter("shop");
