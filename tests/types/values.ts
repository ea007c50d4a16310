// The value API, seen through the package's public name.
import { NearcacheError, open, type CacheEntry, type CacheEvent, type ErrorCode, type Loader, type Memoized, type NearCache, type Stats, type TierName } from "nearcache";
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


/** An event is told by its type. */
function told(event: CacheEvent): string {
  switch (event.type) {
    case "hit":
    case "write":
    case "evict":
      return `${event.key} ${event.tier}`;
    case "miss":
      // @ts-expect-error: nothing had it
      event.tier;
      return event.key;
    case "revalidate":
      return event.status.toFixed();
    case "invalidate":
      // @ts-expect-error: many may be meant
      event.key;
      return event.count.toFixed();
    case "error":
      holds<Same<typeof event.code, ErrorCode>>();
      return event.message;
    default:
      return event satisfies never;
  }
}
cache.on("error", told);
cache.on(Math.random() > 0.5 ? "hit" : "miss", ({ key }) => key.toUpperCase());

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
await open({ name: "shop", encrypt: await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]) });
// @ts-expect-error: a key is no text
await open({ name: "shop", encrypt: "secret" });
await open({ name: "shop", version: 2, migrate: ({ key, value, oldVersion }) => (oldVersion === 1 ? { key: `new/${key}`, value } : undefined) });
await open({ name: "shop", version: 2, migrate: async (entry) => ({ ...entry, tags: [...entry.tags, "old"] }) });
// @ts-expect-error: an entry, not a value
await open({ name: "shop", version: 2, migrate: () => 17 });
const migrated: number | undefined = cache.stats().migration?.migrated;
void migrated;
// @ts-expect-error: weeks are no unit
await cache.set("a", 1, { ttl: "1w" });
// @ts-expect-error: a key is text
await cache.get(1);
// @ts-expect-error: unknown event
cache.on("click", () => {});

// The loader and the value agree, and the options of one are the options of all.
const typed: Loader<Item> = (key) => ({ id: 1, name: key });
const again = await cache.getOrSet("item:1", typed);
holds<Same<typeof again, Item>>();
const narrow = cache.memoize((id: number, ...rest: string[]) => [id, ...rest] as const, { key: (id) => String(id) });
holds<Same<typeof narrow, Memoized<[id: number, ...rest: string[]], readonly [number, ...string[]]>>>();
const copies = await cache.getMany<number>(["a"] as const);
holds<Same<typeof copies, (number | undefined)[]>>();
const report = await cache.invalidate({ url: "/api/items", origin: async (url) => ({ headers: { "X-Signed": url } }) });
holds<Same<typeof report.removed, number>>();
holds<Same<typeof report.origin[number]["accepted"], boolean | undefined>>();
const stats = cache.stats();
holds<Same<typeof stats, Stats>>();
holds<Same<keyof typeof stats.tiers, TierName>>();
holds<Same<typeof cache.partition, string | undefined>>();
holds<Same<Awaited<ReturnType<typeof cache.persist>>, boolean>>();
new NearcacheError("closed", "It is closed.", { cause: new Error("why"), details: { option: "ttl" } }).details satisfies object;

// @ts-expect-error: the value is not of that type
await cache.set<Item>("item:1", { id: "1", name: "Lamp" });
// @ts-expect-error: the loader makes something else
await cache.getOrSet<Item>("item:1", async () => 1);
// @ts-expect-error: a miss is possible
(await cache.get<Item>("item:1")).name;
// @ts-expect-error: what is shown may be missing
cache.peek<Item>("item:1").name;
// @ts-expect-error: the arguments are those of the function
await cache.memoize((a: number) => a)("1");
// @ts-expect-error: the key is made of the same arguments
cache.memoize((a: number) => a, { key: (a: string) => a });
// @ts-expect-error: tags are a list
await cache.set("a", 1, { tags: "items" });
// @ts-expect-error: no such option
await cache.set("a", 1, { maxAge: 1000 });
// @ts-expect-error: an entry has a value
await cache.setMany([["a"]]);
// @ts-expect-error: megabytes are "MB"
await open({ name: "shop", budgets: { memory: "16M" } });
// @ts-expect-error: no such kind of origin
await open({ name: "shop", origin: { kind: "lambda" } });
// @ts-expect-error: a version is a number
await open({ name: "shop", version: "2" });
// @ts-expect-error: something has to be named by its own name
await cache.invalidate({ tag: "items" });
// @ts-expect-error: an event of hits has no status
cache.on("hit", ({ status }) => status);
// @ts-expect-error: the code is one of a list
new NearcacheError("broken", "It broke.");
// @ts-expect-error: the name is what it was opened with
cache.name = "other";
