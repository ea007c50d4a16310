// The value API, seen through the package's public name.
import { NearcacheError, open, type CacheEntry, type ErrorCode, type NearCache, type TierName } from "nearcache";
import { holds, type Same } from "./assert.js";

interface Item {
  id: number;
  name: string;
}

const cache = await open({
  name: "shop",
  version: 3,
  partition: undefined,
  tiers: ["memory", "indexeddb"],
  budgets: { memory: "16MB", indexeddb: 200_000_000 },
  origin: { kind: "cloudfront", timeout: "10s" },
});
holds<Same<typeof cache, NearCache>>();

const unknown = await cache.get("a");
holds<Same<typeof unknown, unknown>>();
const item = await cache.get<Item>("item:1");
holds<Same<typeof item, Item | undefined>>();
const items = await cache.getMany<Item>(["item:1", "item:2"]);
holds<Same<typeof items, (Item | undefined)[]>>();
const peeked = cache.peek<Item>("item:1");
holds<Same<typeof peeked, Item | undefined>>();

const home = await cache.set<Item>("item:1", { id: 1, name: "Lamp" }, { ttl: "5m", staleWhileRevalidate: 60_000, tags: ["items"], tier: "local", durable: true });
holds<Same<typeof home, TierName>>();
await cache.setMany([["a", 1], ["b", 2, { ttl: 5000 }]] as const);
await cache.setMany(new Map([["a", 1]]));
const removed = await cache.delete("a");
holds<Same<typeof removed, boolean>>();

const loaded = await cache.getOrSet("item:1", async (key) => ({ id: 1, name: key }), { ttl: "1h" });
holds<Same<typeof loaded, { id: number; name: string }>>();
const plain = await cache.getOrSet("n", () => 1);
holds<Same<typeof plain, number>>();

const item2 = cache.memoize(async (id: number): Promise<Item> => ({ id, name: "Lamp" }), { key: (id) => `item:${id}`, ttl: "1d" });
const memoised = await item2(2);
holds<Same<typeof memoised, Item>>();
const key = item2.keyOf(2);
holds<Same<typeof key, string>>();
const sum = await cache.memoize((a: number, b: number) => a + b, { key: "sum" })(1, 2);
holds<Same<typeof sum, number>>();

const count = await cache.invalidate({ tags: ["items"], prefix: "item:", match: (key, info) => info.fresh && key !== "a", url: new URL("https://example.com/") });
holds<Same<typeof count, number>>();

for await (const [name, info] of cache.entries({ prefix: "item:" })) {
  holds<Same<typeof name, string>>();
  holds<Same<typeof info, CacheEntry>>();
  if (info.kind === "response") info.status.toFixed();
  // @ts-expect-error: a value has no status
  if (info.kind === "value") info.status;
}

const off = cache.on("hit", (event) => {
  holds<Same<typeof event, { type: "hit"; key: string; tier: TierName }>>();
});
off();

try {
  await cache.flush();
} catch (error) {
  if (error instanceof NearcacheError) {
    const { code } = error;
    holds<Same<typeof code, ErrorCode>>();
    // @ts-expect-error: there is no such code
    if (code === "oops") throw error;
  }
}

const hits: number = (cache.stats().tiers["cache-storage"]?.hits ?? 0) + cache.stats().network.notModified;
const usage = await cache.usage();
holds<Same<typeof usage.persisted, boolean | undefined>>();
void hits;

// @ts-expect-error: a name is needed
await open({});
// @ts-expect-error: unknown option
await open({ name: "shop", nmae: "shop" });
// @ts-expect-error: unknown tier
await open({ name: "shop", tiers: ["disk"] });
// @ts-expect-error: not supported yet
await open({ name: "shop", encrypt: "secret" });
// @ts-expect-error: weeks are no unit
await cache.set("a", 1, { ttl: "1w" });
// @ts-expect-error: a key is text
await cache.get(1);
// @ts-expect-error: unknown event
cache.on("click", () => {});
