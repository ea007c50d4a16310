// The layers in figures: who answered how often and how fast, what the tiers hold, and what the origin itself has counted.

import { h } from "../dom.js";
import { bytes, count, millis, number, percent } from "../format.js";
import { depth, named } from "../layers.js";
import { control } from "../origin/control.js";
import { recorded } from "../watch/requests.js";
import { histogram, ratio } from "./charts.js";
import { table } from "./table.js";
import { tiers } from "./tiers.js";

/** The view. */
export function layersView() {
  const trend = ratio();
  const answers = answered();
  const held = tiers();
  const counters = origin();
  return {
    element: h("div", { class: "stack" },
      h("section", {}, h("h2", {}, "Who answered, and how fast"), answers.element,
        h("p", { class: "muted" }, "Ratio: of the requests that came as far as this layer. Latencies: from under 0.3 ms on the left to over 1 s on the right.")),
      h("section", {}, h("h2", {}, "Hit ratio of the last 20 requests"), trend.element),
      h("section", {}, h("h2", {}, "What each tier holds"), held.element),
      h("section", {}, h("h2", {}, "What the origin has counted"), counters.element)),
    draw() {
      const records = recorded();
      answers.draw(records);
      trend.draw(records);
      return Promise.all([held.draw(), counters.draw()]);
    },
  };
}

/** A row for each answerer, with the latencies of its answers. */
function answered() {
  const body = h("tbody", { id: "answers" });
  const rows = new Map();
  return {
    element: table("Who answered", ["Layer", "Answers", "Ratio", "Median", "p95", "Latencies"], body),
    draw(records) {
      const times = new Map();
      const asked = records.filter(({ by, kind }) => by !== "background" && kind !== "failed");
      for (const { way, ms } of asked) {
        const by = way.at(-1).layer;
        times.set(by, [...(times.get(by) ?? []), ms]);
      }
      for (const [by, { row }] of rows) if (!times.has(by)) row.remove(), rows.delete(by);
      for (const by of [...times.keys()].sort((a, b) => depth(a) - depth(b))) {
        const mine = times.get(by).sort((a, b) => a - b);
        // Its hit ratio: of the requests that got as far as this layer, those that it answered.
        const reached = asked.filter(({ way }) => way.some(({ layer }) => layer === by)).length;
        if (!rows.has(by)) rows.set(by, answerer(by));
        const { row, cells, chart } = rows.get(by);
        [String(mine.length), percent(mine.length / reached), millis(at(mine, 0.5)), millis(at(mine, 0.95))].forEach((text, n) => (cells[n].textContent = text));
        chart.draw(mine);
        body.append(row);
      }
    },
  };
}

function answerer(by) {
  const chart = histogram();
  const cells = [0, 1, 2, 3].map(() => h("td"));
  const row = h("tr", { "data-layer": by }, h("th", { scope: "row" }, named(by)), cells, h("td", {}, chart.element));
  return { row, cells, chart };
}

/** The value below which this share of sorted values lies. */
const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** The origin's counters, as it tells them. */
function origin() {
  const sums = h("p", { class: "muted" });
  const body = h("tbody", { id: "origin" });
  // A real service may stand in a layer's place; that stays so as long as the origin runs.
  const parts = control("GET", "parts").catch(() => ({}));
  const called = (id, part) => (part && part !== "embedded" ? `${named(id)} (${part})` : named(id));
  return {
    element: h("div", {}, sums, table("Layers at the origin", ["Layer", "Asked", "Hits", "Ratio"], body)),
    async draw() {
      const [stats, part] = await Promise.all([control("GET", "stats").catch(() => undefined), parts]);
      if (!stats) return void (sums.textContent = "The origin is not running.");
      const { requests, notModified, bytesOut, readUnits, gbSeconds, perLayer } = stats;
      sums.textContent = `${count(requests, "request")}, ${count(notModified, "of them a 304", "of them 304s")}, ${bytes(bytesOut)} sent; ` +
        `${number(readUnits)} read units, ${number(gbSeconds)} GB-s of Lambda.`;
      body.replaceChildren(...Object.entries(perLayer).map(([name, counters]) => {
        const { hits, refreshHits = 0, staleHits = 0, collapsed = 0 } = counters;
        const asked = Object.values(counters).reduce((sum, count) => sum + count, 0);
        const spared = hits === undefined ? undefined : hits + refreshHits + staleHits + collapsed;
        const id = name === "memory" ? "container" : name;
        return h("tr", { "data-layer": id }, h("th", { scope: "row" }, called(id, part[name])),
          [asked, spared ?? "–", spared === undefined || !asked ? "–" : percent(spared / asked)].map((text) => h("td", {}, String(text))));
      }));
    },
  };
}
