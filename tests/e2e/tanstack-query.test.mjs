// TanStack Query's persistence, with the real library.

import assert from "node:assert/strict";

import { bundled } from "./lib/app.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("tanstack.js"), mounts: { "/pkg": PACKAGE } };

forEachBrowser("TanStack Query", (test) => {
  test("a client is restored as it was, dates and all", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => persisted());
    const saved = await tab.evaluate(() => written(3, async () => {
      await query("a");
      client.setQueryData(["since"], new Map([["day", new Date(0)]]));
      client.setQueryData(["n"], 1);
      client.setQueryData(["n"], 2); // in the same millisecond
    }));
    assert.deepEqual(saved, ['["item","a"]', '["n"]', '["since"]']);
    await tab.evaluate(() => until(async () => (await (await opening).get('tanstack-query:query:["n"]'))?.state.data === 2));
    await tab.evaluate(async () => (await opening).flush());
    await tab.reload();
    assert.deepEqual(await tab.evaluate(() => persisted()), [['["item","a"]', "one"], ['["n"]', 2], ['["since"]', {}]]);
    assert.equal(await tab.evaluate(() => client.getQueryData(["since"]).get("day").toISOString()), "1970-01-01T00:00:00.000Z");
    assert.equal(await tab.evaluate(async () => (await query("a")).value + origin.loads), "one0");
  }, options);

  test("what did not change is not written again, what was removed is removed", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => persisted());
    await tab.evaluate(() => written(2, async () => { await query("a"); await query("b"); }));
    assert.deepEqual(await tab.evaluate(() => written(1, () => query("c"))), ['["item","c"]']);
    await tab.evaluate(() => client.removeQueries({ queryKey: ["item", "b"] }));
    await tab.evaluate(() => until(async () => !(await (await opening).has('tanstack-query:query:["item","b"]'))));
    await tab.evaluate(async () => (await opening).flush());
    await tab.reload();
    assert.deepEqual(await tab.evaluate(() => persisted()), [['["item","a"]', "one"], ['["item","c"]', "one"]]);
  }, options);

  test("another buster, and a logout, leave nothing", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => persisted());
    await tab.evaluate(() => written(1, () => query("a")));
    await tab.evaluate(() => stop());
    assert.deepEqual(await tab.evaluate(() => persisted({ buster: "2" })), []);
    assert.deepEqual(await tab.evaluate(async () => Array.fromAsync((await opening).entries())), []);
    await tab.evaluate(() => written(1, () => query("a")));
    await tab.evaluate(async () => { stop(); await (await opening).clear(); });
    await tab.reload();
    assert.deepEqual(await tab.evaluate(() => persisted({ buster: "2" })), []);
  }, options);

  test("queries are restored one by one, each when it is asked for", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => oneByOne());
    await tab.evaluate(async () => { await query("a"); await query("b"); });
    await tab.evaluate(() => until(async () => (await opening).has('tanstack-query-["item","b"]')));
    await tab.evaluate(async () => (await opening).flush());
    await tab.reload();
    await tab.evaluate(() => oneByOne());
    assert.equal(await tab.evaluate(async () => (await query("a")).value + origin.loads), "one0");
    assert.equal(await tab.evaluate(() => client.getQueryCache().getAll().length), 1);
    await tab.evaluate(() => removeQueries({ queryKey: ["item", "b"] }));
    assert.equal(await tab.evaluate(async () => (await query("b")).value + origin.loads), "one1");
    await tab.evaluate(() => restoreQueries(client));
    await tab.evaluate(() => persisterGc());
  }, options);
});
