// A switch for each layer at the origin.

import { h } from "../dom.js";
import { named } from "../layers.js";
import { change, onSwitches } from "../origin/control.js";
import { group, toggle } from "./controls.js";

/** The origin's names for them. DynamoDB and S3 hold the data, so they stay. */
const SWITCHES = { edge: "edge", stage: "stage", functions: "function", shared: "shared", dax: "dax" };

export function switches({ say }) {
  const boxes = Object.entries(SWITCHES).map(([part, layer]) => toggle(`layer-${part}`, named(layer), (enabled) =>
    change({ [part]: { enabled } }).then(() => `${named(layer)} is ${enabled ? "on" : "off"}.`).catch((error) => error.message).then(say)));
  onSwitches((now) => Object.keys(SWITCHES).forEach((part, at) => (boxes[at].firstChild.checked = now[part].enabled)));
  return group("Layers at the origin", "What is off is passed by, and the layer behind it has to answer.", h("div", { class: "switches" }, boxes));
}
