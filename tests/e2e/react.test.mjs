// The React hooks, in strict mode, with the real React.

import assert from "node:assert/strict";

import { bundled } from "./lib/app.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("react.jsx"), mounts: { "/pkg": PACKAGE } };
const loads = (tab) => tab.evaluate(() => origin.loads);

forEachBrowser("React", (test) => {
  test("loads once for all who show it, in strict mode too", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a", "a", "a"]));
    await tab.evaluate(() => shows("a:onea:onea:one"));
    assert.equal(await loads(tab), 1);
  }, options);

  test("shows what memory has in the first render", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a"]));
    await tab.evaluate(() => shows("a:one"));
    await tab.evaluate(async () => (await opening).flush());
    await tab.reload();
    await tab.evaluate(() => warm("a"));
    await tab.evaluate(() => shows("a:one"));
    assert.deepEqual(await tab.evaluate(() => [...new Set(renders)]), ["a:one"]);
    assert.equal(await loads(tab), 0);
  }, options);

  test("loads anew what was invalidated in another tab, and shows the old meanwhile", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    await tab.evaluate(() => items(["a", "b"], { tags: ["items"] }));
    await tab.evaluate(() => shows("a:oneb:one"));
    await tab.evaluate(() => { origin.value = "two"; renders.length = 0; });
    await other.evaluate(async () => (await opening).invalidate({ tags: ["items"] }));
    await tab.evaluate(() => shows("a:twob:two"));
    assert.deepEqual(await tab.evaluate(() => [...new Set(renders)].sort()), ["a:one…", "a:two", "b:one…", "b:two"]);
    assert.equal(await loads(tab), 4);
  }, options);

  test("shows what is written here or in another tab, and renders nothing anew when nothing changed", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    await tab.evaluate(() => items(["a"]));
    await tab.evaluate(() => shows("a:one"));
    await tab.evaluate(async () => (await opening).set("item:a", { value: "mine" }));
    await tab.evaluate(() => shows("a:mine"));
    await other.evaluate(async () => (await opening).set("item:a", { value: "theirs" }));
    await tab.evaluate(() => shows("a:theirs"));
    await tab.evaluate(() => void (renders.length = 0));
    await tab.evaluate(async () => (await opening).invalidate({ prefix: "other" }));
    await tab.evaluate(async () => (await opening).set("item:b", 1));
    assert.deepEqual(await tab.evaluate(() => renders), []);
    assert.equal(await loads(tab), 1);
  }, options);

  test("follows its key, and loads nothing without one", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items([null]));
    await tab.evaluate(() => shows("null:idle"));
    assert.equal(await loads(tab), 0);
    await tab.evaluate(() => items(["a"]));
    await tab.evaluate(() => shows("a:one"));
    await tab.evaluate(() => { origin.value = "two"; items(["b"]); });
    await tab.evaluate(() => shows("b:two"));
    await tab.evaluate(() => unmount());
    assert.equal(await loads(tab), 2);
  }, options);

  test("shows an error beside what was known, and tries again when asked", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { origin.failure = "down"; items(["a"]); });
    await tab.evaluate(() => shows("a:error!down"));
    await tab.evaluate(() => { origin.failure = undefined; document.querySelector("button").click(); });
    await tab.evaluate(() => shows("a:one"));
    await tab.evaluate(() => { origin.failure = "down"; document.querySelector("button").click(); });
    await tab.evaluate(() => shows("a:one!down"));
    assert.equal(await loads(tab), 3);
  }, options);

  test("suspends, throws to the boundary, and recovers", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { hold(); origin.failure = "down"; suspended("a"); });
    await tab.evaluate(() => shows("waiting"));
    await tab.evaluate(() => origin.release());
    await tab.evaluate(() => shows("failed: down"));
    assert.equal(await loads(tab), 1);
    await tab.evaluate(() => { origin.failure = undefined; document.querySelector("button").click(); });
    await tab.evaluate(() => shows("one"));
    assert.equal(await loads(tab), 2);
    await tab.evaluate(() => { origin.value = "two"; return opening.then((cache) => cache.delete("item:a")); });
    await tab.evaluate(() => shows("two"));
  }, { ...options, expected: /down/ });

  test("never shows two values of one key at once", async ({ visit }) => {
    const tab = await visit();
    const commits = await tab.evaluate(async () => {
      const cache = await opening;
      await cache.set("wall", { value: "1" });
      return wall(async () => {
        await new Promise((resolve) => setTimeout(resolve, 20)); // the transition renders for 80 ms
        await cache.set("wall", { value: "2" });
        await shows("2".repeat(40));
      });
    });
    assert.ok(commits.every((text) => new Set(text).size === 1), commits.join());
  }, options);

  test("hydrates what a server rendered", async ({ visit }) => {
    const tab = await visit();
    assert.equal(await tab.evaluate(() => hydrate("a", { value: "server" })), "a:server");
    await tab.evaluate(() => shows("a:one"));
    assert.equal(await loads(tab), 1);
  }, options);
});
