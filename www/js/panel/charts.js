// The two kinds of charts, drawn by uPlot in the page's own colours.

import uPlot from "uplot";

import { h, onWidth } from "../dom.js";
import { percent } from "../format.js";

/** The upper ends of a histogram's classes, in milliseconds; the last class has none. */
const CLASSES = [0.3, 1, 3, 10, 30, 100, 300, 1000];
const SMALL = { width: 84, height: 30 };
const WINDOW = 20;

/** A chart takes the colour of the text where it stands, and is redrawn when that changes. */
const ink = (chart) => getComputedStyle(chart.root).color;
const charts = new Set();
const redraw = () => charts.forEach((chart) => chart.root.isConnected ? chart.redraw() : charts.delete(chart));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
new MutationObserver(redraw).observe(document.documentElement, { attributeFilter: ["data-theme"] });

/** A small histogram of latencies. Its scale is logarithmic: from below 0.3 ms to above a second. */
export function histogram() {
  const element = h("div", { class: "chart small", role: "img" });
  const bars = CLASSES.map((_, at) => at).concat(CLASSES.length);
  const chart = make({
    ...SMALL, padding: [2, 0, 0, 0],
    axes: [{ show: false }, { show: false }],
    scales: { x: { time: false, range: [-0.6, CLASSES.length + 0.6] }, y: { range: (_, __, most) => [0, Math.max(1, most)] } },
    series: [{}, { fill: ink, width: 0, paths: uPlot.paths.bars({ size: [0.8, 100] }), points: { show: false } }],
  }, [bars, bars.map(() => 0)], element);
  return {
    element,
    draw(times) {
      const counts = bars.map(() => 0);
      for (const ms of times) counts[classOf(ms)] += 1;
      chart.setData([bars, counts]);
      element.setAttribute("aria-label", counts.flatMap((count, at) => (count ? [`${count} ${scaleOf(at)}`] : [])).join(", "));
    },
  };
}

const classOf = (ms) => { const at = CLASSES.findIndex((end) => ms < end); return at < 0 ? CLASSES.length : at; };
const scaleOf = (at) => (at < CLASSES.length ? `under ${CLASSES[at]} ms` : `over ${CLASSES.at(-1)} ms`);

/** The share of hits among the last requests, as it went. */
export function ratio() {
  const element = h("div", { class: "chart wide", role: "img" });
  const axis = { stroke: ink, font: "12px system-ui, sans-serif", ticks: { show: false } };
  const grid = { stroke: (chart) => `color-mix(in srgb, ${ink(chart)} 18%, transparent)`, width: 1 };
  const chart = make({
    width: 300, height: 120, padding: [8, 8, 0, 0],
    axes: [
      { ...axis, size: 24, grid: { show: false }, values: (_, at) => at.map((n) => (Number.isInteger(n) ? n : "")) },
      { ...axis, size: 48, grid, splits: [0, 0.5, 1], values: (_, at) => at.map(percent) },
    ],
    scales: { x: { time: false, range: (_, least, most) => [least ?? 0, Math.max(most ?? 1, (least ?? 0) + 1)] }, y: { range: [0, 1] } },
    series: [{}, { stroke: ink, width: 2, points: { show: false } }],
  }, [[], []], element);
  onWidth(element, (width) => chart.setSize({ width, height: 120 }));
  return {
    element,
    /** Takes the records, newest first. */
    draw(records) {
      const hits = [...records].reverse().map(({ kind }) => Number(kind === "hit"));
      const shares = hits.map((_, at) => {
        const last = hits.slice(Math.max(0, at + 1 - WINDOW), at + 1);
        return last.reduce((sum, hit) => sum + hit, 0) / last.length;
      });
      chart.setData([shares.map((_, at) => at + 1), shares]);
      element.setAttribute("aria-label", shares.length ? `Of the last ${Math.min(WINDOW, shares.length)} requests ${percent(shares.at(-1))} were answered in the browser.` : "No requests yet.");
    },
  };
}

function make(options, data, element) {
  const chart = new uPlot({ ...options, cursor: { show: false }, legend: { show: false } }, data, element);
  charts.add(chart);
  return chart;
}
