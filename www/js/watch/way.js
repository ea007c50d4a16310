// The way of a request: what it passed from near to far, with the time and the bytes of each.

import { isOn } from "../shop/caches.js";

/** The steps of a record, `{ layer, outcome, ms, bytes }`; the last one gave the answer. */
export function way(record) {
  const { kind, by, ms, size = 0, sent, layers, worker } = record;
  const steps = worker ? [step("worker", "asked")] : isOn("memory") && by !== "memory" ? [step("memory", "miss")] : [];
  if (kind === "hit") return [...steps, step(by, record.note ?? "hit", ms, size)];
  if (kind === "failed") return [...steps, step("network", "failed", ms)];
  const behind = layers.reduce((sum, { ms }) => sum + ms, 0);
  return [
    ...steps,
    step("network", kind === "revalidated" ? "asked whether it holds" : "asked", Math.max(0, ms - behind), sent),
    ...layers.map(({ layer, outcome, ms }) => step(layer, outcome, ms, kind === "revalidated" ? 0 : size)),
  ];
}

const step = (layer, outcome, ms = 0, bytes = 0) => ({ layer, outcome, ms, bytes });
