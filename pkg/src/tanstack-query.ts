// What keeps TanStack Query's client.

import type { AsyncStorage, PersistedClient, PersistedQuery, Persister } from "@tanstack/query-persist-client-core";

import type { CacheSource } from "./observe.js";
import type { Duration, SetOptions, TierName } from "./types.js";

/** How queries are kept. */
export interface PersisterOptions {
  /** What their keys begin with. Default `"tanstack-query"`. */
  prefix?: string;
  /** How long they are kept at most; TanStack's own `maxAge` (24 hours by default) decides what is restored. Default `"7d"`. */
  ttl?: Duration;
  /** Where to put them. Default: chosen by size and lifetime. */
  tier?: TierName;
}

type DehydratedQuery = PersistedClient["clientState"]["queries"][number];

/** A persisted client without its queries. */
type Head = Omit<PersistedClient, "clientState"> & { mutations: PersistedClient["clientState"]["mutations"] };

/**
 * For `persistQueryClient` and `PersistQueryClientProvider`. Each query is an entry of its own, written when it changed
 * and not otherwise, as it is and not as JSON; tabs add to one another's. `cache.clear()` at logout drops them all.
 *
 * @example
 * const [, restored] = persistQueryClient({ queryClient, persister: persister(cache) });
 * await restored;
 * assert.equal(await queryClient.fetchQuery({ queryKey: ["n"], queryFn: () => 1 }), 1);
 */
export function persister(cache: CacheSource, options: PersisterOptions = {}): Persister {
  const { head: headKey, queries: prefix, keep } = places(options);
  /** By hash: the stamp of what is stored. */
  const saved = new Map<string, string>();
  let next: PersistedClient | undefined;
  let saving: Promise<void> | undefined;

  async function save({ clientState, ...rest }: PersistedClient): Promise<void> {
    const open = await cache;
    const { mutations } = clientState;
    const queries = clientState.queries.filter(({ promise }) => !promise); // those have no data yet
    const current = new Set(queries.map(({ queryHash }) => queryHash));
    const gone = [...saved.keys()].filter((hash) => !current.has(hash));
    gone.forEach((hash) => saved.delete(hash));
    const writes = queries.map(async (query) => {
      if (saved.get(query.queryHash) === stamp(query)) return;
      await open.set(prefix + query.queryHash, query, keep);
      saved.set(query.queryHash, stamp(query));
    });
    // Together: they share one commit.
    await Promise.all([
      ...writes,
      open.set<Head>(headKey, { ...rest, mutations }, keep),
      gone.length > 0 && open.invalidate({ keys: gone.map((hash) => prefix + hash) }),
    ]);
  }

  async function saveAll(): Promise<void> {
    try {
      for (let client = next; client; client = next) {
        next = undefined;
        await save(client);
      }
    } finally {
      saving = undefined;
    }
  }

  return {
    // TanStack calls it at every step of every query: while one save runs, only the latest of the others counts.
    persistClient(client) {
      next = client;
      return (saving ??= saveAll());
    },
    async restoreClient() {
      const open = await cache;
      const head = await open.get<Head>(headKey);
      if (!head) return undefined;
      const keys: string[] = [];
      for await (const [key] of open.entries({ prefix })) keys.push(key);
      const queries = (await open.getMany<DehydratedQuery>(keys)).filter((query) => query !== undefined);
      queries.forEach((query) => saved.set(query.queryHash, stamp(query)));
      const { mutations, ...rest } = head;
      return { ...rest, clientState: { mutations, queries } };
    },
    async removeClient() {
      next = undefined;
      saved.clear();
      await (await cache).invalidate({ key: headKey, prefix });
    },
  };
}

/**
 * For `experimental_createQueryPersister`, which keeps query by query and restores each when it is first needed.
 *
 * @example
 * const { persisterFn } = experimental_createQueryPersister(storage(cache));
 * const query = { queryKey: ["n"], queryFn: () => 1, persister: persisterFn };
 * assert.equal(await queryClient.fetchQuery(query), 1);
 */
export function storage(cache: CacheSource, options: PersisterOptions = {}): QueryStorage {
  const { keep, prefix } = places(options);
  const same = <T>(query: T): T => query; // nothing has to become text
  return {
    prefix,
    serialize: same,
    deserialize: same,
    storage: {
      getItem: async (key) => (await cache).get<PersistedQuery>(key),
      setItem: async (key, query) => void (await (await cache).set(key, query, keep)),
      removeItem: async (key) => void (await (await cache).delete(key)),
      async entries() {
        const open = await cache;
        const keys: string[] = [];
        for await (const [key] of open.entries({ prefix: `${prefix}-` })) keys.push(key);
        const queries = await open.getMany<PersistedQuery>(keys);
        return keys.flatMap((key, at) => (queries[at] ? [[key, queries[at]] as [string, PersistedQuery]] : []));
      },
    },
  };
}

/** The options of `experimental_createQueryPersister` that `storage()` fills in; spread them beside your own. */
export interface QueryStorage {
  prefix: string;
  serialize: (query: PersistedQuery) => PersistedQuery;
  deserialize: (query: PersistedQuery) => PersistedQuery;
  storage: AsyncStorage<PersistedQuery>;
}

function places({ prefix = "tanstack-query", ttl = "7d", tier }: PersisterOptions) {
  const keep: SetOptions = tier ? { ttl, tier } : { ttl };
  return { prefix, head: `${prefix}:client`, queries: `${prefix}:query:`, keep };
}

/** Changes with the query's state, which is copied each time the client is dehydrated. */
function stamp({ state }: DehydratedQuery): string {
  return [state.dataUpdatedAt, state.dataUpdateCount, state.errorUpdatedAt, state.isInvalidated].join();
}
