// What a service worker stores under a key, and what it does with an older version's: not before that is out of use.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { ask, got, next, register } from "./lib/worker.mjs";

const SCRIPT = "/worker-stored.js";
const SECRETS = ["s3cret-body", "s3cret-header", "s3cret-path", "s3cret-write"];
const start = async (tab, options) => assert.equal(await register(tab, "module", SCRIPT, options), null);
const routes = [{ match: "/s/*", strategy: "cache-first" }];
const replay = (tab) => tab.evaluate(() => navigator.serviceWorker.controller.postMessage({ nearcache: "replay" }));
const waiting = async (tab) => (await ask(tab, { nearcache: "writes" })).length;

/** Opens the worker's cache in the page. */
const opened = (tab, byte) => tab.evaluate(async (byte) => {
  const encrypt = await crypto.subtle.importKey("raw", new Uint8Array(32).fill(byte), "AES-GCM", false, ["encrypt", "decrypt"]);
  globalThis.cache = await nearcache.open({ name: "test", encrypt });
}, byte);
const assertNowhere = async (tab) => {
  const lines = await tab.evaluate(() => rawStores());
  for (const secret of SECRETS) assert.deepEqual(lines.filter((line) => line.includes(secret)).map((line) => line.slice(0, 200)), [], `${secret} is stored in the clear`);
  return lines;
};
const stored = (tab) => until(() => tab.evaluate(async () => (await rawStores()).some((line) => line.includes("/meta s:"))));

forEachBrowser("what a worker stores", (test) => {
  test("a key encrypts it; pages with the key share it; a worker that was stopped reads it again", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, { byte: 7, routes });
    const path = await origin.script("s3cret-path", { headers: [...headers("max-age=600"), ["X-Told", "s3cret-header"]], body: "s3cret-body" });
    await got(tab, path);
    await stored(tab);
    await assertNowhere(tab);
    await browser.stopWorkers();
    const again = await got(tab, path);
    assert.deepEqual([again.body, again.headers["x-told"], again.via.hit], ["s3cret-body", "s3cret-header", true]);
    await opened(tab, 7);
    assert.equal((await fetched(tab, path)).via.hit, true);
    await tab.evaluate(() => cache.close());
    await origin.offline();
    await browser.stopWorkers();
    assert.equal((await got(tab, path)).body, "s3cret-body");
    assert.equal((await origin.asked("s3cret-path")).length, 1);
  });

  for (const key of ["rejects", "nothing"]) {
    test(`a promised key that ${key === "rejects" ? "never comes" : "is none"} costs nobody what is stored, and stores nothing in the clear`, async ({ browser, origin, visit }) => {
      const tab = await visit();
      await start(tab, { byte: 7, routes });
      const [path, other] = [await origin.script("a", { headers: headers("max-age=600"), body: "hello" }), await origin.script("s3cret-path", { headers: headers("max-age=600"), body: "s3cret-body" })];
      await got(tab, path);
      await stored(tab);
      assert.equal(await next(tab, { byte: 7, key, routes }, SCRIPT, "module"), "activated");
      await until(() => tab.evaluate((key) => navigator.serviceWorker.controller.scriptURL.includes(key), key));
      assert.equal((await got(tab, path)).body, "hello");
      assert.equal((await got(tab, other)).body, "s3cret-body");
      await browser.stopWorkers();
      await assertNowhere(tab);
      await opened(tab, 7);
      assert.equal((await fetched(tab, path)).via.hit, true, "it is gone");
    });
  }

  test("its queue of writes is encrypted too, and sent by a worker that has the key", async ({ browser, origin, visit }) => {
    const tab = await visit();
    const options = { routes: [{ match: "/s/*", queue: {} }] };
    await start(tab, { byte: 7, ...options });
    const path = await origin.script("s3cret-path", { status: 200, headers: headers("no-store"), body: "done" });
    const bytes = [0, 1, 255, 0];
    await origin.offline();
    for (const body of ["s3cret-write", undefined]) {
      assert.equal((await got(tab, path, { method: body ? "POST" : "DELETE", body, headers: { "X-Told": "s3cret-header" } })).status, 202);
    }
    await tab.evaluate((path, bytes) => fetch(path, { method: "PUT", body: new Uint8Array(bytes) }).then(() => {}), path, bytes);
    assert.ok((await assertNowhere(tab)).some((line) => line.startsWith("indexeddb nearcache-writes:")));
    // Who has another key leaves them to their owner.
    await browser.stopWorkers();
    await origin.offline(false);
    assert.equal(await next(tab, { byte: 8, ...options }, SCRIPT, "module"), "activated");
    await until(() => tab.evaluate(() => navigator.serviceWorker.controller.scriptURL.includes("byte%22%3A8")));
    await replay(tab);
    assert.equal(await waiting(tab), 0);
    const other = await origin.script("other", { status: 200, headers: headers("no-store"), body: "done" });
    assert.equal((await got(tab, other, { method: "POST", body: "mine" })).status, 200, "another's writes held it up");
    assert.equal(await next(tab, { byte: 7, ...options, version: 2 }, SCRIPT, "module"), "activated");
    await until(() => tab.evaluate(() => navigator.serviceWorker.controller.scriptURL.includes("version") && navigator.serviceWorker.controller.state === "activated"));
    await replay(tab);
    await until(async () => (await origin.asked("s3cret-path")).length === 3, 10_000);
    const asked = await origin.asked("s3cret-path");
    assert.deepEqual(asked.map(({ method }) => method), ["POST", "DELETE", "PUT"]);
    assert.deepEqual([asked[0].body, asked[0].headers["x-told"], asked[1].body], ["s3cret-write", "s3cret-header", ""]);
    await until(async () => await waiting(tab) === 0);
  });

  test("a queue whose key does not come is not taken for an empty one; one whose key is lost is kept for its time", async ({ browser, origin, visit }) => {
    const tab = await visit();
    const options = (maxAge) => ({ routes: [{ match: "/s/*", queue: { maxAge } }] });
    const worker = async (choice) => {
      assert.equal(await next(tab, choice, SCRIPT, "module"), "activated");
      await until(() => tab.evaluate((choice) => navigator.serviceWorker.controller.scriptURL.includes(encodeURIComponent(choice)), JSON.stringify(choice).slice(1, -1)));
    };
    const stored = () => tab.evaluate(async () => (await rawStores()).filter((line) => line.startsWith("indexeddb nearcache-writes:")).length);
    await start(tab, { byte: 7, ...options("7d") });
    const path = await origin.script("a", { status: 200, headers: headers("no-store"), body: "done" });
    await origin.offline();
    assert.equal((await got(tab, path, { method: "POST", body: "s3cret-write" })).status, 202);
    await browser.stopWorkers();
    await origin.offline(false);
    await worker({ byte: 7, key: "rejects", ...options("7d") });
    await replay(tab);
    assert.match(await ask(tab, { nearcache: "writes" }), /no key today/);
    await worker({ byte: 8, ...options("7d") });
    await replay(tab);
    assert.deepEqual([await waiting(tab), await stored()], [0, 1]);
    await worker({ byte: 8, ...options(1) });
    await replay(tab);
    await until(async () => await stored() === 0);
    assert.equal((await origin.asked("a")).length, 0);
  });

  for (const migrate of [true, false]) {
    test(`a version that waits leaves the older one's alone; when it takes over, ${migrate ? "it is brought along" : "it goes"}`, async ({ origin, visit }) => {
      const tab = await visit();
      await start(tab, { routes, version: 1 });
      await tab.evaluate(() => {
        globalThis.calls = [];
        globalThis.channel = new BroadcastChannel("migrate");
        channel.onmessage = ({ data }) => calls.push(data);
      });
      const path = await origin.script("a", { headers: headers("max-age=600"), body: "hello" });
      await got(tab, path);
      await open(tab, { version: 1 });
      await tab.evaluate(() => cache.set("k", 1));
      const of = (version) => tab.evaluate(async (start) => (await rawStores()).filter((line) => line.startsWith(start) && /\/meta [vr]:/.test(line)).length, `indexeddb nearcache:test:${version}:`);
      await until(async () => await of(1) === 2);
      assert.equal(await next(tab, { routes, version: 2, migrate, skipWaiting: false }, SCRIPT, "module"), "installed");
      // The page goes on with its version, and so does its worker.
      await tab.evaluate(() => cache.set("later", 2));
      assert.deepEqual([await of(1), await of(2), await tab.evaluate(() => calls)], [3, 0, []]);
      assert.equal((await got(tab, path)).via.hit, true);
      await tab.evaluate(async () => {
        await cache.close();
        const { waiting } = await navigator.serviceWorker.getRegistration();
        const taken = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
        waiting.postMessage({ nearcache: "take-over" });
        await taken;
        await until(() => waiting.state === "activated");
      });
      assert.equal((await got(tab, path)).body, "hello");
      assert.deepEqual([await ask(tab, { get: "k" }), await ask(tab, { get: "later" })], migrate ? [1, 2] : [null, null]);
      await until(async () => await of(1) === 0);
      assert.equal((await origin.asked("a")).length, migrate ? 1 : 2);
      const { href } = new URL(path, origin.url);
      assert.deepEqual((await tab.evaluate(() => calls)).sort(), migrate ? [`GET ${href}`, "k", "later"] : []);
    });
  }
});
