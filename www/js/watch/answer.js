// Reading a response: who answered it, and which way it had come.

/**
 * Who answered: `{ kind, by, note }`.
 *
 * - `hit`: a tier of nearcache, which `by` names
 * - `revalidated`: the origin said that what is stored still holds; no body was sent
 * - `network`: the origin; `by` is the layer furthest back that the request reached
 */
export function answer(headers) {
  const ours = cacheStatus(headers.get("cache-status"));
  const layers = timing(headers.get("server-timing"));
  if (ours?.hit) {
    return { kind: "hit", by: ours.detail ?? "memory", note: ours.ttl < 0 ? "stale" : undefined, layers };
  }
  const by = layers.at(-1)?.layer ?? "origin";
  if (ours?.["fwd-status"] === 304) return { kind: "revalidated", by, note: "304", layers };
  return { kind: "network", by, layers };
}

/** Our member of a Cache-Status header, as an object: the last one, since a service worker may have added one before us. */
function cacheStatus(value) {
  const members = (value ?? "").split(",").map((member) => member.trim().split(/\s*;\s*/));
  const ours = members.findLast(([name]) => name === "nearcache");
  return ours && Object.fromEntries(ours.slice(1).map((parameter) => {
    const [name, text = "true"] = parameter.split("=");
    return [name, /^-?\d+$/.test(text) ? Number(text) : text.replaceAll('"', "")];
  }));
}

/** The layers of a Server-Timing header, outermost first: `{ layer, outcome, ms }`. */
function timing(value) {
  return (value ?? "").split(",").filter(Boolean).map((metric) => {
    const [layer, ...parameters] = metric.trim().split(";");
    const named = Object.fromEntries(parameters.map((parameter) => parameter.split("=")));
    return { layer, outcome: (named.desc ?? "").replaceAll('"', ""), ms: Number(named.dur ?? 0) };
  });
}
