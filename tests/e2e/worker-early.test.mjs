// The first answer of a worker that was stopped: given before the wasm is started, the same as Rust's; and not given
// where Rust would decide otherwise.

import assert from "node:assert/strict";

import { headers } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { ask, got, next, register } from "./lib/worker.mjs";

const SCRIPT = "/worker-late.js";
const start = async (tab, route, options = {}) =>
  assert.equal(await register(tab, "classic", SCRIPT, { routes: [{ match: "/s/*", ...route }], ...options }), null);
const isStored = (tab, path) => until(() => tab.evaluate(async (path) =>
  (await rawStores()).some((line) => line.startsWith("indexeddb") && line.includes("/meta") && line.includes(path)), path));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
/** The last of our Cache-Status, and what else depends on the moment, left out. */
const lasting = ({ headers: { age: _, "cache-status": __, ...rest }, via: ___, ...response }) => ({ ...response, rest });

forEachBrowser("worker start", (test) => {
  for (const [what, route, lines, body] of [
    ["cache-first", { strategy: "cache-first" }, ["max-age=0", '"1"'], "hello"],
    ["cache-first with no-cache", { strategy: "cache-first" }, ["no-cache"], "hello"],
    ["cache-first with a ttl", { strategy: "cache-first", ttl: "1h" }, ["max-age=0"], "hello"],
    ["http", {}, ["max-age=600"], "hello"],
    ["a body that is stored apart", {}, ["max-age=600"], { size: 20_000 }],
    ["a blob", {}, ["max-age=600"], { size: 600_000 }],
    ["stale-while-revalidate, fresh", { strategy: "stale-while-revalidate" }, ["max-age=600"], "hello"],
    ["an unseen Vary", {}, ["max-age=600", undefined, "Accept-Encoding"], "hello"],
  ]) {
    test(`${what}: answered without the wasm, as with it`, async ({ browser, origin, visit }) => {
      const tab = await visit();
      await start(tab, route);
      const [control, etag, vary] = lines;
      const path = await origin.script("a", { headers: [...headers(control, etag), ...(vary ? [["Vary", vary]] : [])], body });
      await got(tab, path);
      await isStored(tab, path);
      const warm = await got(tab, path);
      await browser.stopWorkers();
      const first = await got(tab, path);
      assert.equal(await ask(tab, "started at first"), 0, "it started the wasm");
      assert.deepEqual(lasting(first), lasting(warm));
      assert.equal(first.via.hit, true);
      assert.equal(first.via.detail, "indexeddb");
      assert.ok(Math.abs(first.via.ttl - warm.via.ttl) <= 5, `${first.via.ttl}, ${warm.via.ttl}`);
      assert.ok(first.headers.age >= warm.headers.age);
      await until(async () => await ask(tab, "started") === 1);
      assert.equal(await ask(tab, "hits"), 1, "and counts what was answered before");
      assert.equal((await got(tab, path)).via.hit, true);
      assert.equal((await origin.asked("a")).length, 1);
    });
  }

  for (const [what, route, lines, init] of [
    ["what is no longer fresh", {}, ["max-age=1", '"1"'], {}],
    ["what has to be validated", {}, ["no-cache", '"1"'], {}],
    ["a ttl that is over", { strategy: "cache-first", ttl: "1s" }, ["max-age=600", '"1"'], {}],
    ["network-first", { strategy: "network-first" }, ["max-age=600", '"1"'], {}],
    ["a request that wants no cache", {}, ["max-age=600", '"1"'], { headers: { "Cache-Control": "no-cache" } }],
    ["a reload", {}, ["max-age=600", '"1"'], { cache: "reload" }],
    ["somebody's request", {}, ["max-age=600", '"1"'], { headers: { Authorization: "Bearer other" } }],
    ["another variant", {}, ["max-age=600", '"1"', "X-Kind"], { headers: { "X-Kind": "b" } }],
  ]) {
    test(`${what} goes to the origin, as ever`, async ({ browser, origin, visit }) => {
      const tab = await visit();
      await start(tab, route);
      const [control, etag, vary] = lines;
      const path = await origin.script("a", { headers: [...headers(control, etag), ...(vary ? [["Vary", vary]] : [])], body: "hello" }, { match304: false });
      await got(tab, path);
      await isStored(tab, path);
      await pause(1_200);
      await browser.stopWorkers();
      assert.equal((await got(tab, path, init)).body, "hello");
      assert.equal((await origin.asked("a")).length, 2);
      assert.equal(await ask(tab, "started at first"), 1);
    });
  }

  for (const [control, ...more] of [
    ['x="max-age=600"'], ["my-max-age=600"], ["max-age=60x"], ["max-age=600.5"], ["max-age =600"], ["max-age= 600"], ['max-age="600"'], ['max-age="6"00'],
    ["max-age=600, max-age=1"], ["max-age=1, max-age=600"], ['max-age=600, x="no-store"'], ['max-age=600, x="a, max-age=1"'], ["max-age=600, no-cache=\"x\""],
    ["max-age=-1"], ["max-age=600;"], ["Max-Age=600"], ["max-age=600,,"], [", max-age=600"], ["s-maxage=600"], ["max-age=99999999999999999999"],
    ["max-age=600", ["Age", "12x"]], ["max-age=600", ["Age", "1, 2"]], ["max-age=600", ["Age", "700"]],
  ]) {
    test(`Cache-Control: ${[control, ...more.flat()].join(" ")}: the first answer is Rust's`, async ({ browser, origin, visit }) => {
      const tab = await visit();
      await start(tab, {});
      const path = await origin.script("a", { headers: [...headers(control, '"1"'), ...more], body: "hello" });
      await got(tab, path);
      await isStored(tab, path);
      const warm = await got(tab, path);
      await browser.stopWorkers();
      const first = await got(tab, path);
      assert.deepEqual([first.via.hit, first.via.fwd, first.body], [warm.via.hit, warm.via.fwd, warm.body]);
      assert.ok(Math.abs((first.via.ttl ?? 0) - (warm.via.ttl ?? 0)) <= 5, `${first.via.ttl}, ${warm.via.ttl}`);
    });
  }

  test("a Date in a form that scripts take for local time is left to Rust", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, { strategy: "cache-first", ttl: "1h" });
    const asctime = new Date().toUTCString().replace(/^(...), 0?(\d+) (...) (\d+) (\S+) GMT/, (_, day, date, month, year, time) => `${day} ${month} ${date.padStart(2)} ${time} ${year}`);
    const path = await origin.script("a", { headers: [["Content-Type", "text/plain"], ["Cache-Control", "max-age=600"], ["Date", asctime]], body: "hello" });
    await got(tab, path);
    await isStored(tab, path);
    await browser.stopWorkers();
    assert.equal((await got(tab, path)).via.hit, true);
    assert.equal(await ask(tab, "started at first"), 1);
  });

  test("of several variants Rust chooses", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, {});
    const path = await origin.script("a", [
      { headers: [...headers("max-age=600"), ["Vary", "X-Kind"]], body: "for b" }, { headers: headers("max-age=600"), body: "for all" },
    ]);
    const b = { headers: { "X-Kind": "b" } };
    await got(tab, path, b);
    await got(tab, path);
    for (const init of [{}, b]) {
      const warm = await got(tab, path, init);
      await browser.stopWorkers();
      assert.equal((await got(tab, path, init)).body, warm.body);
    }
  });

  test("a route is found by the URL without its fragment", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, { match: { regexp: "/s/a$" }, strategy: "cache-first" });
    const path = await origin.script("a", { headers: headers("max-age=0"), body: "hello" });
    await got(tab, path);
    await isStored(tab, path);
    for (const url of [path, `${path}#part`]) {
      await browser.stopWorkers();
      assert.equal((await got(tab, url)).via.hit, true, url);
    }
  });

  test("a database that is busy for long holds no request up for ever", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, { strategy: "network-first" });
    await register(tab, "classic", SCRIPT, { routes: [{ match: "/s/*", strategy: "cache-first" }] });
    const path = await origin.script("a", { headers: headers("max-age=600"), body: "hello" });
    await got(tab, path);
    await isStored(tab, path);
    await browser.stopWorkers();
    const took = await tab.evaluate(async (path) => {
      const [{ name }] = (await indexedDB.databases()).filter(({ name }) => name.startsWith("nearcache:test:"));
      const database = await new Promise((resolve) => { indexedDB.open(name).onsuccess = ({ target }) => resolve(target.result); });
      const metas = database.transaction(["meta", "body"], "readwrite").objectStore("meta");
      let isBusy = true;
      const ask = () => { metas.get("!").onsuccess = () => isBusy && ask(); };
      ask();
      const begun = performance.now();
      await fetch(path).then((response) => response.text());
      const took = performance.now() - begun;
      isBusy = false;
      database.close();
      return took;
    }, path);
    assert.ok(took < 10_000, `${took} ms`);
  });

  test("what a page has cleared while the worker was stopped is not answered", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, { strategy: "cache-first" });
    const path = await origin.script("a", { headers: headers("max-age=600"), body: "hello" });
    await got(tab, path);
    await isStored(tab, path);
    for (const [asked, call] of [[2, (cache) => cache.clear()], [3, (cache, path) => cache.invalidate({ url: path })]]) {
      await browser.stopWorkers();
      await tab.evaluate(`async (path) => {
        const cache = await nearcache.open({ name: "test" });
        await (${call})(cache, new URL(path, location.href).href);
        await cache.close();
      }`, path);
      await got(tab, path);
      assert.equal((await origin.asked("a")).length, asked);
      await isStored(tab, path);
    }
  });

  test("a page that opens its caches, or deletes the database, is not held up by it", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, { strategy: "cache-first" });
    const path = await origin.script("a", { headers: headers("max-age=600"), body: "hello" });
    await got(tab, path);
    await isStored(tab, path);
    await browser.stopWorkers();
    const [, deleted] = await Promise.all([got(tab, path), tab.evaluate(() => new Promise((resolve) => {
      const request = indexedDB.deleteDatabase("nearcache:test:1::");
      request.onsuccess = () => resolve("deleted");
      request.onblocked = () => resolve("blocked");
    }))]);
    assert.equal(deleted, "deleted");
    assert.equal((await got(tab, path)).body, "hello");
  });

  test("a new script with a wrong option is not installed, and the old one goes on", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, { strategy: "cache-first" });
    assert.equal(await next(tab, { nmae: "x" }, SCRIPT, "classic"), "redundant");
    const path = await origin.script("a", { headers: headers("max-age=600"), body: "hello" });
    assert.match((await got(tab, path)).headers["cache-status"], /nearcache/);
  });
});
