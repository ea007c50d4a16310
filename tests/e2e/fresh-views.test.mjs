// A page is told when a response that it was shown stale has changed, and of nothing else.

import assert from "node:assert/strict";

import { headers } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { got, register } from "./lib/worker.mjs";

const routes = [{ match: "/s/*", strategy: "stale-while-revalidate" }];
const listen = (tab, only) => tab.evaluate(async (only) => {
  const { onChanged } = await import("/pkg/dist/entry/register.js");
  globalThis.told = [];
  globalThis.undo = onChanged((change) => told.push(change), only);
}, only);
const told = (tab) => tab.evaluate(() => told);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const response = (body, etag, more = []) => ({ headers: [...headers("max-age=0", etag), ...more], body });

forEachBrowser("fresh views", (test) => {
  const prepared = async ({ visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-module.js", { routes }), null);
    await listen(tab);
    return tab;
  };

  test("who was shown a stale response is told what changed; another tab is not", async ({ origin, visit }) => {
    const tab = await prepared({ visit });
    const other = await visit();
    await listen(other);
    const path = await origin.script("a", [response("one", '"1"'), response("two", '"2"')], { match304: false });
    await got(tab, path);
    assert.equal((await got(tab, path)).body, "one");
    await until(async () => (await told(tab)).length);
    assert.deepEqual(await told(tab), [{
      url: `${origin.url}${path}`, changed: ["etag"], before: { status: 200, etag: '"1"' }, after: { status: 200, etag: '"2"' },
    }]);
    assert.equal((await got(tab, path)).body, "two");
    assert.deepEqual(await told(other), []);
  });

  test("nothing is said of a 304, nor of the same content sent again", async ({ origin, visit }) => {
    const tab = await prepared({ visit });
    const valid = await origin.script("valid", response("one", '"1"'));
    const bare = await origin.script("bare", response("one"));
    for (const path of [valid, bare]) {
      await got(tab, path);
      await got(tab, path);
    }
    await until(async () => (await origin.asked("valid")).length === 2 && (await origin.asked("bare")).length === 2);
    await pause(400);
    assert.deepEqual(await told(tab), []);
  });

  test("without validators the content is compared", async ({ origin, visit }) => {
    const tab = await prepared({ visit });
    const path = await origin.script("a", [response("one"), response("two")]);
    await got(tab, path);
    assert.equal((await got(tab, path)).body, "one");
    await until(async () => (await told(tab)).length);
    assert.deepEqual((await told(tab)).map(({ changed }) => changed), [["content"]]);
  });

  test("a fresh answer that changes later is not told", async ({ origin, visit }) => {
    const tab = await prepared({ visit });
    const path = await origin.script("a", [{ headers: headers("max-age=60", '"1"'), body: "one" }, { headers: headers("max-age=60", '"2"'), body: "two" }]);
    await got(tab, path);
    await got(tab, path);
    await got(tab, path, { cache: "reload" });
    await pause(400);
    assert.deepEqual(await told(tab), []);
  });

  test("a page that was itself stale is told", async ({ origin, visit }) => {
    const tab = await prepared({ visit });
    const html = (etag) => ({
      headers: [["Content-Type", "text/html"], ["Date", "{now}"], ["Cache-Control", "max-age=0"], ["ETag", etag]],
      body: `<!doctype html><title>${etag}</title><link rel=icon href=data:,><script>
        told = []; navigator.serviceWorker.addEventListener("message", ({ data }) => told.push(data)); navigator.serviceWorker.startMessages();</script>`,
    });
    const path = await origin.script("page", [html('"1"'), html('"2"')], { match304: false });
    await got(tab, path);
    const page = await visit(path);
    await until(async () => (await told(page)).length);
    assert.deepEqual((await told(page)).map(({ nearcache, changed }) => [nearcache, changed]), [["changed", ["etag"]]]);
  });

  test("only what was asked for is heard, until it is stopped", async ({ origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-module.js", { routes }), null);
    const [a, b] = [
      await origin.script("a", [response("1", '"1"'), response("2", '"2"'), response("3", '"3"')], { match304: false }),
      await origin.script("b", [response("1", '"1"'), response("2", '"2"')], { match304: false }),
    ];
    await listen(tab, a);
    for (const path of [a, b, a, b]) await got(tab, path);
    await until(async () => (await told(tab)).length);
    await pause(300);
    assert.deepEqual((await told(tab)).map(({ url }) => new URL(url).pathname), [a]);
    await tab.evaluate(() => undo());
    await got(tab, a);
    await pause(400);
    assert.equal((await told(tab)).length, 1);
  });
});
