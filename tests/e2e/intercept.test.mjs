// cache.intercept: the page's own fetch goes through the cache, until it is undone.

import assert from "node:assert/strict";

import { headers, open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("intercept", (test) => {
  test("global fetch is answered by the cache; undo puts the old one back", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    const result = await tab.evaluate(async (path) => {
      const native = fetch;
      const undo = cache.intercept();
      const status = async () => (await fetch(path)).headers.get("cache-status");
      const during = [await status(), await status(), (await fetch(new Request(path))).headers.get("cache-status")];
      undo();
      return { during, restored: fetch === native, after: await status() };
    }, path);
    assert.match(result.during[0], /fwd/);
    assert.match(result.during[1], /hit/);
    assert.match(result.during[2], /hit/);
    assert.equal(result.restored, true);
    assert.equal(result.after, null);
  });

  test("a wrapper around ours stays in place and passes on", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const calls = await tab.evaluate(async () => {
      const undo = cache.intercept();
      const ours = fetch;
      let calls = 0;
      globalThis.fetch = (...args) => (calls += 1, ours(...args));
      undo();
      await fetch("/api/categories");
      return calls;
    });
    assert.equal(calls, 1);
  });
});
