// The shop's API: each call goes through a cache, and is written down for the panel.

import { watched } from "../watch/requests.js";
import { enter, home, leave, own, shop } from "./caches.js";

/** How the next calls read: `"default"`, or `"no-cache"` to have everything revalidated. */
let mode = "default";

let customer;

/** Reads the view's data once more, this time asking the origin whether it still holds. */
export async function revalidating(work) {
  mode = "no-cache";
  try {
    await work();
  } finally {
    mode = "default";
  }
}

export const categories = () => json(shop, "/api/categories");

export const products = ({ category, sort, page }) =>
  json(shop, `/api/products?${new URLSearchParams({ ...(category && { category }), ...(sort && { sort }), page })}`);

export const product = (id) => json(shop, `/api/products/${encodeURIComponent(id)}`);

export const search = (q, page) => json(shop, "/api/search", {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ q, page }),
});

/** A picture as an object URL, for the caller to revoke. */
export async function picture(path) {
  const response = await watched(shop, path);
  return URL.createObjectURL(new Blob([response.body], { type: response.type }));
}

/** The profile of the customer who is logged in. */
export async function profile() {
  const mine = own();
  return json(mine, "/api/profile", { headers: { Authorization: `Bearer ${await token(mine)}` } });
}

/** Changes the profile. */
export async function change(fields) {
  const mine = own();
  const headers = { Authorization: `Bearer ${await token(mine)}`, "Content-Type": "application/json" };
  return json(mine, "/api/profile", { method: "PUT", headers, body: JSON.stringify(fields) });
}

/** Logs in, and remembers who it was for as long as the tab lives. */
export async function login(user) {
  const mine = await enter((customer = user));
  try {
    await token(mine);
  } catch (error) {
    customer = undefined;
    await leave();
    throw error;
  }
  await shop.set("user", user, { tier: home("session") });
}

/** Logs out: the customer's partition is cleared in every tier and tab. */
export async function logout() {
  customer = undefined;
  await shop.delete("user");
  await leave();
}

/** Opens the cache of whoever was logged in before the page was loaded. */
export async function resume() {
  const user = await shop.get("user");
  if (user) await enter((customer = user));
}

/** Who is logged in; `undefined` when nobody is. */
export const user = () => customer;

/** A token is asked for once however many calls wait for it, and is kept in memory only: without that tier, not at all. */
function token(mine) {
  const ask = async () => {
    const response = await watched(mine, "/api/login", { method: "POST", body: JSON.stringify({ user: customer }) });
    return JSON.parse(new TextDecoder().decode(response.body)).token;
  };
  return home("memory") ? mine.getOrSet("token", ask, { tier: "memory", ttl: "50m" }) : ask();
}

async function json(cache, path, init = {}) {
  const safe = (init.method ?? "GET") === "GET";
  const { body } = await watched(cache, path, safe ? { ...init, cache: mode } : init);
  return JSON.parse(new TextDecoder().decode(body));
}
