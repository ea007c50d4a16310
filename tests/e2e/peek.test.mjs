// peek: synchronous, memory only, and a frozen snapshot that all callers share.

import assert from "node:assert/strict";

import { open, reopened } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

forEachBrowser("peek", (test) => {
  test("sees what is in memory, at once, and never a promise", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const result = await tab.evaluate(async () => {
      const absent = cache.peek("k");
      const writing = cache.set("k", { list: [1] });
      const during = cache.peek("k");
      await writing;
      const kept = cache.peek("k");
      const frozen = Object.isFrozen(kept) && Object.isFrozen(kept.list);
      const attempt = (() => { "use strict"; try { kept.list.push(2); return "changed"; } catch (error) { return error.name; } })();
      return { absent: absent === undefined, during, kept, frozen, attempt, shared: cache.peek("k") === kept, after: await cache.get("k") };
    });
    assert.deepEqual(result, {
      absent: true, during: { list: [1] }, kept: { list: [1] }, frozen: true, attempt: "TypeError", shared: true, after: { list: [1] },
    });
  });

  test("does not read the durable tiers; get does, and brings it into memory", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const lengths = () => tab.evaluate(async () => [cache.peek("k"), await cache.get("k"), cache.peek("k")].map((text) => text?.length ?? null));
    await tab.evaluate(() => cache.set("k", "v".repeat(10_000)));
    await reopened(tab);
    assert.deepEqual(await lengths(), [null, 10_000, 10_000]);
  });

  test("sees small entries at once after a start, without I/O", async ({ visit }) => {
    const tab = await visit();
    for (const tiers of [["memory", "indexeddb"], ["memory", "local"]]) {
      await open(tab, { tiers });
      await tab.evaluate(() => cache.set("theme", { dark: true }));
      await reopened(tab, { tiers });
      assert.deepEqual(await tab.evaluate(() => cache.peek("theme")), { dark: true }, String(tiers));
    }
  });

  test("never sees what is no longer there: replaced, deleted, expired, cleared, closed, by another tab", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    await open(tab);
    await open(other);
    const seen = await tab.evaluate(async () => {
      const seen = [];
      const look = () => seen.push(cache.peek("k")?.n ?? null);
      for (const change of [
        () => cache.set("k", { n: 2 }),
        () => cache.delete("k"),
        () => cache.set("k", { n: 3 }, { ttl: 1_000 }),
        () => new Promise((resolve) => setTimeout(resolve, 1_050)),
        () => cache.set("k", { n: 4 }),
        () => cache.clear(),
      ]) {
        if (!seen.length) {
          await cache.set("k", { n: 1 });
          look();
        }
        await change();
        look();
        look();
      }
      await cache.set("k", { n: 5 });
      look();
      return seen;
    });
    assert.deepEqual(seen, [1, 2, 2, null, null, 3, 3, null, null, 4, 4, null, null, 5]);
    await other.evaluate(() => cache.set("k", { n: 6 }));
    await until(() => tab.evaluate(() => cache.peek("k")?.n !== 5));
    const closed = await tab.evaluate(async () => {
      await cache.set("k", 7);
      cache.peek("k");
      await cache.close();
      try {
        return cache.peek("k");
      } catch (error) {
        return error.code;
      }
    });
    assert.equal(closed, "closed");
  });
});
