// Killed at any point of a write: what is stored is the old entry or the new one, whole, never older than what was kept.

import assert from "node:assert/strict";

import { forEachBrowser } from "./lib/suite.mjs";
import { register } from "./lib/worker.mjs";

/** How many workers are killed in each browser, within how many rounds of what time, and how many write at once. */
const KILLS = 3_000;
const ROUNDS = 5;
const ROUND_MS = 12_000;
const AT_ONCE = 6;
/** For how long tabs are killed, as many at once, each with so many frames, and a service worker is stopped. */
const TABS_MS = 50_000;
const FRAMES = 4;
const STOPS_MS = 30_000;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Kills workers that write numbers after `from`, at random moments; resolves to what each prefix must still have. */
const killWorkers = (tab, from, wanted, ms, atOnce) => tab.evaluate(async (from, wanted, ms, atOnce) => {
  // Compiled once, so that what takes time is what is killed.
  const module = await WebAssembly.compileStreaming(fetch("/pkg/wasm/nearcache_bg.wasm"));
  const end = performance.now() + ms;
  const kept = {};
  let kills = 0;
  const slots = Array.from({ length: atOnce }, async (_, slot) => {
    const prefix = `slot${slot}/`;
    for (let n = from; kills < wanted && performance.now() < end;) {
      const worker = new Worker("/worker-writer.js", { type: "module" });
      await new Promise((ready) => {
        worker.onmessage = ({ data }) => {
          if (data === "ready") ready();
          else {
            kept[data.key] = data.at;
            n = Math.max(n, data.at);
          }
        };
        worker.postMessage({ prefix, n: n + 1, module });
      });
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 15));
      worker.terminate();
      kills += 1;
      // What it said last may still be on its way; and the next one must not take a number that it took.
      await new Promise((resolve) => setTimeout(resolve, 5));
      n += 1_000;
    }
  });
  await Promise.all(slots);
  return { kept, kills };
}, from, wanted, ms, atOnce);

/** What is stored, whatever it takes to see it. */
async function found({ name, browser, visit }) {
  const stored = await look(await visit());
  if (stored) return stored;
  // A killed process can leave Chromium's Cache API without an answer, for whoever asks, until the browser is started anew.
  console.log(`# ${name}: the Cache API hangs, the browser is started anew`);
  await browser.restart();
  return look(await visit());
}

/**
 * The same in a page that has opened the cache anew: each entry's number, and records that belong to none; `null` where the
 * Cache API hangs.
 */
const look = (tab) => tab.evaluate(async () => {
  const { check } = await import("/writer.js");
  globalThis.cache = await nearcache.open({ name: "test" });
  // A store that did not answer in time is asked again.
  const down = () => Object.entries(cache.stats().tiers).filter(([, { available }]) => !available).map(([tier]) => tier);
  await until(() => down().length === 0, 25_000).catch(() => {});
  if (String(down()) === "cache-storage") {
    const all = async () => Promise.all((await caches.keys()).map(async (name) => (await caches.open(name)).keys()));
    if (!(await Promise.race([all(), new Promise((resolve) => setTimeout(resolve, 5_000, null))]))) return null;
  }
  if (down().length > 0) throw new Error(`${down()} did not open: ${JSON.stringify(cache.stats().tiers)}`);
  const numbers = {};
  for await (const [key, { tags }] of cache.entries()) {
    const value = await cache.get(key);
    if (value === undefined) throw new Error(`${key} is listed and not there`);
    numbers[key] = typeof value === "number" ? value : check(value, tags);
  }
  const corrupt = Object.values(cache.stats().tiers).reduce((sum, { corrupt }) => sum + corrupt, 0);
  await cache.flush();
  return { numbers, corrupt, ...(await halves("nearcache:test:1::")) };
});

function judge({ numbers, corrupt, orphans, bare }, kept) {
  assert.deepEqual({ orphans, bare, corrupt }, { orphans: [], bare: [], corrupt: 0 });
  const many = new Map();
  for (const [key, n] of Object.entries(numbers)) {
    const [prefix, at] = key.split("many/");
    if (at !== undefined) many.set(prefix, [...(many.get(prefix) ?? []), n]);
  }
  for (const [prefix, all] of many) assert.deepEqual([all.length, new Set(all).size], [300, 1], `${prefix}: a part of what was written at once`);
  const lost = Object.entries(kept).filter(([key, n]) => n > 0 && !(numbers[key] >= n));
  assert.deepEqual(lost.map(([key, n]) => `${key} was kept at ${n}, and is ${numbers[key]}`), []);
  assert.ok(Object.keys(numbers).length > 0, "nothing was stored");
}

forEachBrowser("crashes", (test, name) => {
  test("workers killed while they write", async ({ browser, visit }) => {
    const tab = await visit();
    const kept = {};
    let kills = 0;
    for (let round = 0; round < ROUNDS && kills < KILLS; round += 1) {
      const more = await killWorkers(tab, 1 + round * 10_000_000, KILLS - kills, ROUND_MS, AT_ONCE);
      Object.assign(kept, more.kept);
      kills += more.kills;
    }
    console.log(`# ${name}: ${kills} workers killed`);
    assert.ok(kills > 200, `only ${kills}`);
    judge(await found({ name, browser, visit }), kept);
  }, { timeout: 240_000 });

  test("tabs killed while they write", async ({ browser, origin, visit }) => {
    const kept = {};
    let [tabs, frames, processes] = [0, 0, 0];
    for (const end = Date.now() + TABS_MS; Date.now() < end || tabs + frames < 100;) {
      const writing = await Promise.all(Array.from({ length: AT_ONCE }, (_, at) => visit(`/writing.html#tab${at}/,${1 + tabs * 1_000},${FRAMES}`)));
      await Promise.all(writing.map((tab) => tab.evaluate(() => begun)));
      await pause(Math.random() * 150);
      const told = (await Promise.all(writing.map((tab) => tab.evaluate(() => globalThis.kept())))).flat();
      Object.assign(kept, ...told);
      // One tab's room may have been made by another.
      for (const own of told) for (const [key, at] of Object.entries(own)) if (at === 0) kept[key] = 0;
      if (name !== "webkit") processes += await browser.killPages(origin.url);
      tabs += writing.length;
      frames += writing.length * FRAMES;
      await Promise.all(writing.map((tab) => tab.close()));
    }
    console.log(`# ${name}: ${tabs} tabs with ${frames} frames killed, by ${processes} processes`);
    assert.ok(tabs + frames >= 100, `only ${tabs + frames}`);
    judge(await found({ name, browser, visit }), kept);
  }, { timeout: 240_000 });

  test("a service worker stopped while it writes", async ({ browser, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-hammer.js", {}), null);
    let stops = 0;
    for (const end = Date.now() + STOPS_MS; Date.now() < end; stops += 1) {
      await tab.evaluate(async (n) => {
        const { active } = await navigator.serviceWorker.ready;
        active.postMessage({ call: "write", args: ["worker/", n] }, [new MessageChannel().port2]);
      }, 1 + stops * 1_000);
      await pause(50 + Math.random() * 200);
      await browser.stopWorkers();
    }
    console.log(`# ${name}: a service worker stopped ${stops} times`);
    assert.ok(stops >= 30, `only ${stops}`);
    judge(await found({ name, browser, visit }), {});
  }, { timeout: 240_000 });
});
