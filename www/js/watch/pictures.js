// The pictures of lists: plain <img>, so nobody calls for them. The browser's resource timing and the service worker know.

import { layer, furthest } from "./answer.js";
import { record } from "./requests.js";

/** What the worker said of a URL, before or after the picture is there. */
const said = new Map();
/** Pictures that came through the worker, and wait for its word. */
const waiting = new Map();

/** Begins to write them down. */
export function watchPictures() {
  new BroadcastChannel("shop-worker").onmessage = ({ data: { url, tier } }) => {
    const entry = waiting.get(url);
    if (!entry) return void said.set(url, tier);
    waiting.delete(url);
    write(entry, tier);
  };
  new PerformanceObserver((list) => list.getEntries().forEach(look)).observe({ type: "resource", buffered: true });
}

function look(entry) {
  if (entry.initiatorType !== "img" || !entry.name.includes("/images/")) return;
  if (!passedWorker(entry)) return write(entry, undefined);
  if (!said.has(entry.name)) return void waiting.set(entry.name, entry);
  const tier = said.get(entry.name);
  said.delete(entry.name);
  write(entry, tier);
}

/** Firefox leaves `workerStart` at 0, and tells no sizes of what came from a worker: there a picture counts as no bytes. */
const passedWorker = ({ workerStart, transferSize, decodedBodySize }) =>
  workerStart > 0 || (navigator.serviceWorker?.controller && transferSize === 0 && decodedBodySize === 0);

/** `tier` is where the worker had it; without one it went on, or there is no worker yet. */
function write(entry, tier) {
  const { name, startTime, duration, transferSize, decodedBodySize, serverTiming } = entry;
  const worker = passedWorker(entry);
  const layers = serverTiming.map(({ name, description, duration }) => layer(name, description, duration));
  const about = { method: "GET", path: new URL(name).pathname, start: startTime, ms: duration, size: decodedBodySize, layers, worker, picture: true };
  if (tier) record({ ...about, kind: "hit", by: tier });
  else if (!worker && transferSize === 0 && decodedBodySize > 0) record({ ...about, kind: "hit", by: "http-cache" });
  else record({ ...about, kind: "network", by: furthest(layers) });
}
