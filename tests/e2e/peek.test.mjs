// peek: synchronous, memory only, and a frozen snapshot that all callers share.

import assert from "node:assert/strict";

import { open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

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
    await tab.evaluate(() => cache.set("k", "v"));
    await reopened(tab);
    assert.deepEqual(await tab.evaluate(async () => [cache.peek("k"), await cache.get("k"), cache.peek("k")]), [null, "v", "v"]);
  });
});
