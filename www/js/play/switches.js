// A switch for each layer at the origin.

import { h } from "../dom.js";
import { named } from "../layers.js";
import { change, control, onSwitches } from "../origin/control.js";
import { SWITCHES } from "../origin/switches.js";
import { group, toggle } from "./controls.js";

export function switches({ say }) {
  const boxes = SWITCHES.map(({ layer, patch }) => toggle(`layer-${layer}`, named(layer), async (on) => {
    try {
      await change(patch(on));
      if (layer === "container" && !on) await control("POST", "purge", { layers: ["memory"] }); // or it would answer until its entries end
      say(`${named(layer)} is ${on ? "on" : "off"}.`);
    } catch (error) {
      say(error.message);
    }
  }));
  onSwitches((now) => SWITCHES.forEach(({ isOn }, at) => (boxes[at].firstChild.checked = isOn(now))));
  return group("Layers at the origin", "What is off is passed by, and the layer behind it has to answer.", h("div", { class: "switches" }, boxes));
}
