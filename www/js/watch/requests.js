// The record of requests: each one timed, its answer read, what it saved worked out; newest first.

import { answer } from "./answer.js";
import { transfer, trip } from "./price.js";

const KEPT = 60;
const records = [];
const listeners = new Set();
/** The paths that were answered with something stale, and are being revalidated behind it. */
const stale = [];
let sum = nothing();

/** The newest records. */
export const recorded = () => records;

/** Sums over all records since the last reset. */
export const totals = () => sum;

/** Calls `listener` after each change. */
export const onRecord = (listener) => void listeners.add(listener);

/** Forgets all records. */
export function forget() {
  records.length = 0;
  sum = nothing();
  tell();
}

/** Fetches through a cache and writes down how it went; resolves to the whole body. */
export async function watched(cache, path, init = {}) {
  const start = performance.now();
  const about = { method: init.method ?? "GET", path };
  try {
    const response = await cache.fetch(path, init);
    const body = await response.arrayBuffer();
    const ms = performance.now() - start;
    const who = answer(response.headers);
    if (who.note === "stale") stale.push(path);
    record({ ...about, ms, status: response.status, ...worth(who, body.byteLength), header: shown(response.headers) });
    if (!response.ok) throw new Failure(response.status, body);
    return { body, type: response.headers.get("content-type") };
  } catch (error) {
    if (!(error instanceof Failure)) {
      record({ ...about, ms: performance.now() - start, kind: "failed", by: error.code ?? error.name, layers: [], sent: 0, saved: 0, header: {} });
    }
    throw error;
  }
}

/** Writes down a revalidation, if it belongs to a stale answer; any other one has a caller who writes it down. */
export function revalidated(status) {
  const path = stale.shift();
  if (path === undefined) return;
  record({ method: "↻", path, ms: 0, status, kind: status === 304 ? "revalidated" : "network", by: "background", note: String(status), layers: [], sent: 0, saved: 0, header: {} });
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

/** The bytes that were sent, and the money that was saved: a hit saves the trip it made last time, a 304 the body. */
function worth(answer, size) {
  const sent = answer.kind === "network" ? size : 0;
  const saved = { hit: trip(answer.layers, size), revalidated: transfer(size), network: 0 }[answer.kind];
  return { ...answer, size, sent, saved };
}

function shown(headers) {
  const names = ["Cache-Status", "X-Cache", "Age", "ETag", "Cache-Control"];
  return Object.fromEntries(names.map((name) => [name, headers.get(name)]).filter(([, value]) => value !== null));
}

function record(entry) {
  records.unshift({ ...entry, at: Date.now() });
  records.length = Math.min(records.length, KEPT);
  sum[entry.kind] += 1;
  sum.sent += entry.sent;
  sum.spared += (entry.size ?? 0) - entry.sent;
  sum.saved += entry.saved;
  tell();
}

function nothing() {
  return { hit: 0, revalidated: 0, network: 0, failed: 0, sent: 0, spared: 0, saved: 0 };
}

function tell() {
  for (const listener of listeners) listener();
}
