// What a test's code finds in the page: the package as `nearcache`, and a few tools.

import * as nearcache from "nearcache";

import { corrupt, halves, rawStores } from "./raw-stores.js";

Object.assign(globalThis, { nearcache, corrupt, halves, rawStores, seen, refusal, until, noise });

/** A response as JSON: what a caller could see of it. */
async function seen(promise) {
  const response = await promise;
  const headers = Object.fromEntries(response.headers);
  return {
    real: response instanceof Response, status: response.status, type: response.type, url: response.url,
    redirected: response.redirected, headers, via: cacheStatus(headers["cache-status"]), body: await response.text(),
  };
}

/** The last Cache-Status member of ours, the caches nearer to the origin come first, as an object: `{ hit: true, ttl: 60, detail: "memory" }`. */
function cacheStatus(value) {
  const ours = (value ?? "").split(",").map((member) => member.trim().split(/\s*;\s*/)).findLast(([name]) => name === "nearcache");
  if (!ours) return null;
  return Object.fromEntries(ours.slice(1).map((parameter) => {
    const [name, text] = parameter.split("=");
    return [name, text === undefined ? true : /^-?\d+$/.test(text) ? Number(text) : text.replace(/^"|"$/g, "")];
  }));
}

/** How a call fails: its error as JSON, `null` where it succeeds. */
async function refusal(call) {
  try {
    await call();
    return null;
  } catch (error) {
    return {
      typed: error instanceof nearcache.NearcacheError, real: error instanceof Error,
      name: error?.name, code: error?.code, message: error?.message, cause: error?.cause && String(error.cause),
    };
  }
}

/** Waits until a condition holds; resolves to what it gave. */
async function until(condition, milliseconds = 5_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`still not so after ${milliseconds} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Bytes that no store can compress. */
function noise(size) {
  const bytes = new Uint8Array(size);
  for (let at = 0; at < size; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
  return bytes;
}
