// What memory says its entries weigh, beside what the browser really spends on them: the heap, the buffers outside of
// it, and the memory of the wasm, which keeps the books.

import assert from "node:assert/strict";

import { headers, open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

/** Kinds of values: how many, and how the nth is made, in the page. */
const KINDS = {
  "one-byte strings": [4000, (n) => Array.from({ length: 100 }, (_, i) => `${n + i}`.padEnd(10, "x")).join("")],
  "two-byte strings": [4000, (n) => Array.from({ length: 100 }, (_, i) => `${n + i}`.padEnd(10, "日")).join("")],
  "short strings": [30_000, (n) => `value ${n}`],
  "numbers": [30_000, (n) => n + 0.5],
  "arrays of integers": [1000, (n) => Array.from({ length: 500 }, (_, i) => n + i)],
  "arrays of fractions": [1000, (n) => Array.from({ length: 500 }, (_, i) => n + i + 0.5)],
  "arrays of strings": [500, (n) => Array.from({ length: 100 }, (_, i) => `item ${n} ${i} of some length`)],
  "small objects": [10_000, (n) => ({ id: n, name: `name ${n}`, price: n + 0.5, tags: ["a", `t${n}`], nested: { x: n, y: [n, n + 1] } })],
  "rows of a table": [400, (n) => Array.from({ length: 100 }, (_, i) => ({ id: n * 100 + i, name: `name ${n} ${i}`, done: true, at: 1.5e12 + i }))],
  "typed arrays": [2000, (n) => new Float64Array(500).fill(n)],
  "short typed arrays": [10_000, (n) => new Uint8Array(32).fill(n)],
  "Maps": [400, (n) => new Map(Array.from({ length: 100 }, (_, i) => [`key ${n} ${i}`, n + i + 0.5]))],
  "Sets": [400, (n) => new Set(Array.from({ length: 100 }, (_, i) => `key ${n} ${i}`))],
};

/** What the tab's scripts and the wasm hold, in bytes, without garbage. */
async function held({ name, browser, tab }) {
  if (name !== "chromium") return browser.chrome(memoryOf, new URL(tab.url).host);
  for (let turn = 0; turn < 2; turn += 1) await tab.cdp("HeapProfiler.collectGarbage");
  const { usedSize, embedderHeapUsedSize, backingStorageSize } = await tab.cdp("Runtime.getHeapUsage");
  return usedSize + embedderHeapUsedSize + backingStorageSize + await tab.evaluate(() => wasmMemory.buffer.byteLength);
}

/** What about:memory says of the windows of `host`. */
async function memoryOf(host) {
  const manager = Cc["@mozilla.org/memory-reporter-manager;1"].getService(Ci.nsIMemoryReporterManager);
  await new Promise((done) => manager.minimizeMemoryUsage(done));
  let sum = 0;
  const add = (process, path, kind, units, amount) => {
    if (path.includes("window-objects/top(") && path.includes(host)) sum += amount;
  };
  await new Promise((done) => manager.getReports(add, null, done, null, false));
  return sum;
}

/** Opens a cache of memory only, in a page that knows the memory of its wasm. */
async function opened(tab) {
  await tab.evaluate(() => {
    for (const name of ["instantiate", "instantiateStreaming"]) {
      const real = WebAssembly[name];
      WebAssembly[name] = async (...source) => {
        const started = await real.apply(WebAssembly, source);
        globalThis.wasmMemory = (started.instance ?? started).exports.memory;
        return started;
      };
    }
  });
  await open(tab, { tiers: ["memory"], budgets: { memory: "200MB" } });
}

/** Holds what is said of the entries that `fill(from, to)` makes against what they take. */
async function compare(kind, count, context, fill) {
  const said = () => context.tab.evaluate(async () => (await cache.usage()).tiers.memory);
  // What is compiled, and grown once, is none of the entries'.
  await fill(0, 100);
  const before = [await held(context), await said()];
  await fill(100, 100 + count);
  const after = [await held(context), await said()];
  assert.equal(after[1].entries - before[1].entries, count);
  const [real, estimate] = [after[0] - before[0], after[1].bytes - before[1].bytes].map((bytes) => bytes / count);
  console.log(`# ${context.name}, ${kind}: said ${estimate.toFixed(0)}, real ${real.toFixed(0)} bytes each, ${(estimate / real).toFixed(2)}`);
  assert.ok(estimate < real * 2 && estimate > real / 2, `said ${estimate}, real ${real}`);
}

forEachBrowser("sizes in memory", (test, name) => {
  for (const [kind, [count, make]] of Object.entries(KINDS)) {
    test(`${kind} weigh what is said, within a factor of two`, async ({ browser, visit }) => {
      const tab = await visit();
      await opened(tab);
      await compare(kind, count, { name, browser, tab }, (from, to) => tab.evaluate(async (make, from, to) => {
        globalThis.make ??= (0, eval)(`(${make})`);
        for (let at = from; at < to; at += 500) {
          await cache.setMany(Array.from({ length: Math.min(500, to - at) }, (_, n) => [`key ${at + n}`, globalThis.make(at + n)]));
        }
      }, make.toString(), from, to));
    });
  }

  for (const [size, count] of [[10, 2000], [100, 2000], [300, 2000], [1_000, 2000], [10_000, 1000]]) {
    test(`responses of ${size} bytes weigh what is said, within a factor of two`, async ({ browser, origin, visit }) => {
      const tab = await visit();
      await opened(tab);
      const path = await origin.script("a", { headers: headers("max-age=600", '"v1"'), body: { size } });
      const fetchAll = (from, to) => tab.evaluate(async (path, from, to) => {
        for (let at = from; at < to; at += 50) {
          await Promise.all(Array.from({ length: 50 }, async (_, n) => (await cache.fetch(`${path}?${at + n}`)).arrayBuffer()));
        }
        await cache.flush();
      }, path, from, to);
      await compare(`responses of ${size} bytes`, count, { name, browser, tab }, async (from, to) => {
        // In parts: a driver waits for an answer half a minute at most.
        for (let at = from; at < to; at += 200) await fetchAll(at, Math.min(at + 200, to));
      });
    }, { timeout: 240_000 });
  }
});
