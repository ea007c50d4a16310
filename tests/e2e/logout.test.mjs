// Logging out: `clear()` of a partition leaves nothing of it in any store or tab, and touches nobody else's.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const TIERS = ["memory", "cookie", "session", "local", "indexeddb", "cache-storage"];

/** Writes a marked value into each tier, and fetches a profile. */
function fill(tab, mark) {
  return tab.evaluate(async (tiers, mark) => {
    const login = await fetch("/api/login", { method: "POST", body: JSON.stringify({ user: mark }) });
    const { token } = await login.json();
    for (const tier of tiers) await cache.set(`${mark}/${tier}`, `secret of ${mark}`, { tier });
    const response = await cache.fetch("/api/profile", { headers: { Authorization: `Bearer ${token}` } });
    await response.text();
    await cache.flush();
    return token;
  }, TIERS, mark);
}

const lines = (tab, text) => tab.evaluate(async (text) => (await rawStores()).filter((line) => line.includes(text)), text);

forEachBrowser("logout", (test) => {
  test("clear() leaves nothing in any store", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { partition: "alice", tiers: TIERS });
    const token = await fill(tab, "alice");
    const kinds = new Set((await lines(tab, "secret")).map((line) => line.split(" ")[0]));
    assert.deepEqual([...kinds].sort(), ["cache-storage", "cookie", "indexeddb", "local", "session"], "each store was used");
    assert.deepEqual(await lines(tab, token), [], "a token was stored in the clear");

    await tab.evaluate(() => cache.clear());
    for (const trace of ["secret", "alice", "Alice", token.split(".")[1]]) {
      assert.deepEqual(await lines(tab, trace), [], `${trace} was left behind`);
    }
    assert.deepEqual(await tab.evaluate(async (tiers) => [
      cache.peek("alice/memory"), ...await cache.getMany(tiers.map((tier) => `alice/${tier}`)),
    ], TIERS), Array(7).fill(null));
  });

  test("another partition keeps what it has, and sees nothing of the first", async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    await open(one, { partition: "alice", tiers: TIERS });
    await open(two, { partition: "bob", tiers: TIERS });
    await fill(one, "alice");
    await fill(two, "bob");
    assert.deepEqual(await two.evaluate(async (tiers) => cache.getMany(tiers.map((tier) => `alice/${tier}`)), TIERS), Array(6).fill(null));
    await one.evaluate(() => cache.clear());
    assert.deepEqual(await two.evaluate(async (tiers) => cache.getMany(tiers.map((tier) => `bob/${tier}`)), TIERS),
      Array(6).fill("secret of bob"));
    assert.deepEqual(await lines(one, "secret of alice"), []);
  });

  test("the other tab's memory is emptied too", async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    for (const tab of [one, two]) await open(tab, { partition: "alice" });
    await one.evaluate(() => cache.set("alice/note", "secret"));
    await until(async () => (await two.evaluate(() => cache.get("alice/note"))) === "secret");
    await one.evaluate(() => cache.clear());
    await until(() => two.evaluate(() => cache.peek("alice/note") === undefined));
    assert.equal(await two.evaluate(() => cache.get("alice/note")), undefined);
  });

  test("a login after a login gets its own profile", async ({ visit }) => {
    const tab = await visit();
    const profile = async (user) => {
      await open(tab, { partition: user });
      return tab.evaluate(async (user) => {
        const login = await fetch("/api/login", { method: "POST", body: JSON.stringify({ user }) });
        const { token } = await login.json();
        const response = await cache.fetch("/api/profile", { headers: { Authorization: `Bearer ${token}` } });
        return (await response.json()).user;
      }, user);
    };
    assert.equal(await profile("alice"), "alice");
    assert.equal(await profile("bob"), "bob");
    assert.equal(await profile("alice"), "alice");
  });
});
