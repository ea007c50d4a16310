// Killed at any point of a write: what is stored is the old entry or the new one, whole, never older than what was kept.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";
import { register } from "./lib/worker.mjs";

/** How many workers are killed in each browser, within how many rounds of what time, and how many write at once. */
const KILLS = 3_000;
const ROUNDS = 5;
const ROUND_MS = 12_000;
const AT_ONCE = 6;

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
          else kept[prefix + data.key] = n = Math.max(kept[prefix + data.key] ?? 0, data.at);
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

/** What is stored, after a new page has opened the cache: each entry's number, and records that belong to none. */
const found = (tab) => tab.evaluate(async () => {
  const { check } = await import("/writer.js");
  globalThis.cache = await nearcache.open({ name: "test" });
  const numbers = {};
  for await (const [key, { tags }] of cache.entries()) {
    const value = await cache.get(key);
    if (value === undefined) throw new Error(`${key} is listed and not there`);
    numbers[key] = check(value, tags);
  }
  const { corrupt } = cache.stats().tiers.indexeddb;
  await cache.flush();
  const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("nearcache:test:"));
  const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
  const db = await done(indexedDB.open(name));
  const transaction = db.transaction(["meta", "body"]);
  const [keys, records, bodies] = await Promise.all([
    done(transaction.objectStore("meta").getAllKeys()), done(transaction.objectStore("meta").getAll()), done(transaction.objectStore("body").getAllKeys()),
  ]);
  db.close();
  const apart = keys.filter((_, at) => Array.isArray(records[at]) && records[at].length === 1);
  return { numbers, corrupt: corrupt ?? 0, orphans: bodies.filter((key) => !apart.includes(key)), bare: apart.filter((key) => !bodies.includes(key)) };
});

function judge({ numbers, corrupt, orphans, bare }, kept, name) {
  assert.deepEqual({ orphans, bare, corrupt }, { orphans: [], bare: [], corrupt: 0 });
  for (const [key, n] of Object.entries(kept)) {
    // WebKit's Cache API overwrites in two steps (docs/browsers.md).
    if (name === "webkit" && key.endsWith("/c") && !(key in numbers)) continue;
    assert.ok(numbers[key] >= n, `${key} was kept at ${n}, and is ${numbers[key]}`);
  }
  assert.ok(Object.keys(numbers).length > 0, "nothing was stored");
}

forEachBrowser("crashes", (test, name) => {
  test("workers killed while they write", async ({ visit }) => {
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
    const result = await found(await visit());
    judge(result, kept, name);
  }, { timeout: 180_000 });

  test("tabs killed while they write", async ({ visit }) => {
    const kept = {};
    for (let round = 0; round < 6; round += 1) {
      const tab = await visit("/");
      await open(tab);
      await tab.evaluate(async (n) => {
        const { write } = await import("/writer.js");
        globalThis.kept = {};
        void write(cache, "tab/", n, (key, at) => { globalThis.kept[`tab/${key}`] = at; });
      }, round * 10_000 + 1);
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 150));
      Object.assign(kept, await tab.evaluate(() => globalThis.kept));
      await (name === "chromium" ? tab.crash() : tab.close());
    }
    judge(await found(await visit()), kept, name);
  });

  test("a service worker stopped while it writes", async ({ browser, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-hammer.js", {}), null);
    for (let round = 0; round < 5; round += 1) {
      await tab.evaluate(async (n) => {
        const { active } = await navigator.serviceWorker.ready;
        active.postMessage({ call: "write", args: ["worker/", n] }, [new MessageChannel().port2]);
      }, round * 10_000 + 1);
      await new Promise((resolve) => setTimeout(resolve, 200 + Math.random() * 200));
      await browser.stopWorkers();
    }
    judge(await found(await visit()), {});
  });
});
