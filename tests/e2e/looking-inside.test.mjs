// entries, usage, stats and events: what they say is what is there.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const TIERS = ["memory", "cookie", "session", "local", "indexeddb", "cache-storage"];

forEachBrowser("looking inside", (test) => {
  test("usage counts entries and bytes of each tier", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { tiers: TIERS });
    const usage = await tab.evaluate(async (tiers) => {
      for (const tier of tiers) await cache.set(`in ${tier}`, "x".repeat(500), { tier });
      return cache.usage();
    }, TIERS);
    for (const tier of TIERS) {
      assert.ok(usage.tiers[tier].entries >= 1, `${tier}: ${JSON.stringify(usage.tiers[tier])}`);
      assert.ok(usage.tiers[tier].bytes >= 500, `${tier}: ${JSON.stringify(usage.tiers[tier])}`);
    }
    assert.ok(usage.quota > usage.usage);
  });

  test("entries lists values and responses, by prefix too", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    await fetched(tab, "/api/categories");
    const { all, some } = await tab.evaluate(async () => {
      await cache.set("user/1", 1, { tags: ["user"], ttl: "1h" });
      await cache.set("user/2", 1);
      const list = async (filter) => {
        const list = [];
        for await (const [key, info] of cache.entries(filter)) list.push({ key, ...info });
        return list;
      };
      return { all: await list(), some: await list({ prefix: "user/" }) };
    });
    assert.deepEqual(some.map(({ key }) => key).sort(), ["user/1", "user/2"]);
    const [first, second] = some.sort((a, b) => (a.key < b.key ? -1 : 1));
    assert.deepEqual([first.tags, first.kind, first.fresh, second.expires], [["user"], "value", true, undefined]);
    const response = all.find(({ kind }) => kind === "response");
    assert.deepEqual([response.url, response.status], [`${origin.url}/api/categories`, 200]);
  });

  test("an invalidation tells how many went, and whether it was everything; other tabs are told the same", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    for (const one of [tab, other]) {
      await open(one);
      await one.evaluate(() => void cache.on("invalidate", ({ count, all }) => (globalThis.told ??= []).push([count, all])));
    }
    await tab.evaluate(async () => {
      for (const key of ["a", "b", "c"]) await cache.set(key, 1);
    });
    await until(() => other.evaluate(() => cache.has("c")));
    await tab.evaluate(async () => {
      await cache.delete("a");
      await cache.clear();
    });
    await until(() => other.evaluate(() => globalThis.told?.length === 2));
    for (const one of [tab, other]) assert.deepEqual(await one.evaluate(() => told), [[1, false], [2, true]]);
  });

  test("events name keys and tiers, and end when told to", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const events = await tab.evaluate(async () => {
      const events = [];
      const stops = ["hit", "miss", "write", "invalidate"].map((type) => cache.on(type, (event) => events.push(event)));
      await cache.get("k");
      await cache.set("k", 1);
      await cache.get("k");
      await cache.invalidate({ key: "k" });
      for (const stop of stops) stop();
      await cache.set("k", 2);
      return events;
    });
    assert.deepEqual(events.map(({ type, tier, count }) => [type, tier ?? count]),
      [["miss", null], ["write", "indexeddb"], ["hit", "memory"], ["invalidate", 1]].map(([type, more]) => [type, more ?? undefined]));
  });

  for (const size of [100, 3_000_000]) {
    test(`flush waits until a response of ${size} bytes is committed, and events name it as entries does`, async ({ origin, visit }) => {
      const tab = await visit();
      await open(tab);
      const path = await origin.script("a", { headers: headers("max-age=60"), body: { size } });
      const { written, listed } = await tab.evaluate(async (path) => {
        const written = [];
        cache.on("write", ({ key }) => written.push(key));
        await (await cache.fetch(path)).arrayBuffer();
        await cache.flush();
        const listed = [];
        for await (const [key] of cache.entries()) listed.push(key);
        return { written, listed };
      }, path);
      assert.equal(listed.length, 1);
      assert.deepEqual(written, listed);
    });
  }

  test("a listener that throws breaks nothing", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const value = await tab.evaluate(async () => {
      cache.on("write", () => { throw new Error("listener"); });
      addEventListener("error", (event) => event.preventDefault(), { once: true });
      await cache.set("k", 1);
      return cache.get("k");
    });
    assert.equal(value, 1);
  });

  test("a budget holds: older entries make room", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { tiers: ["memory", "indexeddb"], budgets: { memory: "64KB", indexeddb: "256KB" } });
    const { usage, last } = await tab.evaluate(async () => {
      for (let n = 0; n < 100; n += 1) await cache.set(`n${n}`, "x".repeat(10_000));
      await cache.flush();
      return { usage: await cache.usage(), last: (await cache.get("n99"))?.length };
    });
    assert.equal(last, 10_000);
    assert.ok(usage.tiers.memory.bytes <= 64 << 10, JSON.stringify(usage));
    assert.ok(usage.tiers.indexeddb.bytes <= 256 << 10, JSON.stringify(usage));
  });
});
