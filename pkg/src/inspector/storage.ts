// How full each tier is, and what it did.
import type { NearCache } from "../cache.js";
import type { TierName, TierUsage } from "../types.js";
import { button, facts, h, table } from "./dom.js";
import { size, tierName } from "./format.js";

/** The view of the storage. */
export function storageView(): { element: HTMLElement; draw(cache: NearCache): Promise<void> } {
  const body = h("tbody");
  const whole = h("div");
  const network = h("div");
  return {
    element: h("div", {},
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Tiers" }, table("Tiers", ["Tier", "Used", "-Entries", "-Hits", "-Writes", "-Evicted", "-Faults"], body)),
      h("h2", {}, "This web origin"), whole, h("h2", {}, "The network, since the cache was opened"), network),
    async draw(cache) {
      const [usage, stats] = [await cache.usage(), cache.stats()];
      body.replaceChildren(...(Object.entries(usage.tiers) as [TierName, TierUsage][]).map(([name, tier]) => {
        const did = stats.tiers[name];
        const numbers = [tier.entries, did?.hits, did?.writes, did?.evictions, did?.faults];
        return h("tr", { "data-tier": name },
          h("th", { scope: "row" }, tierName(name)),
          h("td", {}, tier.available ? meter(tierName(name), tier.bytes, tier.budget) : h("span", { class: "muted" }, tier.reason ?? "not available")),
          numbers.map((number) => h("td", { class: "number" }, (number ?? 0).toLocaleString("en"))));
      }));
      const keep = button("Ask the browser to keep it", async () => {
        await cache.persist();
        await this.draw(cache);
      });
      whole.replaceChildren(facts([
        ["Used", usage.usage === undefined ? "the browser does not say" : size(usage.usage)],
        ["May use", usage.quota === undefined ? "the browser does not say" : size(usage.quota)],
        ["Under pressure", usage.persisted ? "kept" : ["may be deleted by the browser ", keep]],
      ]));
      const { requests, notModified, conditional, coalesced, throttled, failed, bytesSaved } = stats.network;
      network.replaceChildren(facts([
        ["Requests", `${requests}, ${failed} of them failed`],
        ["Revalidated", `${conditional}, ${notModified} of them unchanged, ${size(bytesSaved)} not sent again`],
        ["Shared", `${coalesced} callers got another caller's answer`],
        ["Refused", `${throttled}`],
      ]));
    },
  };
}

function meter(name: string, bytes: number, budget: number): HTMLElement {
  const share = budget ? Math.min(1, bytes / budget) : 0;
  const bar = h("span", { class: "fill" });
  bar.style.inlineSize = `${share * 100}%`;
  const text = `${size(bytes)} of ${size(budget)}`;
  return h("div", { class: "meter", role: "meter", "aria-label": name, "aria-valuemin": 0, "aria-valuemax": budget, "aria-valuenow": bytes, "aria-valuetext": text },
    h("span", { class: "track" }, bar), text);
}
