// The panel beside the shop, on a phone below it: what answered, and everything that can be played with.

import { byId, h, onceAFrame } from "../dom.js";
import { millis } from "../format.js";
import { named } from "../layers.js";
import { onRecord, recorded } from "../watch/requests.js";
import { costView } from "../cost/meter.js";
import { play } from "../play/play.js";
import { race } from "../race/race.js";
import { inspector } from "./inspector.js";
import { layersView } from "./answers.js";
import { log } from "./log.js";
import { tabs } from "./tabs.js";

/** Builds the panel; from then on it draws itself after each request. */
export function panel(app) {
  const requests = log();
  const views = tabs([
    { id: "requests", name: "Requests", element: requests.element },
    { id: "layers", name: "Layers", ...layersView() },
    { id: "play", name: "Play", ...play(app) },
    { id: "race", name: "Race", ...race() },
    { id: "cost", name: "Cost", ...costView() },
    { id: "inspector", name: "Inspector", ...inspector() },
  ]);
  const latest = h("span", { class: "latest" });
  const handle = h("button", { type: "button", class: "handle", "aria-expanded": "false", "aria-controls": "panel-body", onclick: toggle },
    h("span", {}, "What answered"), latest);
  byId("panel").replaceChildren(handle, h("div", { class: "body", id: "panel-body" }, views.element));

  function toggle() {
    const open = document.documentElement.toggleAttribute("data-panel");
    handle.setAttribute("aria-expanded", open);
  }

  const draw = onceAFrame(() => {
    const newest = recorded().find(({ picture }) => !picture);
    latest.textContent = newest ? `${named(newest.by)} · ${millis(newest.ms)}` : "";
    requests.draw(); // shown or not: what has gone by can't be drawn later
    views.draw();
  });
  onRecord(draw);
  draw();
  return draw;
}
