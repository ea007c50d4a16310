// The list of requests: who answered each, how fast, and all it said on request.

import { h } from "../dom.js";
import { bytes, clock, millis, perMillion } from "../format.js";
import { recorded } from "../watch/requests.js";
import { named } from "./layers.js";

const WORDS = { hit: "answered from", revalidated: "still valid, said", network: "fetched from", failed: "failed:" };

/** The list, to be filled by `draw`. */
export function log() {
  const list = h("ol", { class: "log", id: "log" });
  const shown = new Map();
  return {
    element: list,
    draw() {
      const records = recorded();
      for (const [record, row] of shown) if (!records.includes(record)) row.remove(), shown.delete(record);
      for (const record of [...records].reverse()) {
        if (shown.has(record)) continue;
        shown.set(record, row(record));
        list.prepend(shown.get(record));
      }
    },
  };
}

function row(record) {
  const { kind, by, note, method, path, ms, sent, size, saved, at } = record;
  const who = named(by, kind);
  const amount = kind === "failed" ? "" : sent ? bytes(sent) : "0 B";
  return h("li", { "data-kind": kind, "data-by": by, "data-method": method, "data-path": path },
    h("details", {},
      h("summary", {},
        h("span", { class: "badge", "data-by": kind === "hit" ? by : kind }, h("span", { class: "hidden" }, `${WORDS[kind]} `), who, note && ` · ${note}`),
        h("span", { class: "what", title: `${method} ${path}` }, method !== "GET" && `${method} `, brief(path)),
        h("span", { class: "numbers" }, `${millis(ms)} · ${amount}`)),
      h("dl", {},
        line("Request", `${method} ${path}`),
        line("At", clock(at)),
        size !== undefined && line("Body", `${bytes(size)}, ${bytes(sent)} of it over the network`),
        saved > 0 && line("Saved", `${perMillion(saved)} by the million of such answers`),
        Object.entries(record.header).map(([name, value]) => line(name, value)),
        record.layers.length > 0 && h("div", {}, h("dt", {}, kind === "hit" ? "Its way, when it was fetched" : "Its way"), h("dd", {}, way(record.layers))))));
}

const line = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

/** The layers that a request passed, the edge first. */
function way(layers) {
  return h("ol", { class: "way" }, layers.map(({ layer, outcome, ms }) =>
    h("li", {}, h("span", {}, named(layer, "network")), h("span", { class: "muted" }, outcome), h("span", { class: "numbers" }, millis(ms)))));
}

/** A path that fits: the API's name says little. */
const brief = (path) => path.replace("/api/", "").replace(/^\/images\//, "images/").replace("?", " ?");
