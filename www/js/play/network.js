// The way between the browser and the edge.

import { h } from "../dom.js";
import { change, onSwitches } from "../origin/control.js";
import { group } from "./controls.js";

/** As WebPageTest has them, but the train, which is our own. */
const PROFILES = {
  cable: ["As published", "A round trip of 40 ms", { networkMs: 40, networkKbps: null }],
  fibre: ["Fibre", "4 ms, 20 Mbit/s", { networkMs: 4, networkKbps: 20_000 }],
  mobile: ["4G", "170 ms, 9 Mbit/s", { networkMs: 170, networkKbps: 9_000 }],
  train: ["Train", "400 ms, 400 kbit/s, and one request in ten breaks off", { networkMs: 400, networkKbps: 400 }],
};

export function network({ action }) {
  let offline = false;
  const profiles = Object.entries(PROFILES).map(([name, [text, about, patch]]) =>
    action(`network-${name}`, text, async () => {
      await change({ ...patch, failure: name === "train" ? { mode: "reset", rate: 0.1, pathPrefix: "/api/", count: null } : { mode: "none", rate: 1 } });
      return `${text}: ${about}.`;
    }, { "aria-pressed": "false", title: about }));
  const wire = action("offline", "Go offline", async () => {
    await change({ offline: !offline });
    return offline ? "The origin drops every connection now." : "The origin answers again.";
  }, { "aria-pressed": "false" });

  onSwitches((now) => {
    offline = now.offline;
    wire.textContent = offline ? "Go online" : "Go offline";
    wire.setAttribute("aria-pressed", offline);
    document.documentElement.toggleAttribute("data-offline", offline);
    Object.values(PROFILES).forEach(([, , { networkMs, networkKbps }], at) =>
      profiles[at].setAttribute("aria-pressed", now.networkMs === networkMs && now.networkKbps === networkKbps));
  });
  return group("Network", undefined, h("div", { class: "buttons" }, profiles, wire));
}
