// What a caller can get wrong: a typed error that names it, nothing written, and the instance still usable.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("bad input", (test) => {
  for (const [what, options, path] of [
    ["an unknown option", { nmae: "x" }, /nmae/],
    ["an unknown tier", { tiers: ["memory", "disk"] }, /tiers/],
    ["a tier listed twice", { tiers: ["memory", "local", "memory"] }, /tiers/],
    ["no tier at all", { tiers: [] }, /tiers/],
    ["a negative budget", { budgets: { memory: -1 } }, /budgets/],
    ["a budget without a number", { budgets: { memory: "lots" } }, /budgets/],
    ["a budget of no tier", { budgets: { disk: "1MB" } }, /budgets/],
    ["an empty name", { name: "" }, /name/],
    ["a version that is none", { version: "three" }, /version/],
    ["an origin of no kind", { origin: { kind: "gopher" } }, /origin/],
    ["options that are no object", 7, /./],
  ]) {
    test(`open refuses ${what}`, async ({ visit }) => {
      const tab = await visit();
      const error = await tab.evaluate((options) => refusal(() => nearcache.open(typeof options === "object" ? { name: "test", ...options } : options)), options);
      assert.equal(error?.typed, true, JSON.stringify(error));
      assert.equal(error.code, "invalid-option");
      assert.match(error.message, path);
      await open(tab);
      assert.equal(await tab.evaluate(async () => (await cache.set("k", 1), cache.get("k"))), 1);
    });
  }

  for (const [what, call, code] of [
    ["an empty key", `cache.set("", 1)`, "invalid-key"],
    ["a key of 10 MB", `cache.set("k".repeat(10_000_000), 1)`, "invalid-key"],
    ["a key that is no text", `cache.set(7, 1)`, "invalid-option"],
    ["reading an empty key", `cache.get("")`, "invalid-key"],
    ["a negative ttl", `cache.set("k", 1, { ttl: -1 })`, "invalid-option"],
    ["a ttl that is no number", `cache.set("k", 1, { ttl: NaN })`, "invalid-option"],
    ["an unknown option", `cache.set("k", 1, { tll: 5 })`, "invalid-option"],
    ["tags that are no list", `cache.set("k", 1, { tags: 5 })`, "invalid-option"],
    ["an unknown tier", `cache.set("k", 1, { tier: "disk" })`, "invalid-option"],
    ["a function", `cache.set("k", () => 1)`, "not-cloneable"],
    ["a function inside", `cache.set("k", { deep: [{ f() {} }] })`, "not-cloneable"],
    ["a DOM node", `cache.set("k", document.body)`, "not-cloneable"],
    ["a symbol", `cache.set("k", Symbol("s"))`, "not-cloneable"],
    ["a promise", `cache.set("k", Promise.resolve(1))`, "not-cloneable"],
    ["a bad entry among good ones", `cache.setMany([["good", 1], ["k", () => 1]])`, "not-cloneable"],
    ["a value a cookie cannot hold", `cache.set("k", "x".repeat(100_000), { tier: "cookie" })`, "too-large"],
    ["an unknown event", `cache.on("hti", () => {})`, "invalid-option"],
    ["a loader that is none", `cache.getOrSet("k", 5)`, "invalid-option"],
  ]) {
    test(`${what} is ${code}`, async ({ visit }) => {
      const tab = await visit();
      await open(tab);
      const { error, after, entries, usable } = await tab.evaluate(async (call) => {
        const error = await refusal(new Function(`return ${call}`));
        const entries = [];
        for await (const [key] of cache.entries()) entries.push(key);
        const after = cache.peek("k") ?? null;
        await cache.set("usable", true);
        return { error, after, entries, usable: await cache.get("usable") };
      }, call);
      assert.equal(error?.typed, true, JSON.stringify(error));
      assert.equal(error.code, code, error.message);
      assert.ok(error.message.length > 10);
      assert.deepEqual({ after, entries, usable }, { after: null, entries: [], usable: true });
    });
  }

  test("a closed cache says so, and another opens", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const code = await tab.evaluate(async () => {
      await cache.set("k", 1);
      await cache.close();
      return (await refusal(() => cache.get("k"))).code;
    });
    assert.equal(code, "closed");
    await open(tab);
    assert.equal(await tab.evaluate(() => cache.get("k")), 1);
  });
});
