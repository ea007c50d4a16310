// The same cache behind a service worker's fetch events: module and classic, offline with the origin stopped.

import assert from "node:assert/strict";

import { headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { got, register } from "./lib/worker.mjs";

const KINDS = [["module", "/worker-module.js"], ["classic", "/worker-classic.js"]];

forEachBrowser("service worker", (test) => {
  for (const [type, script] of KINDS) {
    test(`${type}: routes are answered from the cache, other requests are left alone`, async ({ origin, visit }) => {
      const tab = await visit();
      assert.equal(await register(tab, type, script, { routes: [{ match: "/s/*", strategy: "http" }] }), null);
      const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
      const first = await got(tab, path);
      assert.deepEqual([first.status, first.body, first.real], [200, "hello", true]);
      assert.match(first.via.fwd, /miss/);
      const second = await got(tab, path);
      assert.equal(second.body, "hello");
      assert.equal(second.via.hit, true, second.headers["cache-status"]);
      assert.equal((await origin.asked("a")).length, 1);
      assert.equal((await got(tab, "/api/categories")).via, null);
    });

    test(`${type}: with the origin stopped, precached pages and stored data load`, async ({ origin, visit }) => {
      const tab = await visit();
      const assets = ["/", "/page.js", "/raw-stores.js", "/pkg/dist/entry/web.js", "/pkg/wasm/nearcache_bg.wasm"];
      assert.equal(await register(tab, type, script, { precache: assets, routes: [{ match: "/api/*", staleIfError: "1d" }] }), null);
      const { body } = await got(tab, "/api/products/p0001");
      await got(tab, "/api/categories");
      await origin.stop();
      await tab.reload();
      assert.equal(await tab.evaluate(() => document.title), "nearcache: the page that tests drive");
      await open(tab);
      assert.equal((await got(tab, "/api/categories")).status, 200);
      assert.equal((await got(tab, "/api/products/p0001")).body, body);
      await origin.restart();
      assert.equal((await got(tab, "/api/products/p0002")).status, 200);
    });

    test(`${type}: a navigation that fails shows the offline page`, async ({ origin, visit }) => {
      const tab = await visit();
      assert.equal(await register(tab, type, script, { offline: "/bare.html" }), null);
      await origin.stop();
      const other = await visit("/somewhere/else.html");
      assert.equal(await other.evaluate(() => document.title), "A page without the package");
    });
  }

  for (const [how, route] of [
    ["cache-first", { strategy: "cache-first" }],
    ["network-first", { strategy: "network-first" }],
    ["http with stale-if-error", { ttl: 0, staleIfError: "1d" }],
  ]) {
    // The browser reloads in mode no-cache, which is no reason to fail when there is nothing to revalidate with.
    test(`a page routed ${how} can be reloaded with the origin stopped`, async ({ origin, visit }) => {
      const tab = await visit("/bare.html");
      const options = JSON.stringify({ name: "test", routes: [{ match: "/bare.html", ...route }] });
      await tab.evaluate(async (options) => {
        const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
        await navigator.serviceWorker.register(`/worker-module.js?options=${encodeURIComponent(options)}`, { type: "module", scope: "/" });
        await controlled;
      }, options);
      await tab.reload();
      await origin.stop();
      await tab.reload();
      assert.equal(await tab.evaluate(() => document.title), "A page without the package");
    });
  }

  for (const strategy of ["network-first", "stale-while-revalidate"]) {
    test(`${strategy}: a navigation takes what the browser has asked for already, also behind what it was shown stale`, async ({ origin, visit }) => {
      const tab = await visit();
      assert.equal(await register(tab, ...KINDS[0], { navigationPreload: true, routes: [{ match: "/s/*", strategy }] }), null);
      const page = (title) => ({ headers: [["Content-Type", "text/html"], ["Date", "{now}"], ["Cache-Control", "max-age=0"]], body: `<!doctype html><title>${title}</title><link rel=icon href=data:,>` });
      const path = await origin.script("page", [page("one"), page("two")]);
      const title = async () => (await visit(path)).evaluate(() => document.title);
      assert.equal(await title(), "one");
      assert.equal(await title(), strategy === "network-first" ? "two" : "one");
      await until(async () => (await origin.asked("page")).length === 2);
      const asked = await origin.asked("page");
      assert.deepEqual(asked.map(({ headers }) => headers["service-worker-navigation-preload"]), ["true", "true"]);
      await until(() => tab.evaluate(async () => (await rawStores()).some((line) => line.includes("<title>two"))));
      await origin.stop();
      assert.equal(await title(), "two");
    });
  }

  test("a route keeps to its maxEntries, also a worker that was started anew; the cache does not show how", async ({ browser, origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, ...KINDS[0], { routes: [{ match: "/s/few/*", strategy: "cache-first", maxEntries: 3 }, { match: "/s/*", strategy: "cache-first" }] }), null);
    for (const id of ["few", "many"]) await origin.script(id, { headers: headers("max-age=600"), body: "hello" });
    const stored = () => tab.evaluate(async () => {
      const lines = (await rawStores()).filter((line) => line.startsWith("indexeddb") && line.includes("/meta r:GET"));
      return lines.map((line) => new URL(/GET ([^\x1f]+)/.exec(line)[1]).pathname).sort();
    });
    for (const n of [1, 2, 3, 4]) for (const id of ["few", "many"]) await got(tab, `/s/${id}/${n}`);
    const many = [1, 2, 3, 4].map((n) => `/s/many/${n}`);
    const is = (few) => until(async () => JSON.stringify(await stored()) === JSON.stringify([...few.map((n) => `/s/few/${n}`), ...many]));
    await is([2, 3, 4]);
    await browser.stopWorkers();
    await got(tab, "/s/few/5");
    await is([3, 4, 5]);
    await open(tab);
    const tags = await tab.evaluate(async () => {
      const all = [];
      for await (const [, { tags }] of cache.entries()) all.push(...tags);
      return all;
    });
    assert.deepEqual(tags, []);
  });

  test("page and worker share what is stored", async ({ origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, ...KINDS[0], { routes: [{ match: "/s/*" }] }), null);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    await got(tab, path);
    await open(tab);
    const listed = () => tab.evaluate(async () => {
      for await (const [, info] of cache.entries()) if (info.kind === "response") return new URL(info.url).pathname;
    });
    assert.equal(await until(listed), path);
    await tab.evaluate((path) => cache.invalidate({ url: path }), path);
    await until(async () => {
      await got(tab, path);
      return (await origin.asked("a")).length === 2;
    });
  });

  test("without tiers that a worker lacks, with those it has", async ({ origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, ...KINDS[0], { tiers: ["memory", "session", "local", "indexeddb"], routes: [{ match: "/s/*" }] }), null);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    await got(tab, path);
    assert.equal((await got(tab, path)).via.hit, true);
  });

  test("a wrong option fails the registration", async ({ visit }) => {
    const tab = await visit();
    const error = await tab.evaluate(async (options) => refusal(() =>
      navigator.serviceWorker.register(`/worker-classic.js?options=${encodeURIComponent(options)}`, { scope: "/" })),
    JSON.stringify({ nmae: "x" }));
    assert.ok(error, "it was registered");
  });

  test("fifty requests at once are all answered", async ({ origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, ...KINDS[0], { routes: [{ match: "/api/*" }] }), null);
    const ids = await tab.evaluate(async () => Promise.all(Array.from({ length: 50 }, async (_, at) => {
      const id = `p${String((at % 25) + 1).padStart(4, "0")}`;
      return (await (await fetch(`/api/products/${id}`)).json()).id === id;
    })));
    assert.deepEqual(ids, Array(50).fill(true));
    assert.ok((await origin.stats()).requests < 80);
  });
});
