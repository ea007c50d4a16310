// The shop's two caches: one for what everybody sees, one for the customer who is logged in.

import { open } from "nearcache";

const TIERS = ["memory", "cookie", "session", "local", "indexeddb", "cache-storage"];

const OPTIONS = {
  name: "shop",
  tiers: TIERS,
  origin: { kind: "cloudfront" },
  budgets: { memory: "8MB", indexeddb: "50MB", "cache-storage": "50MB" },
};

/** Goods, searches, pictures, settings. */
export const shop = await open(OPTIONS);

// The catalogue stays readable when the origin does not answer, for a week.
shop.route("/api/categories", { staleIfError: "7d", tags: ["catalogue"] });
shop.route("/api/products", { staleIfError: "7d", tags: ["catalogue"], key: { query: ["category", "sort", "page", "limit"] } });
shop.route("/api/products/:id", { staleIfError: "7d", tags: ["catalogue"] });
// A search is a POST that reads: its answer belongs to its body.
shop.route({ url: "/api/search", method: "POST" }, { staleIfError: "7d", tags: ["catalogue"], key: { body: ["/q", "/page"] } });
shop.route("/images/*", { strategy: "cache-first", tier: "cache-storage" });

let mine;

/** The cache of the customer who is logged in; `undefined` when nobody is. */
export const own = () => mine;

/** Every cache that is open. */
export const all = () => (mine ? [shop, mine] : [shop]);

/** Opens the cache of a customer. */
export async function enter(user) {
  mine = await open({ ...OPTIONS, partition: user });
  return mine;
}

/** Leaves nothing of the customer behind, in any store or tab. */
export async function leave() {
  const leaving = mine;
  mine = undefined;
  await leaving?.clear();
  await leaving?.close();
}

/** The tiers, in the order of the stack. */
export const tiers = TIERS;
