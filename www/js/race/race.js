// The same visit with and without nearcache: measured here by the clock, at the origin by its own counters.

import { h } from "../dom.js";
import { bytes, count, dollars, millis, percent } from "../format.js";
import { cost, onPrices } from "../cost/prices.js";
import { nothing, plus, trip } from "../cost/usage.js";
import { layer } from "../watch/answer.js";
import { control } from "../origin/control.js";
import { busy, isBusy } from "../play/controls.js";
import { AGAIN, AWAY_MS, FIRST } from "./visit.js";
import { LANES } from "./lanes.js";

const MILLION = 1e6;

/** The view. */
export function race() {
  const said = h("p", { class: "verdict", role: "status", id: "race-said" },
    "Someone looks at a list, two products and a search, goes away for six seconds, and comes back in a new tab. Every layer at the origin starts cold each time.");
  const start = h("button", { type: "button", class: "main", "data-action": "race", onclick: () => isBusy(start) || busy(start, run) }, "Start the race");
  const rows = LANES.map((each) => lane(each, () => {
    const longest = Math.max(...rows.map(({ result }) => result?.ms ?? 0));
    rows.forEach((row) => row.scale(longest));
  }));
  onPrices(() => rows.forEach(({ draw }) => draw()));

  async function run() {
    rows.forEach(({ clear }) => clear());
    try {
      for (const row of rows) {
        said.textContent = `First visit: ${row.name}.`;
        await row.visit(FIRST, "start");
      }
      for (let left = Math.ceil(AWAY_MS / 1000); left > 0; left -= 1) {
        said.textContent = `Away for ${count(left, "second")} …`;
        await new Promise((resolve) => setTimeout(resolve, AWAY_MS / Math.ceil(AWAY_MS / 1000)));
      }
      for (const row of rows) {
        said.textContent = `Back again: ${row.name}.`;
        await row.visit(AGAIN, "again");
        await row.end();
      }
      said.textContent = verdict(rows.at(0).result, rows.at(-1).result);
    } catch (error) {
      said.textContent = `The race broke off: ${error.message}`;
    }
  }

  return { element: h("div", { class: "stack" }, said, h("div", { class: "buttons" }, start), h("ol", { class: "lanes", id: "lanes" }, rows.map(({ element }) => element))) };
}

/** One lane: how it runs, and what it came to; `waited` is called after each answer. */
function lane({ id, name, start, again, end, fetch }, waited) {
  const steps = FIRST.length + AGAIN.length;
  const marks = h("div", { class: "marks" });
  const track = h("div", { class: "steps", "aria-hidden": "true" }, marks);
  const figures = h("dl", { class: "outcome" });
  const element = h("li", { "data-lane": id }, h("h2", {}, name), track, figures);
  let result;

  const zero = () => ({ ms: 0, answers: 0, requests: 0, bytes: 0, usage: nothing() });
  function draw() {
    if (!result) return figures.replaceChildren();
    const { ms, requests, bytes: sent, usage } = result;
    figures.replaceChildren(
      fact("Waiting", millis(ms)), fact("Requests", String(requests)), fact("Sent", bytes(sent)),
      fact("Lambda", `${(usage.compute * 1000).toFixed(0)} MB-s`), fact("Reads", String(usage.read)), fact("A million visits", dollars(cost(usage) * MILLION)));
  }
  const me = {
    name,
    get result() { return result; },
    element, draw, end,
    /** Draws its bar on the axis that all lanes share. */
    scale(longest) { marks.style.inlineSize = `${(100 * (result?.ms ?? 0)) / longest}%`; },
    clear() {
      result = undefined;
      marks.replaceChildren();
      draw();
    },
    async visit(list, begin) {
      if (begin === "start") {
        result = zero();
        await control("POST", "purge", {});
        await start();
      } else await again();
      const since = (await control("GET", "log?since=0")).at(-1)?.n ?? 0;
      for (const { path, init } of list) {
        const from = performance.now();
        await (await fetch(path, init)).arrayBuffer();
        const ms = performance.now() - from;
        result.ms += ms;
        result.answers += 1;
        const mark = h("span", { title: `${path} ${millis(ms)}` });
        mark.style.flexGrow = Math.max(ms, 4);
        marks.append(mark);
        element.dataset.done = result.answers === steps;
        waited();
      }
      await me.count(since);
      draw();
    },
    /** What of it reached the origin, by the origin's own log. */
    async count(since) {
      for (const { path, bytes: sent, layers } of await control("GET", `log?since=${since}`)) {
        if (!/^\/(api|images)\//.test(path)) continue;
        result.requests += 1;
        result.bytes += sent;
        result.usage = plus(result.usage, trip(layers.map(({ layer: name, outcome, ms }) => layer(name, outcome, ms)), sent));
      }
    },
  };
  return me;
}

const fact = (name, value) => h("div", {}, h("dt", {}, name), h("dd", {}, value));

function verdict(without, near) {
  const share = (a, b) => percent(b ? 1 - a / b : 0);
  return `With nearcache: ${share(near.ms, without.ms)} less waiting, ${share(near.requests, without.requests)} fewer requests, ` +
    `${share(near.bytes, without.bytes)} less sent, ${share(cost(near.usage), cost(without.usage))} less to pay, compared with no cache in the browser.`;
}
