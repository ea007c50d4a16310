// getOrSet and memoize: one loader at a time a key, its outcome for every waiter, no failure kept.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("single flight", (test) => {
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
});
