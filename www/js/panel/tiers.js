// The tiers: what each holds and has answered, of all caches that are open.

import { h } from "../dom.js";
import { bytes } from "../format.js";
import { named } from "../layers.js";
import { all, isOn, TIERS } from "../shop/caches.js";
import { table } from "./table.js";

/** The table. */
export function tiers() {
  const body = h("tbody", { id: "tiers" });
  return {
    element: table("Tiers of the cache", ["Tier", "Entries", "Bytes", "Hits", "Writes"], body),
    async draw() {
      const open = all();
      const usages = await Promise.all(open.map((cache) => cache.usage()));
      const stats = open.map((cache) => cache.stats());
      const sum = (parts, name, field) => parts.reduce((sum, { tiers }) => sum + (tiers[name]?.[field] ?? 0), 0);
      body.replaceChildren(...TIERS.map((name) => h("tr", { "data-tier": name, class: !isOn(name) && "muted" },
        h("th", { scope: "row" }, named(name)),
        h("td", {}, String(sum(usages, name, "entries"))),
        h("td", {}, bytes(sum(usages, name, "bytes"))),
        h("td", {}, String(sum(stats, name, "hits"))),
        h("td", {}, String(sum(stats, name, "writes"))))));
    },
  };
}
