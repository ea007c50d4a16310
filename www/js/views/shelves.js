// The shop's categories, as links above every view.

import { byId, h } from "../dom.js";
import { categories } from "../shop/api.js";

const names = new Map();

/** Reads the categories and draws their links. */
export async function shelves() {
  const found = await categories().catch(() => []); // without them the shop is still a shop
  for (const { slug, name } of found) names.set(slug, name);
  byId("shelves").replaceChildren(
    h("a", { href: "#/" }, "Everything"),
    ...found.map(({ slug, name }) => h("a", { href: `#/c/${slug}` }, name)),
  );
}

/** A category's name for people. */
export const named = (slug) => names.get(slug) ?? slug;

/** Marks the link to the view that is shown. */
export function mark(path) {
  for (const link of byId("shelves").children) {
    if (link.getAttribute("href") === `#${path}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}
