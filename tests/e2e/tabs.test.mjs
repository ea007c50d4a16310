// Two tabs of one origin: what happens in one holds in the other.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

async function twoTabs(visit, options) {
  const tabs = [await visit(), await visit()];
  for (const tab of tabs) await open(tab, options);
  return tabs;
}

forEachBrowser("two tabs", (test) => {
  test("a value set in one is read in the other", async ({ visit }) => {
    const [one, two] = await twoTabs(visit);
    await one.evaluate(() => cache.set("greeting", { text: "hello" }));
    const got = await until(() => two.evaluate(() => cache.get("greeting")));
    assert.deepEqual(got, { text: "hello" });
  });

  test("an overwritten value does not live on in the other's memory", async ({ visit }) => {
    const [one, two] = await twoTabs(visit);
    await one.evaluate(() => cache.set("n", 1));
    await until(async () => (await two.evaluate(() => cache.get("n"))) === 1);
    await one.evaluate(() => cache.set("n", 2));
    await until(async () => (await two.evaluate(() => cache.get("n"))) === 2);
    assert.notEqual(await two.evaluate(() => cache.peek("n")), 1);
  });

  for (const [how, what] of [
    ["key", { key: "a/1" }], ["prefix", { prefix: "a/" }], ["tags", { tags: ["red"] }],
  ]) {
    test(`invalidated by ${how} in one, gone in the other, memory too`, async ({ visit }) => {
      const [one, two] = await twoTabs(visit);
      await one.evaluate(async () => {
        await cache.set("a/1", "x", { tags: ["red"] });
        await cache.set("b/1", "y", { tags: ["blue"] });
      });
      await until(() => two.evaluate(async () => (await cache.get("a/1")) === "x" && (await cache.get("b/1")) === "y"));
      assert.equal(await two.evaluate(() => cache.peek("a/1")), "x");
      await one.evaluate((what) => cache.invalidate(what), what);
      await until(() => two.evaluate(() => cache.peek("a/1") === undefined));
      assert.deepEqual(await two.evaluate(async () => [await cache.has("a/1"), await cache.get("b/1")]), [false, "y"]);
    });
  }

  test("a response fetched in one is a hit in the other", async ({ origin, visit }) => {
    const [one, two] = await twoTabs(visit);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    await fetched(one, path);
    await one.evaluate(() => cache.flush());
    const got = await until(async () => {
      const got = await fetched(two, path);
      return got.via?.hit && got;
    });
    assert.equal(got.body, "hello");
  });

  test("a loader runs once for both", async ({ visit }) => {
    const [one, two] = await twoTabs(visit);
    const load = (tab) => tab.evaluate(() => cache.getOrSet("slow", async () => {
      localStorage[`load ${crypto.randomUUID()}`] = ""; // a counter would lose one of two at once
      await new Promise((resolve) => setTimeout(resolve, 600));
      return { loaded: true };
    }));
    assert.deepEqual(await Promise.all([load(one), load(two)]), [{ loaded: true }, { loaded: true }]);
    assert.equal(await one.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith("load ")).length), 1);
  });

  test("one URL asked by both at once is one request", async ({ origin, visit }) => {
    const [one, two] = await twoTabs(visit);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello", delayMs: 500 });
    const got = await Promise.all([fetched(one, path), fetched(two, path)]);
    assert.deepEqual(got.map(({ body }) => body), ["hello", "hello"]);
    assert.equal((await origin.asked("a")).length, 1);
  });

  test("a tab that closes takes nothing with it", async ({ visit }) => {
    const [one, two] = await twoTabs(visit);
    await one.evaluate(() => cache.set("kept", 1));
    await one.close();
    assert.equal(await until(() => two.evaluate(() => cache.get("kept"))), 1);
  });
});
