// A switch for each tier in the browser.

import { h } from "../dom.js";
import { named } from "../layers.js";
import { isOn, onOpen, TIERS, use } from "../shop/caches.js";
import { group, toggle } from "./controls.js";

export function tiers({ say }) {
  const boxes = TIERS.map((tier) => toggle(`tier-${tier}`, named(tier), async (on, box) => {
    const next = TIERS.filter((other) => (other === tier ? on : isOn(other)));
    if (!next.length) {
      box.checked = true;
      return say("One tier has to stay.");
    }
    await use(next);
    say(on ? `${named(tier)} is in use again, with what it held.` : `The cache was opened without ${named(tier)}.`);
  }));
  onOpen(() => TIERS.forEach((tier, at) => (boxes[at].firstChild.checked = isOn(tier))));
  return group("Tiers in the browser", "What a tier holds stays in it while it is off.", h("div", { class: "switches" }, boxes));
}
