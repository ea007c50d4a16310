// Values come back equal, from each durable tier, after a reload and after the browser's restart.

import assert from "node:assert/strict";

import { open, reopened } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const DURABLE = ["cookie", "session", "local", "indexeddb", "cache-storage"];

forEachBrowser("values", (test) => {
  for (const tier of DURABLE) {
    test(`${tier} keeps a value across a reload`, async ({ visit }) => {
      const tab = await visit();
      const options = { tiers: ["memory", tier] };
      await open(tab, options);
      const value = { text: "grüße ☕", list: [1, 2.5, null, true], nested: { empty: "" } };
      await tab.evaluate((value, tier) => cache.set("ключ/1", value, { tier, ttl: 60_000 }), value, tier);
      await reopened(tab, options);
      // What is small comes into memory with the directory.
      const nearest = tier === "cache-storage" ? tier : "memory";
      assert.deepEqual(await tab.evaluate(() => cache.peek("ключ/1") ?? null), nearest === "memory" ? value : null);
      assert.deepEqual(await tab.evaluate(() => cache.get("ключ/1")), value);
      assert.equal(await tab.evaluate((tier) => cache.stats().tiers[tier].hits, nearest), 1);
      const entries = await tab.evaluate(async () => {
        const entries = [];
        for await (const [key, { tier, size, expires }] of cache.entries({ prefix: "ключ" })) entries.push({ key, tier, sized: size > 0, expires: expires > Date.now() });
        return entries;
      });
      assert.deepEqual(entries, [{ key: "ключ/1", tier, sized: true, expires: true }]);
      await tab.evaluate(() => cache.delete("ключ/1"));
      await reopened(tab, options);
      assert.equal(await tab.evaluate(() => cache.has("ключ/1")), false);
    });
  }

  test("everything that structured clone knows, by default", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    await tab.evaluate(async () => {
      await cache.setMany([
        ["date", new Date(86_400_000)], ["map", new Map([["a", { b: 1 }]])], ["set", new Set([1, "2"])],
        ["bytes", new Uint8Array([1, 2, 255])], ["buffer", new Uint16Array([513]).buffer], ["big", 12345678901234567890n],
        ["blob", new Blob(["blob text"], { type: "text/x-test" })], ["regexp", /a+/giu], ["error", new RangeError("far")],
        ["nan", NaN], ["null", null], ["false", false], ["zero", 0], ["empty", ""], ["hole", [1, , 3]], ["surrogate", "\ud800 \ud83d\ude00"],
        ["cycle", (() => { const o = { n: 1 }; o.self = o; return o; })()],
      ]);
    });
    const check = () => tab.evaluate(async () => {
      const got = async (key) => cache.get(key);
      const blob = await got("blob"), cycle = await got("cycle"), error = await got("error"), hole = await got("hole");
      return {
        date: (await got("date")).getTime(), map: (await got("map")).get("a").b, set: [...await got("set")],
        bytes: [...await got("bytes")], isBytes: (await got("bytes")) instanceof Uint8Array, buffer: new Uint16Array(await got("buffer"))[0],
        big: String(await got("big")), blob: [blob.type, await blob.text()], regexp: String(await got("regexp")),
        error: [error instanceof RangeError, error.message], nan: Number.isNaN(await got("nan")),
        plain: [await got("null"), await got("false"), await got("zero"), await got("empty")],
        hole: [hole.length, 1 in hole], surrogate: escape(await got("surrogate")), cycle: cycle.self === cycle,
      };
    });
    const expected = {
      date: 86_400_000, map: 1, set: [1, "2"], bytes: [1, 2, 255], isBytes: true, buffer: 513, big: "12345678901234567890",
      blob: ["text/x-test", "blob text"], regexp: "/a+/giu", error: [true, "far"], nan: true, plain: [null, false, 0, ""],
      hole: [3, false], surrogate: "%uD800%20%uD83D%uDE00", cycle: true,
    };
    assert.deepEqual(await check(), expected, "from memory");
    await reopened(tab);
    assert.deepEqual(await check(), expected, "from the durable tier");
  });

  test("many at once are one commit, however many", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    assert.equal(await tab.evaluate(async () => {
      const { transaction } = IDBDatabase.prototype;
      let commits = 0;
      IDBDatabase.prototype.transaction = function (stores, mode, ...rest) {
        if (mode === "readwrite") commits += 1;
        return transaction.call(this, stores, mode, ...rest);
      };
      await cache.setMany(Array.from({ length: 1_000 }, (_, n) => [`k${n}`, n]));
      return commits;
    }), 1);
    await reopened(tab);
    assert.equal(await tab.evaluate(async () => (await Array.fromAsync(cache.entries())).length), 1_000);
  });

  test("a value is a private copy: neither side's changes reach the other", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    assert.deepEqual(await tab.evaluate(async () => {
      const mine = { list: [1] };
      await cache.set("k", mine);
      mine.list.push("mine");
      const yours = await cache.get("k");
      yours.list.push("yours");
      return [await cache.get("k"), mine, yours];
    }), [{ list: [1] }, { list: [1, "mine"] }, { list: [1, "yours"] }]);
  });

  test("a lifetime ends, in memory and after a reload", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    assert.deepEqual(await tab.evaluate(async () => {
      await cache.set("short", 1, { ttl: 2_000 });
      await cache.set("long", 2, { ttl: 60_000 });
      return [await cache.get("short"), cache.peek("short")];
    }), [1, 1]);
    await until(() => tab.evaluate(() => cache.peek("short") === undefined));
    await reopened(tab);
    assert.deepEqual(await tab.evaluate(async () => [await cache.get("short"), await cache.has("short"), await cache.get("long")]), [null, false, 2]);
  });

  test("what was written survives the browser's restart, except in session storage", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await open(tab, { tiers: DURABLE });
    await tab.evaluate(async (tiers) => {
      for (const tier of tiers) await cache.set(tier, tier, { tier, ttl: 600_000, durable: true });
      await cache.close();
    }, DURABLE);
    await browser.restart();
    const again = await browser.newTab(origin.url);
    await open(again, { tiers: DURABLE });
    assert.deepEqual(await again.evaluate((tiers) => cache.getMany(tiers), DURABLE), ["cookie", null, "local", "indexeddb", "cache-storage"]);
  });
});
