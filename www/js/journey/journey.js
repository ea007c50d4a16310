// The journey of a request: the diagram, one sentence about it, and what all of them came to.

import { byId, h, onceAFrame } from "../dom.js";
import { brief, bytes, count, dollars, millis, percent } from "../format.js";
import { isHere, named } from "../layers.js";
import { onSwitches, switched } from "../origin/control.js";
import { isOffThere } from "../origin/switches.js";
import { isOn, onOpen, TIERS } from "../shop/caches.js";
import { onRecord, recorded, totals } from "../watch/requests.js";
import { cost } from "../cost/prices.js";
import { diagram } from "./diagram.js";

const MILLION = 1e6;
let picture;
let chosen;

/** Draws the journey at the head of the page, from then on after each request. */
export function journey() {
  const answers = new Map();
  picture = diagram({ isOff, answered: (id) => answers.get(id) ?? 0 });
  byId("journey").prepend(picture.element);
  onRecord((record) => {
    if (!record) answers.clear();
    else if (record.by) answers.set(record.way.at(-1).layer, (answers.get(record.way.at(-1).layer) ?? 0) + 1);
    soon();
  });
  onSwitches(picture.draw);
  onOpen(picture.draw);
  soon();
}

/** Shows the way of this request, until there is a newer one. */
export function show(record) {
  chosen = record;
  picture.light(record);
  byId("caption").replaceChildren(...caption(record));
}

/** Draws what is new. Pictures are many and alike, so the other requests go first. */
const soon = onceAFrame(() => {
  const newest = recorded().find(({ picture, by }) => !picture && by !== "background") ?? recorded()[0];
  if (newest !== chosen) show(newest);
  else picture.draw();
  byId("savings").replaceChildren(...figures(totals()));
});

const isOff = (id) => (TIERS.includes(id) ? !isOn(id) : isOffThere(id, switched()));

/** A request in one sentence. */
function caption(record) {
  if (!record) return ["Use the shop: each of its requests lights its way here."];
  const { kind, by, method, path, ms, sent, size, way, wouldMs, note } = record;
  const strong = (text) => h("strong", {}, text);
  const what = h("code", {}, `${method} ${brief(path)}`);
  if (kind === "failed") return [what, " got ", strong("no answer"), ` after ${millis(ms)}.`];
  const far = way.filter(({ layer }) => layer !== "network" && !isHere(layer)).length;
  if (kind === "revalidated") return [what, ": ", strong(named(by)), ` said that what is stored still holds, in ${millis(ms)}. ${bytes(size)} were not sent again.`];
  if (kind === "network") return [what, " was answered by ", strong(named(by)), ` in ${millis(ms)}, ${count(far, "layer")} into the stack, with ${bytes(sent)} over the network.`];
  const spared = wouldMs - ms > 1 ? `${millis(wouldMs - ms)}, ` : "";
  return [
    what, " was answered by ", strong(named(by)), " in ", strong(millis(ms)), `${note ? ` (${note})` : ""}, without the network.`,
    ...(record.layers.length ? [` That saved ${spared}${bytes(size)} and ${count(record.layers.length, "layer")}.`] : []),
  ];
}

/** What is saved so far: the share answered here, the waiting, the bytes, the money. */
function figures({ hit, revalidated, network, failed, ms, wouldMs, sent, size, spent, would }) {
  const all = hit + revalidated + network + failed;
  const perVisits = (usage) => dollars(cost(usage) * MILLION);
  return [
    figure("Answered in the browser", percent(all ? hit / all : 0), `${hit} of ${count(all, "request")}`),
    figure("Waiting, added up", millis(ms), `instead of ${millis(wouldMs)}`),
    figure("Sent", bytes(sent), `instead of ${bytes(size)}`),
    figure("A million visits like this", perVisits(spent), `instead of ${perVisits(would)}`),
  ];
}

const figure = (name, value, more) => h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, value), h("span", {}, more)));
