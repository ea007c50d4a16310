// Reading a response: who answered it, and which way it had come.

/**
 * Who answered: `{ kind, by, note, layers, worker }`.
 *
 * - `hit`: a tier of nearcache, which `by` names; `worker` where that was the service worker's
 * - `revalidated`: the origin said that what is stored still holds; no body was sent
 * - `network`: the origin; `by` is the layer furthest back that the request reached
 */
export function answer(headers) {
  const caches = cacheStatus(headers.get("cache-status"));
  const ours = caches.at(-1);
  const layers = timing(headers.get("server-timing"));
  const hit = caches.findLast(({ hit }) => hit);
  if (hit) return { kind: "hit", by: hit.detail ?? "memory", note: hit.ttl < 0 ? "stale" : undefined, layers, worker: hit !== ours };
  const by = furthest(layers);
  if (ours?.["fwd-status"] === 304) return { kind: "revalidated", by, note: "304", layers };
  // The origin was asked, and what is stored stood in for its failure (stale-if-error).
  if (ours?.detail) return { kind: "hit", by: ours.detail, note: ours["fwd-status"] ? `stale, instead of a ${ours["fwd-status"]}` : "stale, instead of nothing", layers };
  return { kind: "network", by, layers };
}

/** The layer that a request got to: layers are entered one from within the other, data layers one after the other. */
export const furthest = (layers) => layers.at(-1)?.layer ?? "origin";

/** A layer of the Server-Timing header. A container's memory is called `memory` there, which here is the nearest tier. */
export const layer = (name, outcome, ms) => ({ layer: name === "memory" ? "container" : name, outcome, ms });

/** nearcache's members of a Cache-Status header, as objects: the service worker's before our own. */
function cacheStatus(value) {
  const members = (value ?? "").split(",").map((member) => member.trim().split(/\s*;\s*/));
  return members.filter(([name]) => name === "nearcache").map(([, ...parameters]) => Object.fromEntries(parameters.map((parameter) => {
    const [name, text = "true"] = parameter.split("=");
    return [name, /^-?\d+$/.test(text) ? Number(text) : text.replaceAll('"', "")];
  })));
}

/** The layers of a Server-Timing header, outermost first: `{ layer, outcome, ms }`. */
function timing(value) {
  return (value ?? "").split(",").filter(Boolean).map((metric) => {
    const [name, ...parameters] = metric.trim().split(";");
    const { desc = "", dur = 0 } = Object.fromEntries(parameters.map((parameter) => parameter.split("=")));
    return layer(name, desc.replaceAll('"', ""), Number(dur));
  });
}
