// getOrSet and memoize: one loader at a time a key, its outcome for every waiter, no failure kept.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { inFreezer } from "./lib/freezer.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("single flight", (test, name) => {
  test("twenty callers, one loader, twenty copies", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const result = await tab.evaluate(async () => {
      let loads = 0;
      const load = async () => (loads += 1, await new Promise((resolve) => setTimeout(resolve, 50)), { list: [1] });
      const all = await Promise.all(Array.from({ length: 20 }, () => cache.getOrSet("k", load)));
      all[0].list.push(2);
      return { loads, untouched: all.slice(1).every(({ list }) => list.length === 1), stored: await cache.get("k") };
    });
    assert.deepEqual(result, { loads: 1, untouched: true, stored: { list: [1] } });
  });

  test("an error reaches every waiter and is not kept", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const result = await tab.evaluate(async () => {
      let loads = 0;
      const fail = async () => { loads += 1; throw new RangeError("no luck"); };
      const all = await Promise.allSettled(Array.from({ length: 5 }, () => cache.getOrSet("k", fail)));
      return {
        loads, reasons: [...new Set(all.map(({ reason }) => `${reason.name}: ${reason.message}`))],
        next: await cache.getOrSet("k", () => "good"), kept: await cache.get("k"),
      };
    });
    assert.deepEqual(result, { loads: 1, reasons: ["RangeError: no luck"], next: "good", kept: "good" });
  });

  test("a loader that throws at once, or gives something that cannot be stored", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const result = await tab.evaluate(async () => ({
      thrown: await refusal(() => cache.getOrSet("a", () => { throw new TypeError("sync"); })),
      odd: await refusal(() => cache.getOrSet("b", () => () => {})),
      after: await cache.getOrSet("b", () => 3),
    }));
    assert.equal(result.thrown.name, "TypeError");
    assert.equal(result.odd.code, "not-cloneable");
    assert.equal(result.after, 3);
  });

  test("memoize calls through once for equal arguments", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const result = await tab.evaluate(async () => {
      let calls = 0;
      const add = cache.memoize(async (a, b) => (calls += 1, a + b), { key: (a, b) => `add/${a}/${b}`, ttl: 60_000 });
      const sums = [...await Promise.all([add(1, 2), add(1, 2)]), await add(1, 2), await add(2, 2)];
      return { calls, sums };
    });
    assert.deepEqual(result, { calls: 2, sums: [3, 3, 3, 4] });
  });

  test("a loader that asks for its own key is refused, and does not wait for itself", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const result = await tab.evaluate(async () => ({
      error: await refusal(() => cache.getOrSet("k", () => cache.getOrSet("k", () => 1))),
      other: await cache.getOrSet("a", () => cache.getOrSet("b", () => 1)),
      after: await cache.getOrSet("k", () => 2),
    }));
    assert.deepEqual([result.error.typed, result.error.code, result.other, result.after], [true, "own-key", 1, 2]);
  });

  test("five tabs that miss at once: one request, one loader", async ({ origin, visit }) => {
    const tabs = [];
    for (let at = 0; at < 5; at += 1) tabs.push(await visit());
    for (const tab of tabs) await open(tab);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello", delayMs: 700 });
    const got = await Promise.all(tabs.map((tab) => fetched(tab, path)));
    assert.deepEqual(got.map(({ body }) => body), Array(5).fill("hello"));
    assert.equal((await origin.asked("a")).length, 1);

    const loaded = await origin.script("b", { headers: headers("no-store"), body: "loaded", delayMs: 700 });
    const values = await Promise.all(tabs.map((tab) => tab.evaluate((path) => cache.getOrSet("k", async () => (await fetch(path)).text()), loaded)));
    assert.deepEqual(values, Array(5).fill("loaded"));
    assert.equal((await origin.asked("b")).length, 1);
  }, { timeout: 90_000 });

  /** One tab loads and never ends; another asks too. Resolves to what the other gets, and after how long, once `harm` was done. */
  async function withoutTheHolder(holder, other, harm) {
    await holder.evaluate(() => new Promise((called) => void cache.getOrSet("k", () => (called(), new Promise(() => {})))));
    await other.evaluate(() => {
      const start = performance.now();
      globalThis.waiting = cache.getOrSet("k", () => "mine").then((value) => ({ value, ms: performance.now() - start }));
    });
    await new Promise((resolve) => setTimeout(resolve, 300));
    await harm();
    return other.evaluate(() => waiting);
  }

  test("a tab killed half-way: another goes on at once", async ({ visit }) => {
    const [holder, other] = [await visit(), await visit()];
    for (const tab of [holder, other]) await open(tab);
    const { value, ms } = await withoutTheHolder(holder, other, () => (name === "chromium" ? holder.crash() : holder.close()));
    assert.equal(value, "mine");
    assert.ok(ms > 250 && ms < 4_500, `after ${ms} ms`);
  });

  if (name === "chromium") {
    test("a tab frozen half-way: another goes on within the time-out", async ({ origin }) => inFreezer(async (visit) => {
      const [holder, other] = [await visit(origin.url), await visit(origin.url)];
      for (const tab of [holder, other]) await open(tab);
      const { value, ms } = await withoutTheHolder(holder, other, () => holder.freeze());
      assert.equal(value, "mine");
      assert.ok(ms < 8_000, `after ${ms} ms`);
    }));
  }
});
