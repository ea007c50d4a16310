// What a search found. It is a POST, and is answered from the cache by its body all the same.

import { byId, h } from "../dom.js";
import { count } from "../format.js";
import { search as find } from "../shop/api.js";
import { cards } from "./cards.js";

/** The view of `#/search?q=…`. */
export async function search({ query }) {
  const q = query.get("q") ?? "";
  const page = Number(query.get("page") ?? 1);
  byId("q").value = q;
  const found = await find(q, page);
  const link = (page) => `#/search?${new URLSearchParams({ q, page })}`;
  return {
    title: `Search: ${q}`,
    content: [
      h("div", { class: "heading" }, h("h1", {}, `“${q}”`), h("p", { class: "muted" }, count(found.total, "thing"))),
      ...cards(found, link),
    ],
  };
}
