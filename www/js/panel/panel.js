// The panel beside the shop, on a phone below it: what answered, what is stored, what it saved.

import { byId, h } from "../dom.js";
import { millis } from "../format.js";
import { onRecord, recorded } from "../watch/requests.js";
import { controls } from "./controls.js";
import { named } from "./layers.js";
import { log } from "./log.js";
import { savings } from "./savings.js";
import { tiers } from "./tiers.js";

/** Builds the panel; from then on it draws itself after each request. */
export function panel(app) {
  const parts = [savings(), tiers(), log()];
  const latest = h("span", { class: "latest" });
  const handle = h("button", { type: "button", class: "handle", "aria-expanded": "false", "aria-controls": "panel-body", onclick: toggle },
    h("span", {}, "What answered"), latest);
  const [sums, table, list] = parts.map(({ element }) => element);
  byId("panel").replaceChildren(handle, h("div", { class: "body", id: "panel-body" },
    h("h2", {}, "What answered"), sums, controls(app).element, table, list));

  function toggle() {
    const open = document.documentElement.toggleAttribute("data-panel");
    handle.setAttribute("aria-expanded", open);
  }

  let waiting = false;
  function draw() {
    if (waiting) return;
    waiting = true;
    // Once a frame however many answers came, and after the page itself.
    requestAnimationFrame(async () => {
      waiting = false;
      const [newest] = recorded();
      latest.textContent = newest ? `${named(newest.by, newest.kind)} · ${millis(newest.ms)}` : "";
      await Promise.all(parts.map((part) => part.draw()));
    });
  }
  onRecord(draw);
  draw();
  return draw;
}
