// The diagram: boxes, the lane between them, and the way of one request, lit.

import { onWidth } from "../dom.js";
import { bytes, millis } from "../format.js";
import { here, there } from "../layers.js";
import { line, places } from "./places.js";

const SVG = "http://www.w3.org/2000/svg";
/** In a box narrower than this, names and figures are short. */
const ROOMY = 116;
/** How long the light takes: as long as the request did, within reason. */
const SHORTEST = 120;
const LONGEST = 700;

/** An empty diagram that fits its width. `isOff(layer)` says which layers are switched off, `answered(layer)` how many answers each gave. */
export function diagram({ isOff, answered }) {
  const svg = shape("svg", { class: "diagram", "aria-hidden": "true" });
  let drawing = places(1000);
  let shown;

  /** Draws everything anew. */
  function draw() {
    const { width, height } = drawing;
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    const lit = new Map((shown?.way ?? []).map((step, at, { length }) => [step.layer, { ...step, last: at === length - 1 }]));
    const network = lit.get("network");
    svg.replaceChildren(
      ...drawing.titles.map(({ x, y, text }) => label(x, y + 12, text, "title")),
      shape("path", { class: "lane", d: line(drawing, [...here, ...there].map(({ id }) => id)) }),
      shape("path", { class: "light", d: line(drawing, stops()) }),
      ...[...drawing.boxes].map(([id, box]) => place(id, box, lit.get(id))),
      ...(network ? wire(network) : []),
    );
  }

  /** The layers that the request went to. A failed one goes to where the network ends. */
  function stops() {
    const ids = (shown?.way ?? []).map(({ layer }) => layer);
    return shown?.kind === "failed" ? [...ids, "http-cache"] : ids;
  }

  function place(id, { x, y, width, height, layer }, step) {
    const state = step ? (step.last ? "answered" : "passed") : isOff(id) ? "off" : "idle";
    const group = shape("g", { "data-layer": id, "data-state": state });
    const count = answered(id);
    const answers = count && (width < ROOMY ? `${count} ×` : `${count} ${count === 1 ? "answer" : "answers"}`);
    const figure = step ? passed(step, width) : isOff(id) ? "off" : answers;
    group.append(
      shape("rect", { x, y, width, height, rx: 6 }),
      label(x + width / 2, y + (figure ? 18 : 27), (width < ROOMY && layer.short) || layer.name, "name"),
      ...(figure ? [label(x + width / 2, y + 34, figure, "figure")] : []),
    );
    return group;
  }

  function wire({ ms, outcome, bytes: size }) {
    const { x, y } = drawing.network;
    const time = outcome === "failed" ? "no answer" : millis(ms);
    if (drawing.narrow) return [label(x, y - 9, `network ${time}, ${bytes(size)}`, "wire")];
    return [label(x, y - 24, "network", "wire"), label(x, y - 9, time, "wire"), label(x, y + 20, bytes(size), "wire")];
  }

  function glow() {
    const light = svg.querySelector(".light");
    if (matchMedia("(prefers-reduced-motion: reduce)").matches || !shown) return;
    const length = light.getTotalLength();
    light.animate(
      [{ strokeDasharray: `${length}`, strokeDashoffset: length }, { strokeDasharray: `${length}`, strokeDashoffset: 0 }],
      { duration: Math.min(LONGEST, Math.max(SHORTEST, shown.ms)), easing: "ease-out" },
    );
  }

  onWidth(svg, (width) => {
    if (Math.abs(width - drawing.width) < 1) return;
    drawing = places(Math.floor(width));
    draw();
  });
  draw();

  return {
    element: svg,
    draw,
    /** Lights the way of a request. */
    light(record) {
      shown = record;
      draw();
      glow();
    },
  };
}

/** What a step came to: its time, and its bytes where there is room for them. */
function passed({ last, ms, bytes: size, outcome }, width) {
  if (!last && !ms) return outcome;
  return size && width >= ROOMY ? `${millis(ms)} · ${bytes(size)}` : millis(ms);
}

function label(x, y, text, kind) {
  const element = shape("text", { x, y, class: kind });
  element.textContent = text;
  return element;
}

function shape(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  return element;
}
