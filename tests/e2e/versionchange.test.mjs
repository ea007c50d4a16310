// Databases that are deleted, closed, upgraded or not there at all while the cache is open; versions of the cache beside
// each other; and the stored layout, as a fixture that later code must still read.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const DURABLE = { tiers: ["memory", "indexeddb"] };
const databases = (tab) => tab.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name).filter((name) => name.startsWith("nearcache:")));

forEachBrowser("version changes", (test, name) => {
  test("a database that another tab deletes again and again while we write", async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    await open(one, DURABLE);
    const writing = one.evaluate(async () => {
      const homes = new Set();
      for (let n = 0; n < 150; n += 1) homes.add(await cache.set(`k${n % 10}`, n));
      return [...homes];
    });
    const outcomes = await two.evaluate(async () => {
      const outcomes = [];
      for (let round = 0; round < 5; round += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        for (const { name } of await indexedDB.databases()) {
          outcomes.push(await new Promise((resolve) => {
            const request = indexedDB.deleteDatabase(name);
            Object.assign(request, { onsuccess: () => resolve("deleted"), onerror: () => resolve("failed") });
            setTimeout(() => resolve("blocked"), 5_000);
          }));
        }
      }
      return outcomes;
    });
    assert.ok((await writing).includes("indexeddb"));
    assert.deepEqual([...new Set(outcomes)], ["deleted"]);
    assert.equal(await one.evaluate(() => cache.set("last", 1)), "indexeddb");
    await reopened(one, DURABLE);
    assert.equal(await one.evaluate(() => cache.get("last")), 1);
  });

  test("a connection that the browser closes under us", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await open(tab, DURABLE);
    await tab.evaluate(() => cache.set("before", 1));
    for (let round = 1; round <= 3; round += 1) {
      if (name === "chromium") await tab.cdp("Storage.clearDataForOrigin", { origin: origin.url, storageTypes: "indexeddb" });
      else {
        await browser.chrome((url) => new Promise((resolve, reject) => {
          const principal = Services.scriptSecurityManager.createContentPrincipalFromOrigin(url);
          const request = Services.qms.clearStoragesForPrincipal(principal);
          request.callback = () => (request.resultCode ? reject(request.resultCode) : resolve());
        }), origin.url);
      }
      const homes = await tab.evaluate(async (round) => [await cache.set("after", round), await cache.set("again", round)], round);
      assert.ok(homes.includes("indexeddb"), `${homes}`);
      assert.equal(await tab.evaluate(() => cache.get("after")), round);
    }
    assert.equal(await tab.evaluate(() => cache.set("last", 1)), "indexeddb");
    await reopened(tab, DURABLE);
    assert.equal(await tab.evaluate(() => cache.get("last")), 1);
  });

  test("a raised version drops the older one under an open tab, which goes on; a downgrade harms nothing", async ({ visit }) => {
    const [old, young] = [await visit(), await visit()];
    await open(old, { version: 1 });
    await old.evaluate(() => cache.set("k", "old"));
    await old.evaluate(() => cache.set("small", "old", { tier: "local" }));
    await open(young, { version: 2 });
    assert.deepEqual(await young.evaluate(() => cache.getMany(["k", "small"])), [null, null], "an old value was read");
    await until(async () => !(await databases(young)).includes("nearcache:test:1::"));
    assert.equal(await young.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("nearcache:test:1:")).length), 0);
    await young.evaluate(() => cache.set("k", "young"));
    // The old tab goes on, among its own.
    assert.equal(await old.evaluate(async () => (await cache.set("k", "older"), cache.get("k"))), "older");
    assert.equal(await young.evaluate(() => cache.get("k")), "young");
    // A page of the older release is opened anew: it sees its own and touches nobody else's.
    await reopened(old, { version: 1 });
    assert.equal(await old.evaluate(async () => (await cache.set("j", "old"), cache.get("j"))), "old");
    await old.evaluate(() => cache.clear());
    await reopened(young, { version: 2 });
    assert.equal(await young.evaluate(() => cache.get("k")), "young");
  });

  test("a database of a later layout is left as it is, and another tier takes over", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => new Promise((resolve, reject) => {
      const request = indexedDB.open("nearcache:test:1::", 7);
      request.onupgradeneeded = () => request.result.createObjectStore("later").put("kept", "k");
      request.onsuccess = () => resolve(request.result.close());
      request.onerror = () => reject(request.error);
    }));
    await open(tab, { tiers: ["memory", "local", "indexeddb"] });
    assert.equal(await tab.evaluate(() => cache.set("k", 1)), "local");
    await reopened(tab, { tiers: ["memory", "local", "indexeddb"] });
    assert.equal(await tab.evaluate(() => cache.get("k")), 1);
    assert.ok((await tab.evaluate(() => rawStores())).some((line) => line.includes("/later k = kept")));
  });

  for (const how of ["absent", "throwing"]) {
    test(`IndexedDB ${how}, as in some private modes`, async ({ origin, visit }) => {
      const tab = await visit();
      await tab.evaluate((how) => {
        Object.defineProperty(globalThis, "indexedDB", how === "absent"
          ? { value: undefined } : { get() { throw new DOMException("denied", "SecurityError"); } });
      }, how);
      await open(tab);
      const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
      assert.equal((await fetched(tab, path)).body, "hello");
      await tab.evaluate(() => cache.flush());
      assert.equal((await fetched(tab, path)).via.hit, true);
      assert.notEqual(await tab.evaluate(() => cache.set("k", { n: 1 })), "indexeddb");
      assert.deepEqual(await tab.evaluate(async () => [await cache.get("k"), await cache.getOrSet("l", () => 2), await cache.delete("k"), await cache.has("k")]), [{ n: 1 }, 2, true, false]);
      await tab.evaluate(() => cache.clear());
    });
  }

  test("IndexedDB that was only slow to start is taken back without a reload", async ({ visit }) => {
    const tab = await visit();
    await open(tab, DURABLE);
    await tab.evaluate(() => cache.set("k", 1));
    await tab.reload();
    await tab.evaluate(() => {
      globalThis.opens = IDBFactory.prototype.open;
      IDBFactory.prototype.open = () => new EventTarget();
    });
    await open(tab, DURABLE);
    assert.equal(await tab.evaluate(() => cache.set("meanwhile", 1)), "memory");
    await tab.evaluate(() => { IDBFactory.prototype.open = globalThis.opens; });
    await until(() => tab.evaluate(async () => (await cache.set("probe", 1)) === "indexeddb"), 10_000);
    assert.deepEqual(await tab.evaluate(() => cache.getMany(["k", "meanwhile"])), [1, 1]);
  });

  test("what the first layout stored is read", async ({ origin, visit }) => {
    // The origin's port is part of the keys: as many characters as in the fixture's, so that lengths hold.
    const fixture = (await readFile(new URL("./fixtures/layout-1.json", import.meta.url), "utf8")).replaceAll("http://127.0.0.1:00000", origin.url);
    assert.equal(origin.url.length, "http://127.0.0.1:00000".length);
    const tab = await visit();
    await tab.evaluate(async (fixture) => (await import("/layout.js")).restore(fixture), JSON.parse(fixture));
    await open(tab, { partition: "alice" });
    const got = await tab.evaluate(async () => ({
      values: await cache.getMany(["small", "large", "local", "bytes", "cached", "stale"]).then(([small, large, local, bytes, ...rest]) => [
        small, large.length, local, [...new Uint8Array(bytes)], ...rest,
      ]),
      tags: await Array.fromAsync(cache.entries({ prefix: "small" }), ([, { tags }]) => tags),
    }));
    assert.deepEqual(got, { values: [{ n: 1, list: ["a", null] }, 6_000, "in localStorage", [1, 2, 255], "in the Cache API", null], tags: [["red", "blue"]] });
    const response = await fetched(tab, "/s/a", { cache: "force-cache" });
    assert.deepEqual([response.status, response.body, response.via.hit, response.headers.etag], [200, "hello", true, '"1"']);
    assert.equal(await tab.evaluate(() => cache.invalidate({ tags: ["red"] })), 1);
  });
});
