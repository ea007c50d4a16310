// The React hooks, in strict mode, with the real React.

import assert from "node:assert/strict";

import { bundled } from "./lib/app.mjs";
import { asAnyComponent, loads } from "./lib/component.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("react.jsx"), mounts: { "/pkg": PACKAGE } };

forEachBrowser("React", (test) => {
  asAnyComponent(test, options);

  test("shows the old while it loads anew, each a render", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    await tab.evaluate(() => items(["a", "b"], { tags: ["items"] }));
    await tab.evaluate(() => shows("a:oneb:one"));
    await tab.evaluate(() => { origin.value = "two"; renders.length = 0; });
    await other.evaluate(async () => (await opening).invalidate({ tags: ["items"] }));
    await tab.evaluate(() => shows("a:twob:two"));
    assert.deepEqual(await tab.evaluate(() => [...new Set(renders)].sort()), ["a:one…", "a:two", "b:one…", "b:two"]);
    assert.equal(await loads(tab), 4);
  }, options);

  test("renders nothing anew when nothing changed", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a"]));
    await tab.evaluate(() => shows("a:one"));
    await tab.evaluate(() => void (renders.length = 0));
    await tab.evaluate(async () => (await opening).invalidate({ prefix: "other" }));
    await tab.evaluate(async () => (await opening).set("item:b", 1));
    assert.deepEqual(await tab.evaluate(() => renders), []);
    assert.equal(await loads(tab), 1);
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
  }, { ...options, expected: /down|^%o$/ });

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
