// A shelf: the products of a category, or of all.

import { h } from "../dom.js";
import { products } from "../shop/api.js";
import { shop } from "../shop/caches.js";
import { cards, strip } from "./cards.js";
import { named } from "./shelves.js";

const SORTS = { featured: "Featured", name: "Name", price: "Price, low first", "-price": "Price, high first", rating: "Best rated" };

/** The view of `#/` and `#/c/{category}`. */
export async function shelf({ category, query }) {
  const page = Number(query.get("page") ?? 1);
  const sort = query.get("sort") ?? "featured";
  const [list, seen] = await Promise.all([products({ category, sort, page }), category ? [] : shop.get("recently-viewed")]);
  const here = category ? `#/c/${category}` : "#/";
  const link = (page) => `${here}?${new URLSearchParams({ sort, page })}`;
  const title = category ? named(category) : "Everything";
  return {
    title,
    content: [
      seen?.length > 0 && page === 1 && h("section", { class: "recent" }, h("h2", {}, "Recently viewed"), strip(seen)),
      h("div", { class: "heading" }, h("h1", {}, title), order(sort, (chosen) => (location.hash = `${here}?sort=${chosen}`))),
      ...cards(list, link),
    ],
  };
}

function order(selected, chosen) {
  const options = Object.entries(SORTS).map(([value, text]) => h("option", { value, selected: value === selected }, text));
  return h("label", {}, "Order ", h("select", { name: "order", onchange: ({ target }) => chosen(target.value) }, options));
}
