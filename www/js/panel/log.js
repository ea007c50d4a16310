// The waterfall of recent requests, in groups that were on their way together: who answered, when, how fast, and all it said on request.

import { h } from "../dom.js";
import { brief, bytes, clock, count, dollars, millis } from "../format.js";
import { named } from "../layers.js";
import { toggle } from "../play/controls.js";
import { show } from "../journey/journey.js";
import { cost } from "../cost/prices.js";
import { recorded, forget } from "../watch/requests.js";

const WORDS = { hit: "answered from", revalidated: "still valid, said", network: "fetched from", failed: "failed:" };
/** A pause that begins a new group. */
const PAUSE = 700;
/** A group's time axis is at least this long, or a memory hit would fill it. */
const SHORTEST = 100;

/** The list, to be filled by `draw`. */
export function log() {
  const list = h("ol", { class: "log", id: "log" });
  const clear = h("button", { type: "button", "data-action": "forget", onclick: forget }, "Clear this list");
  const pictures = toggle("pictures", "Pictures of lists", (on) => list.toggleAttribute("data-pictures", on), false);
  const shown = new Map();
  return {
    element: h("div", {}, h("div", { class: "heading" }, h("h2", {}, "Recent requests"), h("div", { class: "switches" }, pictures), clear), list),
    draw() {
      const records = recorded();
      const kept = new Set(records);
      for (const [record, row] of shown) if (!kept.has(record)) row.remove(), shown.delete(record);
      for (const record of [...records].reverse()) {
        if (shown.has(record)) continue;
        shown.set(record, row(record));
        list.prepend(shown.get(record));
      }
      for (const group of groups(records)) place(group, shown);
    },
  };
}

/** Requests without a pause between them belong together: a view of the shop, mostly. Newest first, as the records are. */
function groups(records) {
  const ends = (record) => record.start + record.ms;
  const found = [];
  for (const record of [...records].sort((a, b) => a.start - b.start)) {
    const group = found.at(-1);
    if (group && record.start - Math.max(...group.map(ends)) < PAUSE) group.push(record);
    else found.push([record]);
  }
  return found;
}

/** Puts the bars of a group on one axis. */
function place(group, shown) {
  const start = group[0].start;
  const end = Math.max(...group.map(({ start, ms }) => start + ms), start + SHORTEST);
  const share = (ms) => `${((ms / (end - start)) * 100).toFixed(2)}%`;
  for (const record of group) {
    const row = shown.get(record);
    row.toggleAttribute("data-last", record.n === Math.min(...group.map(({ n }) => n)));
    const track = row.querySelector(".track");
    track.style.setProperty("--at", share(record.start - start));
    track.style.setProperty("--long", share(record.ms));
  }
}

function row(record) {
  const { kind, by, note, method, path, ms, sent, size, at, picture, spent, would } = record;
  const amount = kind === "failed" ? "" : ` · ${bytes(sent)}`;
  const saved = cost(would) - cost(spent);
  return h("li", { "data-kind": kind, "data-by": by, "data-method": method, "data-path": path, "data-picture": picture },
    h("details", { ontoggle: ({ target }) => target.open && show(record) },
      h("summary", {},
        h("span", { class: "badge" }, h("span", { class: "hidden" }, `${WORDS[kind]} `), named(by), note && ` · ${note}`),
        h("span", { class: "what", title: `${method} ${path}` }, method !== "GET" && `${method} `, brief(path)),
        h("span", { class: "numbers" }, `${millis(ms)}${amount}`),
        h("span", { class: "track", "aria-hidden": "true" }, h("span", { class: "bar" }, segments(record)))),
      h("dl", {},
        line("Request", `${method} ${path}`),
        line("At", clock(at)),
        size !== undefined && line("Body", `${bytes(size)}, ${bytes(sent)} of it over the network`),
        saved > 0 && line("Saved", `${dollars(saved * 1e6)} by the million of such answers`),
        Object.entries(record.header).map(([name, value]) => line(name, value)),
        h("div", {}, h("dt", {}, "Its way"), h("dd", {}, passed(record.way))),
        kind === "hit" && record.layers.length > 0 && h("div", {},
          h("dt", {}, `The way that was spared: ${count(record.layers.length, "layer")}`),
          h("dd", {}, passed(record.layers.map((step) => ({ ...step, bytes: size }))))))));
}

/** The parts of a bar: how long each layer took of the whole. */
const segments = ({ way, ms }) => way.filter((step) => step.ms > 0).map((step) => {
  const segment = h("span", { "data-layer": step.layer });
  segment.style.flexGrow = step.ms / Math.max(ms, 0.01);
  return segment;
});

const line = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

/** The layers that a request passed, the nearest first. */
function passed(steps) {
  return h("ol", { class: "way" }, steps.map(({ layer, outcome, ms, bytes: size }) =>
    h("li", {}, h("span", {}, named(layer)), h("span", { class: "muted" }, outcome), h("span", { class: "numbers" }, millis(ms)), h("span", { class: "numbers" }, bytes(size)))));
}
