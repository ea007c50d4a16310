// The Vue composable, with the real Vue.

import assert from "node:assert/strict";

import { open } from "nearcache";
import { useCached } from "nearcache/vue";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";

import { bundled } from "./lib/app.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("vue.js"), mounts: { "/pkg": PACKAGE } };
const opening = open({ name: "server" });
const loads = (tab) => tab.evaluate(() => origin.loads);

forEachBrowser("Vue", (test) => {
  test("loads once for all who show it, and next time shows what memory has at once", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a", "a", "a"]));
    await tab.evaluate(() => shows("a:onea:onea:one"));
    assert.equal(await loads(tab), 1);
    await tab.evaluate(async () => (await opening).flush());
    await tab.reload();
    await tab.evaluate(() => warm("a"));
    assert.deepEqual(await tab.evaluate(() => renders), ["a:one"]);
    assert.equal(await loads(tab), 0);
  }, options);

  test("loads anew what was invalidated, shows what is written, and nothing after it left", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => items(["a"], { tags: ["items"] }));
    await tab.evaluate(() => shows("a:one"));
    await tab.evaluate(async () => { origin.value = "two"; await (await opening).invalidate({ tags: ["items"] }); });
    await tab.evaluate(() => shows("a:two"));
    await tab.evaluate(async () => (await opening).set("item:a", { value: "mine" }));
    await tab.evaluate(() => shows("a:mine"));
    await tab.evaluate(async () => { unmount(); await (await opening).clear(); });
    assert.equal(await loads(tab), 2);
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
  }, options);

  test("shows an error beside what was known, and tries again when asked", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { origin.failure = "down"; items(["a"]); });
    await tab.evaluate(() => shows("a:error!down"));
    await tab.evaluate(() => { origin.failure = undefined; document.querySelector("button").click(); });
    await tab.evaluate(() => shows("a:one"));
    assert.equal(await loads(tab), 2);
  }, options);

  test("waits under Suspense", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(() => { hold(); suspended(); });
    await tab.evaluate(() => shows("waiting"));
    await tab.evaluate(() => origin.release());
    await tab.evaluate(() => shows("one"));
  }, { ...options, expected: /<Suspense> is an experimental feature/ });

  test("hydrates what a server rendered", async ({ visit }) => {
    const tab = await visit();
    const initial = { value: "server" };
    const html = await renderToString(createSSRApp({ setup() {
      const { data } = useCached(opening, "item:a", () => initial, { initial });
      return () => h("button", `a:${data.value.value}`);
    } }));
    assert.equal(await tab.evaluate((html, initial) => hydrate("a", initial, html), html, initial), "a:server");
    await tab.evaluate(() => shows("a:one"));
    assert.equal(await loads(tab), 1);
  }, options);
});
