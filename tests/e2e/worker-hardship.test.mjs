// What happens to workers in the field: killed at any moment, stores deleted under them, origins that hang or reset.
// No wrong body, no request lost. (Installs and replays that are killed: precache.test.mjs, offline-writes.test.mjs.)

import assert from "node:assert/strict";

import { headers } from "./lib/cache.mjs";
import { narrowing } from "./lib/quota.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { ask, got, register } from "./lib/worker.mjs";

const start = async (tab, routes, type = "module", script = "/worker-module.js") =>
  assert.equal(await register(tab, type, script, { routes }), null);
const SIZE = 2_000_000;
/** What Firefox writes where a body breaks off behind a worker. */
const expected = /A ServiceWorker intercepted the request and encountered an unexpected error/;

forEachBrowser("worker hardship", (test) => {
  test("500 requests at once: each has its answer", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "cache-first" }]);
    await origin.script("many", { headers: headers("max-age=60"), body: "hello" });
    const all = () => tab.evaluate(async () => {
      const texts = await Promise.all(Array.from({ length: 500 }, async (_, n) => (await fetch(`/s/many/${n}`)).text()));
      return texts.filter((text) => text === "hello").length;
    });
    assert.equal(await all(), 500);
    assert.equal(await all(), 500);
    assert.equal((await origin.asked("many")).length, 500);
  });

  test("killed while a response streams: nothing broken is stored, and the next request is whole", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "cache-first" }]);
    const path = await origin.script("big", { headers: headers("max-age=60"), body: { size: SIZE }, chunkMs: 100 });
    const first = tab.evaluate(async (path) => {
      try {
        return (await (await fetch(path)).arrayBuffer()).byteLength;
      } catch (error) {
        return error.name;
      }
    }, path);
    await until(async () => (await origin.asked("big")).length === 1);
    await browser.stopWorkers();
    assert.ok([SIZE, "TypeError", "AbortError"].includes(await first), String(await first));
    await origin.script("big", { headers: headers("max-age=60"), body: { size: SIZE } });
    for (let n = 0; n < 2; n += 1) {
      assert.equal(await tab.evaluate(async (path) => (await (await fetch(path)).arrayBuffer()).byteLength, path), SIZE);
    }
  }, { expected });

  test("killed at any moment around a write: what is answered then is right", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "cache-first" }]);
    for (let round = 0; round < 6; round += 1) {
      const path = `${await origin.script("a", { headers: headers("max-age=60"), body: `round ${round}` })}/${round}`;
      assert.equal((await got(tab, path)).body, `round ${round}`);
      await new Promise((resolve) => setTimeout(resolve, round * 15));
      await browser.stopWorkers();
      assert.equal((await got(tab, path)).body, `round ${round}`);
    }
  });

  test("an IndexedDB that never removes what an older version stored keeps no page from a new worker", async ({ origin, visit }) => {
    const tab = await visit();
    const routes = [{ match: "/s/*", strategy: "cache-first" }];
    assert.equal(await register(tab, "module", "/worker-module.js", { version: 1, routes }), null);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    assert.equal((await got(tab, path)).body, "hello");
    const old = () => tab.evaluate(async () => (await indexedDB.databases()).filter(({ name }) => name.startsWith("nearcache:test:1:")).length);
    await until(old);
    assert.equal(await register(tab, "classic", "/worker-spied.js?more=stalled", { version: 2, routes }), null);
    await until(() => tab.evaluate(async () => (await navigator.serviceWorker.getRegistration()).active.state === "activated"), 20_000);
    assert.equal(await old(), 1, "nothing stalled");
    assert.equal((await got(tab, path)).body, "hello");
  });

  test("its stores deleted under it, it goes on answering and storing", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "cache-first" }]);
    await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    assert.equal((await got(tab, "/s/a/1")).body, "hello");
    for (let round = 0; round < 2; round += 1) {
      await tab.evaluate(async () => {
        for (const name of await caches.keys()) await caches.delete(name);
        for (const { name } of await indexedDB.databases()) {
          await new Promise((resolve) => {
            const deletion = indexedDB.deleteDatabase(name);
            deletion.onsuccess = deletion.onerror = deletion.onblocked = resolve;
          });
        }
      });
      for (const n of [1, 2, 3]) assert.equal((await got(tab, `/s/a/${n}`)).body, "hello");
    }
    await until(async () => (await got(tab, "/s/a/3")).via.hit);
  });

  test("an origin that hangs or resets: network-first answers with what is stored, in time", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "network-first", timeout: "500ms" }]);
    const path = await origin.script("a", { headers: headers("max-age=0"), body: "hello" });
    await got(tab, path);
    for (const fail of ["hang", "reset", "hang"]) {
      await origin.script("a", { headers: headers("max-age=0"), body: "never", fail });
      const began = Date.now();
      assert.equal((await got(tab, path)).body, "hello", fail);
      assert.ok(Date.now() - began < 4_000, `${Date.now() - began} ms`);
    }
    await origin.script("a", { headers: headers("max-age=0"), body: "again" });
    assert.equal((await until(async () => (await got(tab, path)).body === "again" && "again")), "again");
  });

  test("a truncated answer is never stored as whole", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "cache-first" }]);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: { size: 100_000 }, fail: "truncate" });
    await tab.evaluate(async (path) => fetch(path).then((response) => response.text()).catch(() => {}), path);
    await origin.script("a", { headers: headers("max-age=60"), body: { size: 100_000 } });
    assert.equal((await got(tab, path)).body.length, 100_000);
  }, { expected });

  test("a page in the place of data: what is stored stands in, and the page is not stored", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "network-first" }]);
    const json = { headers: [["Content-Type", "application/json"], ["Cache-Control", "max-age=60"]], body: "{}" };
    const page = { headers: [["Content-Type", "text/html"], ["Cache-Control", "max-age=60"]], body: "<!doctype html>Log in" };
    const accept = { headers: { Accept: "application/json" } };
    const [known, fresh] = [await origin.script("known", [json, page, page, json]), await origin.script("fresh", [page, json])];
    assert.equal((await got(tab, known, accept)).body, "{}");
    for (let n = 0; n < 2; n += 1) {
      const { body, via } = await got(tab, known, accept);
      assert.deepEqual([body, via.detail], ["{}", "memory"]);
    }
    // Nothing stands in: it is handed on as it came, and asked for again.
    assert.match((await got(tab, fresh, accept)).body, /Log in/);
    assert.equal((await got(tab, fresh, accept)).body, "{}");
  });

  test("a captive portal's redirect: what is stored stands in, and nothing of the portal's is stored", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*", strategy: "network-first" }]);
    await origin.script("portal", { headers: [["Content-Type", "text/html"]], body: "Log in" });
    const fine = { headers: headers("max-age=60"), body: "hello" };
    const away = (location) => ({ status: 302, headers: [["Location", location], ["Cache-Control", "max-age=60"]], body: "" });
    const known = await origin.script("known", [fine, away(`${origin.crossUrl}/s/portal`), fine]);
    for (let n = 0; n < 3; n += 1) assert.equal((await got(tab, known)).body, "hello");
    const fresh = await origin.script("fresh", [away("/s/portal"), fine]);
    assert.equal((await got(tab, fresh)).body, "Log in");
    assert.equal((await got(tab, fresh)).body, "hello", "the portal's page was stored");
  });

  test("a full disk: every answer is right all the same", async ({ browser, origin, visit }) => {
    const tab = await visit();
    const narrow = narrowing({ browser, origin, tab });
    await narrow(6 << 20);
    try {
      await start(tab, [{ match: "/s/*", strategy: "cache-first" }]);
      const path = await origin.script("a", { headers: headers("max-age=60"), body: { size: 900_000 } });
      const lengths = (from) => tab.evaluate(async (path, from) => {
        const all = Array.from({ length: 12 }, async (_, n) => (await (await fetch(`${path}/${from + n}`)).arrayBuffer()).byteLength);
        return [...new Set(await Promise.all(all))];
      }, path, from);
      for (const from of [0, 12, 0]) assert.deepEqual(await lengths(from), [900_000]);
      await browser.stopWorkers();
      assert.deepEqual(await lengths(0), [900_000]);
    } finally {
      await narrow(0);
    }
    assert.equal((await got(tab, "/s/a/later")).body.length, 900_000);
  });

  test("the clock set back a day: what seems to come from the future is asked for anew, and set right again nothing is left", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, [{ match: "/s/*" }], "classic", "/worker-clock.js");
    const path = await origin.script("a", { headers: headers("max-age=60", '"1"'), body: "hello" });
    await got(tab, path);
    assert.equal((await got(tab, path)).via.hit, true);
    await ask(tab, { shift: -86_400_000 });
    await origin.script("a", { headers: headers("max-age=60", '"2"'), body: "new" });
    assert.equal((await got(tab, path)).body, "new");
    await until(async () => (await got(tab, path)).via.hit);
    assert.equal((await origin.asked("a")).length, 1);
    await ask(tab, { shift: 0 });
    await until(async () => (await got(tab, path)).body === "new");
  });
});
