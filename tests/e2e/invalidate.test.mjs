// invalidate: by key, keys, prefix, tags, URL and pattern; nothing else goes, and nothing comes back.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("invalidate", (test) => {
  for (const [what, gone] of [
    [{ key: "a/1" }, ["a/1"]],
    [{ keys: ["a/1", "b/1", "none"] }, ["a/1", "b/1"]],
    [{ prefix: "a/" }, ["a/1", "a/2"]],
    [{ tags: ["red"] }, ["a/1", "b/2"]],
    [{ tags: ["red", "blue"] }, ["a/1", "b/1", "b/2"]],
  ]) {
    test(`by ${JSON.stringify(what)}`, async ({ visit }) => {
      const tab = await visit();
      await open(tab);
      const all = ["a/1", "a/2", "b/1", "b/2"];
      await tab.evaluate(async (what) => {
        await cache.set("a/1", 1, { tags: ["red"] });
        await cache.set("a/2", 1);
        await cache.set("b/1", 1, { tags: ["blue"] });
        await cache.set("b/2", 1, { tags: ["red", "green"] });
        await cache.invalidate(what);
      }, what);
      const present = () => tab.evaluate((all) => Promise.all(all.map((key) => cache.has(key))), all);
      const expected = all.map((key) => !gone.includes(key));
      assert.deepEqual(await present(), expected);
      await reopened(tab);
      assert.deepEqual(await present(), expected, "after a reload");
    });
  }

  test("by a pattern", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    assert.deepEqual(await tab.evaluate(async () => {
      await cache.setMany([["n1", 1], ["n2", 2], ["x", 3]]);
      await cache.invalidate({ match: /^n\d$/ });
      return cache.getMany(["n1", "n2", "x"]);
    }), [null, null, 3]);
  });

  test("a response, by its URL", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const paths = [await origin.script("a", { headers: headers("max-age=60"), body: "a" }), await origin.script("b", { headers: headers("max-age=60"), body: "b" })];
    for (const path of paths) await fetched(tab, path);
    await tab.evaluate((path) => cache.invalidate({ url: path }), paths[0]);
    for (const path of paths) await fetched(tab, path);
    assert.equal((await origin.asked("a")).length, 2);
    assert.equal((await origin.asked("b")).length, 1);
  });

  for (const [what, remove] of [["clear", () => cache.clear()], ["delete", () => cache.delete("k")], ["invalidate", () => cache.invalidate({ tags: ["t"], prefix: "k" })]]) {
    test(`what is set right after ${what} was called stays, though nobody waited`, async ({ visit }) => {
      const tab = await visit();
      await open(tab);
      await tab.evaluate(async (remove) => {
        await cache.set("k", "old", { tags: ["t"] });
        await Promise.all([(0, eval)(`(${remove})`)(), cache.set("k", "new", { tags: ["t"] })]);
      }, String(remove));
      assert.equal(await tab.evaluate(() => cache.get("k")), "new");
      await reopened(tab);
      assert.equal(await tab.evaluate(() => cache.get("k")), "new");
    });
  }

  test("a selector of nothing, or an unknown one, is refused", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    for (const bad of [{}, { keey: "a" }, { key: "" }]) {
      const error = await tab.evaluate((bad) => refusal(() => cache.invalidate(bad)), bad);
      assert.equal(error?.typed, true, `${JSON.stringify(bad)}: ${JSON.stringify(error)}`);
    }
  });
});
