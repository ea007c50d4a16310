// Products as lists show them, and the pages of a list.

import { h } from "../dom.js";
import { count } from "../format.js";
import { price } from "../settings.js";

/** A page of products, with links to the others. `link(page)` is the address of a page. */
export function cards({ items, page, pages, total }, link) {
  if (!items.length) return [h("p", { class: "empty" }, "Nothing here.")];
  return [
    h("ul", { class: "cards" }, items.map(card)),
    pages > 1 && h("nav", { class: "pages", "aria-label": "Pages" },
      page > 1 ? h("a", { href: link(page - 1), rel: "prev" }, "← Previous") : h("span"),
      h("span", { class: "muted" }, `Page ${page} of ${pages} · ${count(total, "thing")}`),
      page < pages ? h("a", { href: link(page + 1), rel: "next" }, "Next →") : h("span")),
  ];
}

/** A row of products without pages. */
export const strip = (items) => h("ul", { class: "cards strip" }, items.map(card));

function card({ id, name, price: euros, rating, image }) {
  return h("li", { class: "card" },
    h("a", { href: `#/p/${id}` },
      h("img", { src: image, alt: "", width: 240, height: 240, loading: "lazy", decoding: "async" }),
      h("span", { class: "name" }, name)),
    h("span", { class: "facts" }, h("span", {}, price(euros)), stars(rating)));
}

/** A rating of 0 to 5. */
export const stars = (rating) => h("span", { class: "stars", role: "img", "aria-label": `${rating} of 5 stars` }, `★ ${rating.toFixed(1)}`);
