// The tiers: what each holds and has answered, of all caches that are open.

import { h } from "../dom.js";
import { bytes } from "../format.js";
import { all, tiers as names } from "../shop/caches.js";
import { named } from "./layers.js";

/** The table. */
export function tiers() {
  const body = h("tbody", { id: "tiers" });
  return {
    element: h("table", { class: "tiers" },
      h("caption", { class: "hidden" }, "Tiers of the cache"),
      h("thead", {}, h("tr", {}, ["Tier", "Entries", "Bytes", "Hits", "Writes"].map((name) => h("th", { scope: "col" }, name)))),
      body),
    async draw() {
      const open = all();
      const usages = await Promise.all(open.map((cache) => cache.usage()));
      const stats = open.map((cache) => cache.stats());
      const sum = (parts, name, field) => parts.reduce((sum, { tiers }) => sum + (tiers[name]?.[field] ?? 0), 0);
      body.replaceChildren(...names.map((name) => h("tr", { "data-tier": name },
        h("th", { scope: "row" }, h("span", { class: "badge", "data-by": name }, named(name))),
        h("td", {}, String(sum(usages, name, "entries"))),
        h("td", {}, bytes(sum(usages, name, "bytes"))),
        h("td", {}, String(sum(stats, name, "hits"))),
        h("td", {}, String(sum(stats, name, "writes"))))));
    },
  };
}
