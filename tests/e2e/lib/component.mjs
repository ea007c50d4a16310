// What a component that shows a cached value does in any framework, played in an application of each.

import assert from "node:assert/strict";

/** How often the application's loader was called. */
export const loads = (tab) => tab.evaluate(() => origin.loads);

/** Describes it with `test` of a suite and the `options` of its application. */
export function asAnyComponent(test, options) {
  test("loads once for all who show it, and next time shows what memory has at once", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a", "a", "a"]));
    await tab.evaluate(() => shows("a:onea:onea:one"));
    assert.equal(await loads(tab), 1);
    await tab.evaluate(async () => (await opening).flush());
    await tab.reload();
    await tab.evaluate(() => warm("a"));
    await tab.evaluate(() => shows("a:one"));
    assert.deepEqual(await tab.evaluate(() => [...new Set(renders)]), ["a:one"]);
    assert.equal(await loads(tab), 0);
  }, options);

  test("loads anew what was invalidated in another tab, shows what is written, and nothing after it left", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    await tab.evaluate(() => items(["a", "b"], { tags: ["items"] }));
    await tab.evaluate(() => shows("a:oneb:one"));
    await tab.evaluate(() => { origin.value = "two"; });
    await other.evaluate(async () => (await opening).invalidate({ tags: ["items"] }));
    await tab.evaluate(() => shows("a:twob:two"));
    await tab.evaluate(async () => (await opening).set("item:a", { value: "mine" }));
    await tab.evaluate(() => shows("a:mineb:two"));
    await other.evaluate(async () => (await opening).set("item:a", { value: "theirs" }));
    await tab.evaluate(() => shows("a:theirsb:two"));
    await tab.evaluate(async () => { await unmount(); await (await opening).clear(); });
    assert.equal(await loads(tab), 4);
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

  test("a value that is stale as soon as it is there is loaded once, not for ever", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a", "a"], { ttl: 0 }));
    await tab.evaluate(() => shows("a:onea:one"));
    const before = await loads(tab);
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 500)));
    assert.equal(await loads(tab), before, "it goes on loading");
    assert.ok(before <= 2, `${before} loads`);
    await tab.evaluate(() => { origin.value = "two"; return opening.then((cache) => cache.delete("item:a")); });
    await tab.evaluate(() => shows("a:twoa:two"));
  }, options);
}
