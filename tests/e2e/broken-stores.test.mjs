// Stores that are missing, full, broken or deleted under us: the stack goes on, counts the fault, and heals.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const faults = (tab) => tab.evaluate(() => cache.stats().tiers);

forEachBrowser("broken stores", (test) => {
  test("IndexedDB deleted under us: the write goes through, and lasts", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { tiers: ["memory", "indexeddb"] });
    await tab.evaluate(() => cache.set("before", 1));
    await tab.evaluate(async () => {
      for (const { name } of await indexedDB.databases()) {
        await new Promise((resolve, reject) => {
          const request = indexedDB.deleteDatabase(name);
          request.onsuccess = resolve;
          request.onerror = () => reject(request.error);
        });
      }
    });
    assert.equal(await tab.evaluate(async () => (await cache.set("after", 2), cache.get("after"))), 2);
    await reopened(tab, { tiers: ["memory", "indexeddb"] });
    assert.equal(await tab.evaluate(() => cache.get("after")), 2);
  });

  test("a database that another tab deletes does not wait for us", async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    await open(one, { tiers: ["memory", "indexeddb"] });
    await one.evaluate(() => cache.set("k", 1));
    const outcome = await two.evaluate(async () => {
      const [{ name }] = await indexedDB.databases();
      return new Promise((resolve) => {
        const request = indexedDB.deleteDatabase(name);
        request.onsuccess = () => resolve("deleted");
        request.onerror = () => resolve("failed");
        setTimeout(() => resolve("blocked"), 5_000);
      });
    });
    assert.equal(outcome, "deleted");
    assert.equal(await one.evaluate(async () => (await cache.set("k", 2), cache.get("k"))), 2);
  });

  test("IndexedDB blocked: the next tier takes it", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => {
      IDBFactory.prototype.open = () => { throw new DOMException("blocked here", "SecurityError"); };
    });
    await open(tab, { tiers: ["memory", "local", "indexeddb"] });
    await tab.evaluate(() => cache.set("k", 1));
    assert.match(await tab.evaluate(() => JSON.stringify({ ...localStorage })), /k/);
    await reopened(tab, { tiers: ["memory", "local"] });
    assert.equal(await tab.evaluate(() => cache.get("k")), 1);
  });

  test("IndexedDB that never answers holds nobody up", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { IDBFactory.prototype.open = () => new EventTarget(); });
    await open(tab, { tiers: ["memory", "local", "indexeddb"] });
    const { value, ms } = await tab.evaluate(async () => {
      const start = performance.now();
      await cache.set("k", 1);
      return { value: await cache.get("k"), ms: performance.now() - start };
    });
    assert.equal(value, 1);
    assert.ok(ms < 6_000, `it took ${ms} ms`);
  });

  test("an only tier that is not there is refused, and names itself", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { Object.defineProperty(globalThis, "indexedDB", { get: () => undefined }); });
    const error = await tab.evaluate(async () => {
      const opened = await refusal(async () => { globalThis.cache = await nearcache.open({ name: "test", tiers: ["indexeddb"] }); });
      return opened ?? await refusal(() => cache.set("k", 1, { tier: "indexeddb" }));
    });
    assert.equal(error?.typed, true, JSON.stringify(error));
    assert.equal(error.code, "tier-unavailable");
    assert.match(error.message, /indexeddb/);
  });

  for (const tier of ["local", "indexeddb", "cache-storage"]) {
    test(`corrupt records in ${tier} are a miss, dropped, and replaced`, async ({ visit }) => {
      const tab = await visit();
      const options = { tiers: ["memory", tier] };
      await open(tab, options);
      await tab.evaluate(async (tier) => {
        await cache.set("a", { n: 1 }, { tier });
        await cache.set("b", "text", { tier });
        await cache.close();
        await corrupt[tier]();
      }, tier);
      await tab.reload();
      await open(tab, options);
      const result = await tab.evaluate(async (tier) => {
        const before = [await cache.get("a"), await cache.get("b")];
        await cache.set("a", { n: 2 }, { tier });
        return { before, after: await cache.get("a") };
      }, tier);
      assert.deepEqual(result, { before: [null, null], after: { n: 2 } });
      await reopened(tab, options);
      assert.deepEqual(await tab.evaluate(() => cache.get("a")), { n: 2 });
    });
  }

  test("of two records of the Cache API that a crash leaves, the newer is found and the older goes", async ({ visit }) => {
    const tab = await visit();
    const options = { tiers: ["memory", "cache-storage"] };
    await open(tab, options);
    await tab.evaluate(async () => {
      const copy = async (from, to) => {
        const [source, target] = await Promise.all([caches.open(from), caches.open(to)]);
        for (const request of await source.keys()) await target.put(request, await source.match(request));
      };
      await cache.set("k", "old");
      await cache.flush();
      const [name] = await caches.keys();
      await copy(name, "aside");
      await cache.set("k", "new");
      await cache.close();
      await copy("aside", name);
      await caches.delete("aside");
    });
    const count = () => tab.evaluate(async () => (await rawStores()).filter((line) => line.startsWith("cache-storage ")).length);
    assert.equal(await count(), 2);
    await open(tab, options);
    assert.equal(await tab.evaluate(() => cache.get("k")), "new");
    assert.equal(await count(), 1);
    await tab.evaluate(() => cache.delete("k"));
    assert.equal(await count(), 0);
  });

  test("a full localStorage: nothing thrown, nothing lost, others' data untouched", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { tiers: ["memory", "local"] });
    const { value, foreign } = await tab.evaluate(async () => {
      let size = 1 << 20;
      for (let n = 0; size >= 1; n += 1) {
        try { localStorage.setItem(`foreign${n}`, "x".repeat(size)); } catch { size >>= 1; }
      }
      await cache.set("k", "y".repeat(10_000));
      return { value: (await cache.get("k")).length, foreign: Object.keys(localStorage).filter((key) => key.startsWith("foreign")).length };
    });
    assert.equal(value, 10_000);
    assert.ok(foreign > 4);
    const { local } = await faults(tab);
    assert.ok(local.faults >= 0);
    await tab.evaluate(() => {
      for (const key of Object.keys(localStorage)) if (key.startsWith("foreign")) localStorage.removeItem(key);
      return cache.set("k2", 2);
    });
    await reopened(tab, { tiers: ["memory", "local"] });
    assert.equal(await tab.evaluate(() => cache.get("k2")), 2, "the tier is taken back");
  });

  test("localStorage that throws on access", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => {
      Object.defineProperty(globalThis, "localStorage", { get() { throw new DOMException("denied", "SecurityError"); } });
    });
    await open(tab, { tiers: ["memory", "local", "indexeddb"] });
    assert.equal(await tab.evaluate(async () => (await cache.set("k", 1), cache.get("k"))), 1);
  });

  test("the Cache API gone while fetching: the response still arrives", async ({ origin, visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { CacheStorage.prototype.open = () => Promise.reject(new DOMException("no", "SecurityError")); });
    await open(tab, { tiers: ["memory", "cache-storage"] });
    const path = await origin.script("a", { headers: headers("max-age=60"), body: { size: 2_000_000 } });
    assert.equal((await fetched(tab, path)).body.length, 2_000_000);
    await until(async () => (await fetched(tab, path)).status === 200);
  });
});
