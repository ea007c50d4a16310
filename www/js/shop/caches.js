// The shop's two caches: one for what everybody sees, one for the customer who is logged in.

import { open } from "nearcache";

/** The tiers, in the order of the stack. */
export const TIERS = ["memory", "cookie", "session", "local", "indexeddb", "cache-storage"];

/** Where the choice of tiers is kept, for as long as the tab lives; not in a cache that it would change. */
const CHOICE = "tiers in use";

const opened = new Set();
let opening = Promise.resolve();
let using = JSON.parse(sessionStorage.getItem(CHOICE) ?? JSON.stringify(TIERS));

/** Whether a tier is in use. */
export const isOn = (tier) => using.includes(tier);

/** A tier to put something into, where it is in use; else the cache chooses. */
export const home = (tier) => (isOn(tier) ? tier : undefined);

/** Goods, searches, pictures, settings. */
export let shop = await openShop();

let mine;

/** The cache of the customer who is logged in; `undefined` when nobody is. */
export const own = () => mine;

/** Every cache that is open. */
export const all = () => (mine ? [shop, mine] : [shop]);

/** Calls `listener` with the shop's cache, and again whenever it is opened anew. */
export function onOpen(listener) {
  opened.add(listener);
  listener(shop);
}

/** Opens the caches anew with other tiers, one time after the other. What the others hold stays there, unseen. */
export function use(tiers) {
  using = tiers;
  sessionStorage.setItem(CHOICE, JSON.stringify(tiers));
  return (opening = opening.then(reopen));
}

async function reopen() {
  await Promise.all(all().map((cache) => cache.close()));
  shop = await openShop();
  if (mine) await enter(mine.partition);
  for (const listener of opened) listener(shop);
}

/** Opens the cache of a customer. */
export async function enter(user) {
  mine = await open({ ...options(), partition: user });
  return mine;
}

/** Leaves nothing of the customer behind, in any store or tab. */
export async function leave() {
  const leaving = mine;
  mine = undefined;
  await leaving?.clear();
  await leaving?.close();
}

function options() {
  return {
    name: "shop",
    tiers: using,
    origin: { kind: "cloudfront" },
    budgets: { memory: "8MB", indexeddb: "50MB", "cache-storage": "50MB" },
  };
}

async function openShop() {
  const cache = await open(options());
  // The catalogue stays readable when the origin does not answer, for a week.
  cache.route("/api/categories", { staleIfError: "7d", tags: ["catalogue"] });
  cache.route("/api/products", { staleIfError: "7d", tags: ["catalogue"], key: { query: ["category", "sort", "page", "limit"] } });
  cache.route("/api/products/:id", { staleIfError: "7d", tags: ["catalogue"] });
  // A search is a POST that reads: its answer belongs to its body.
  cache.route({ url: "/api/search", method: "POST" }, { staleIfError: "7d", tags: ["catalogue"], key: { body: ["/q", "/page"] } });
  cache.route("/images/*", { strategy: "cache-first", tier: home("cache-storage"), tags: ["pictures"] });
  return cache;
}
