// A disk that is really full: the least valuable entries go, the write is tried once more, and memory keeps what finds no
// room. Nobody is thrown at, and when there is room again it is used.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { narrowing } from "./lib/quota.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const MB = 1 << 20;

forEachBrowser("quota", (test, name) => {
  test("a full disk evicts, then memory serves, then the disk is used again", async ({ browser, origin, visit }) => {
    const tab = await visit();
    const narrow = narrowing({ browser, origin, tab });
    // Room for about ten of the entries below.
    await narrow(12 * MB);
    try {
      await open(tab, { tiers: ["memory", "indexeddb"], budgets: { memory: "40MB", indexeddb: "200MB" } });
      const result = await tab.evaluate(async () => {
        // Nothing that a store could compress.
        const value = () => { const bytes = new Uint8Array(1 << 20); for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536)); return bytes.buffer; };
        const homes = [], thrown = [];
        const evicted = [];
        cache.on("evict", ({ key, tier }) => { if (tier === "indexeddb") evicted.push(key); });
        for (let n = 0; n < 24; n += 1) {
          try { homes.push(await cache.set(`k${n}`, value())); } catch (error) { thrown.push(`${n}: ${error.name} ${error.code}`); }
        }
        const { quota, usage } = await navigator.storage.estimate();
        const last = await cache.get("k23");
        return { homes, thrown, evicted, quota, usage, last: last?.byteLength, tiers: cache.stats().tiers.indexeddb };
      });
      console.log(`# ${name}: quota ${result.quota}, usage ${result.usage}, homes ${result.homes}, evicted ${result.evicted.length}, thrown ${result.thrown}`);
      assert.deepEqual(result.thrown, []);
      assert.equal(result.last, MB, "what was set last is there");
      assert.ok(result.homes[0] === "indexeddb", "it was full from the start");
      assert.ok(result.evicted.length > 0, "nothing was evicted");
      assert.equal(result.evicted[0], "k0", "the one unused for longest goes first");
      assert.deepEqual([...new Set(result.homes)], ["indexeddb"], "each found room once others had gone");

      // One that no eviction makes room for stays in memory.
      assert.equal(await tab.evaluate(async () => {
        const bytes = new Uint8Array(20 << 20);
        for (let at = 0; at < bytes.length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
        return cache.set("huge", bytes.buffer);
      }), "memory");
      assert.equal(await tab.evaluate(async () => (await cache.get("huge"))?.byteLength), 20 * MB);
      await tab.evaluate(() => cache.delete("huge"));
    } finally {
      await narrow(0);
    }
    assert.equal(await tab.evaluate(async () => { await cache.set("probe", 1); return cache.set("later", new Uint8Array(2 << 20).fill(7).buffer); }), "indexeddb");
    await tab.evaluate(() => cache.close());
    await tab.reload();
    await open(tab, { tiers: ["memory", "indexeddb"] });
    assert.equal(await tab.evaluate(async () => (await cache.get("later"))?.byteLength), 2 * MB);
  }, { timeout: 90_000 });
});
