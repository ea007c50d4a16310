// The visit that is run three times: someone looks around, goes away, and comes back.

const get = (path) => ({ path });
const search = (q) => ({ path: "/api/search", init: { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ q, page: 1 }) } });

const LIST = get("/api/products?sort=featured&page=1");
const OPENING = [get("/api/categories"), LIST];
const PRODUCT = [get("/api/products/p0007"), get("/images/p0007.svg")];
const ANOTHER = [get("/api/products/p0042"), get("/images/p0042.svg")];

/** What is asked for on the first visit. */
export const FIRST = [...OPENING, ...PRODUCT, LIST, ...ANOTHER, LIST, search("lamp"), ...PRODUCT, search("lamp"), LIST, ...ANOTHER];

/** And when they are back in a new tab, after the products went stale. */
export const AGAIN = [...OPENING, search("lamp"), ...PRODUCT, search("lamp"), ...ANOTHER, LIST, ...PRODUCT];

/** How long they are away: products are fresh for 5 seconds. */
export const AWAY_MS = 5_500;
