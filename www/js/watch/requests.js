// The record of requests: each one timed, its answer read, what it saved worked out; newest first.

import { nothing, plus, trip } from "../cost/usage.js";
import { answer } from "./answer.js";
import { way } from "./way.js";

const KEPT = 120;
/** Until one is seen: the way to the edge and back, as the origin's switches begin. */
const NETWORK_MS = 40;

const records = [];
const listeners = new Set();
/** The paths that were answered with something stale, and are being revalidated behind it. */
const stale = [];
let sum = zero();
let networkMs = NETWORK_MS;
let written = 0;

/** The newest records. */
export const recorded = () => records;

/** Sums over all records since the last reset. */
export const totals = () => sum;

/** Calls `listener` with each new record, and with nothing when all are forgotten. */
export const onRecord = (listener) => void listeners.add(listener);

/** Forgets all records. */
export function forget() {
  records.length = 0;
  sum = zero();
  tell();
}

/** Fetches through a cache and writes down how it went; resolves to the whole body. */
export async function watched(cache, path, init = {}) {
  const start = performance.now();
  const about = { method: init.method ?? "GET", path, start };
  try {
    const response = await cache.fetch(path, init);
    const body = await response.arrayBuffer();
    const who = answer(response.headers);
    if (who.note === "stale") stale.push(path);
    record({ ...about, ms: performance.now() - start, status: response.status, size: body.byteLength, ...who, header: shown(response.headers) });
    if (!response.ok) throw new Failure(response.status, body);
    return { body, type: response.headers.get("content-type") };
  } catch (error) {
    if (!(error instanceof Failure)) record({ ...about, ms: performance.now() - start, kind: "failed", by: error.code ?? error.name });
    throw error;
  }
}

/** Writes down a revalidation, if it belongs to a stale answer; any other one has a caller who writes it down. */
export function revalidated(status) {
  const path = stale.shift();
  if (path === undefined) return;
  record({ method: "↻", path, start: performance.now(), ms: 0, status, kind: status === 304 ? "revalidated" : "network", by: "background", note: String(status) });
}

/**
 * Writes a record down: `{ method, path, start, ms, kind, by, layers, size }` and whatever else is known of it. What it saved
 * follows from the way that the answer had come when it was fetched.
 */
export function record(entry) {
  const { kind, layers = [], size = 0, ms } = entry;
  const isHit = kind === "hit";
  const sent = kind === "network" ? size : 0;
  const behind = layers.reduce((sum, { ms }) => sum + ms, 0);
  if (kind === "network" && behind) networkMs = Math.max(0, ms - behind);
  const spent = isHit || kind === "failed" ? nothing() : trip(layers, size, sent);
  const would = kind === "failed" ? nothing() : trip(layers, size);
  const wouldMs = isHit && layers.length ? Math.max(ms, behind + networkMs) : ms;
  const whole = { header: {}, ...entry, layers, sent, spent, would, wouldMs, at: Date.now(), n: (written += 1) };
  whole.way = way(whole);
  records.unshift(whole);
  records.length = Math.min(records.length, KEPT);
  sum = {
    ...sum, [kind]: sum[kind] + 1,
    sent: sum.sent + sent, size: sum.size + size, ms: sum.ms + ms, wouldMs: sum.wouldMs + wouldMs,
    spent: plus(sum.spent, spent), would: plus(sum.would, would),
  };
  tell(whole);
}

/** An answer of the origin that says no. */
class Failure extends Error {
  constructor(status, body) {
    let message = `The origin answered ${status}.`;
    try {
      ({ error: { message } } = JSON.parse(new TextDecoder().decode(body)));
    } catch { /* no error of the API's own: the status has to do */ }
    super(message);
    this.status = status;
  }
}

function shown(headers) {
  const names = ["Cache-Status", "X-Cache", "Age", "ETag", "Cache-Control"];
  return Object.fromEntries(names.map((name) => [name, headers.get(name)]).filter(([, value]) => value !== null));
}

function zero() {
  return { hit: 0, revalidated: 0, network: 0, failed: 0, sent: 0, size: 0, ms: 0, wouldMs: 0, spent: nothing(), would: nothing() };
}

function tell(entry) {
  for (const listener of listeners) listener(entry);
}
