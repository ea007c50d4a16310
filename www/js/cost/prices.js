// The price list: AWS's list prices with their date and source, or the visitor's own.

import { home, shop } from "../shop/caches.js";

const KEY = "prices";
const listeners = new Set();

/** The list as it was shipped. */
export const list = await (await fetch("/prices.json")).json();

/** The visitor's own prices by the id of a row. */
let own = (await shop.get(KEY)) ?? {};

/** The price of a row. */
export const priceOf = ({ id, price }) => own[id] ?? price;

/** Whether any price is the visitor's own. */
export const isEdited = () => Object.keys(own).length > 0;

/** Sets a price, or with nothing takes all back. */
export async function setPrice(id, price) {
  own = id === undefined ? {} : { ...own, [id]: price };
  for (const listener of listeners) listener();
  await shop.set(KEY, own, { tier: home("local") });
}

/** Calls `listener` after each change. */
export const onPrices = (listener) => void listeners.add(listener);

/** What a row of a usage costs. */
export const costOf = (row, usage) => (usage[row.id] * priceOf(row)) / row.per;

/** What a usage costs. */
export const cost = (usage) => list.used.reduce((sum, row) => sum + costOf(row, usage), 0);
