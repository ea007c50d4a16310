import { QueryClient } from "@tanstack/query-core";
import { experimental_createQueryPersister, persistQueryClient } from "@tanstack/query-persist-client-core";
import { persister, storage } from "nearcache/tanstack-query";

import { load, opening } from "./tools.js";

Object.assign(globalThis, {
  /** A client whose queries survive a reload, all at once. */
  async persisted(options) {
    globalThis.client = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity, retry: false } } });
    const [stop, restored] = persistQueryClient({ queryClient: client, persister: persister(opening), ...options });
    await restored;
    globalThis.stop = stop;
    return client.getQueryCache().getAll().map(({ queryHash, state }) => [queryHash, state.data?.value ?? state.data]);
  },
  /** A client that restores query by query. */
  async oneByOne() {
    const { persisterFn, ...rest } = experimental_createQueryPersister(storage(opening));
    globalThis.client = new QueryClient({ defaultOptions: { queries: { persister: persisterFn, staleTime: Infinity, retry: false } } });
    Object.assign(globalThis, rest);
  },
  query: (name) => client.fetchQuery({ queryKey: ["item", name], queryFn: () => load(name) }),
  /** The queries that were written, once there are `count` of them. */
  async written(count, during) {
    const cache = await opening;
    const keys = new Set();
    const off = cache.on("write", ({ key }) => key !== "tanstack-query:client" && keys.add(key.replace("tanstack-query:query:", "")));
    await during();
    await until(() => keys.size >= count);
    off();
    return [...keys].sort();
  },
  async until(condition) {
    while (!(await condition())) await new Promise((resolve) => setTimeout(resolve, 10));
  },
});
