// What is kept from install on: downloaded once, all or nothing, each page with what it was loaded with.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";

import { forEachBrowser, until } from "./lib/suite.mjs";
import { got, next, register } from "./lib/worker.mjs";

const type = ["Content-Type", "text/javascript"];
/** Files `/s/{id}/app.js` with these texts; `null` answers 404. */
async function publish(origin, files) {
  for (const [id, body] of Object.entries(files)) {
    await origin.script(id, body === null ? { status: 404, headers: [type], body: "gone" } : { headers: [type], body });
  }
}
const file = (id) => `/s/${id}/app.js`;
const item = (id, revision, rest) => ({ url: file(id), revision, ...rest });
const times = async (origin, ...ids) => Promise.all(ids.map(async (id) => (await origin.asked(id)).length));
const bodies = (tab, ...ids) => Promise.all(ids.map(async (id) => {
  const { status, body } = await got(tab, file(id));
  return status === 200 ? body : status;
}));
const sha = (body) => `sha384-${createHash("sha384").update(body).digest("base64")}`;
/** The URLs that are stored, with revision. */
const stored = (tab) => tab.evaluate(async () => {
  const [name] = (await caches.keys()).filter((name) => name.startsWith("nearcache-precache:"));
  const keys = name ? await (await caches.open(name)).keys() : [];
  return keys.map(({ url }) => decodeURI(new URL(url).pathname + new URL(url).search)).filter((url) => !url.includes("generations")).sort();
});
const key = (id, revision) => `${file(id)}?nearcache-revision=${revision}`;

forEachBrowser("precache", (test, name) => {
  test("only what changed is downloaded, and what is no longer listed goes", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1", b: "b1", c: "c1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1"), item("b", "1"), item("c", "1")] }), null);
    assert.deepEqual(await bodies(tab, "a", "b", "c"), ["a1", "b1", "c1"]);
    assert.deepEqual(await times(origin, "a", "b", "c"), [1, 1, 1]);
    await publish(origin, { b: "b2" });
    assert.equal(await next(tab, { precache: [item("a", "1"), item("b", "2")] }), "activated");
    await tab.reload();
    assert.deepEqual(await bodies(tab, "a", "b"), ["a1", "b2"]);
    assert.deepEqual([...await times(origin, "a"), ...await times(origin, "b")], [1, 1]);
    await until(async () => {
      await bodies(tab, "a");
      return (await stored(tab)).join() === [key("a", 1), key("b", 2)].join();
    });
  });

  test("what has no revision is fetched at each install, and kept apart until the new worker is in use", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [file("a")] }), null);
    await publish(origin, { a: "a2" });
    assert.equal(await next(tab, { precache: [file("a")], version: 1, skipWaiting: false }), "installed");
    assert.deepEqual([...await times(origin, "a"), ...await bodies(tab, "a")], [1, "a1"]);
  });

  test("a failed install leaves the version in use whole, and the next attempt fetches only what is missing", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1", b: "b1" });
    const first = [item("a", "1"), item("b", "1")];
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: first }), null);
    await publish(origin, { a: "a2", b: null });
    const second = [item("a", "2"), item("b", "2")];
    assert.equal(await next(tab, { precache: second }), "redundant");
    assert.deepEqual(await bodies(tab, "a", "b"), ["a1", "b1"]);
    await origin.offline();
    await tab.reload().catch(() => {});
    await origin.offline(false);
    const other = await visit();
    assert.deepEqual(await bodies(other, "a", "b"), ["a1", "b1"]);
    await publish(origin, { b: "b2" });
    assert.equal(await next(other, { precache: second }), "activated");
    await other.reload();
    assert.deepEqual(await bodies(other, "a", "b"), ["a2", "b2"]);
    assert.deepEqual(await times(origin, "a", "b"), [1, 1]);
  });

  test("integrity: the right content is taken, any other fails the install", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1", { integrity: sha("a1") })] }), null);
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
    await publish(origin, { a: "<!doctype html>sign in to the network" });
    assert.equal(await next(tab, { precache: [item("a", "2", { integrity: sha("a2") })] }), "redundant");
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
    assert.deepEqual((await stored(tab)), [key("a", 1)]);
  });

  test("two tabs: each keeps what it was loaded with until it is reloaded, though the new worker took over", async ({ origin, visit }) => {
    const first = await visit();
    await publish(origin, { a: "a1", gone: "only in 1" });
    assert.equal(await register(first, "module", "/worker-module.js", { precache: [item("a", "1"), item("gone", "1")] }), null);
    await first.reload();
    const second = await visit();
    assert.deepEqual(await bodies(first, "a", "gone"), ["a1", "only in 1"]);
    await publish(origin, { a: "a2", gone: null, fresh: "only in 2" });
    assert.equal(await next(first, { precache: [item("a", "2"), item("fresh", "2")] }), "activated");
    const third = await visit();
    assert.deepEqual(await bodies(first, "a", "gone"), ["a1", "only in 1"]);
    assert.deepEqual(await bodies(second, "a", "gone"), ["a1", "only in 1"]);
    assert.deepEqual(await bodies(third, "a", "fresh", "gone"), ["a2", "only in 2", 404]);
    await first.reload();
    assert.deepEqual(await bodies(first, "a", "gone"), ["a2", 404]);
    assert.deepEqual(await bodies(second, "a", "gone"), ["a1", "only in 1"]);
    await second.reload();
    await until(async () => {
      await bodies(third, "a");
      return (await stored(third)).join() === [key("a", 2), key("fresh", 2)].join();
    });
  });

  test("a link in a page of the old version leads to the new one", async ({ origin, visit }) => {
    const tab = await visit();
    const page = (n) => origin.script("page", { headers: [["Content-Type", "text/html"]], body: `<!doctype html><title>version ${n}</title><link rel=icon href=data:,>` });
    await page(1);
    const list = (revision) => ({ precache: [{ url: "/s/page/one.html", revision }] });
    assert.equal(await register(tab, "module", "/worker-module.js", list("1")), null);
    await page(2);
    assert.equal(await next(tab, list("2")), "activated");
    assert.match((await got(tab, "/s/page/one.html")).body, /version 1/);
    await tab.evaluate(() => {
      const link = document.createElement("a");
      link.href = "/s/page/one.html";
      document.body.append(link);
      setTimeout(() => link.click());
    });
    assert.equal(await until(() => tab.evaluate(() => document.title.startsWith("version") && document.title).catch(() => false)), "version 2");
  });

  test("while the new worker waits, the old one answers with its revisions; both revisions stand side by side", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1")] }), null);
    await publish(origin, { a: "a2" });
    assert.equal(await next(tab, { precache: [item("a", "2")], skipWaiting: false }), "installed");
    await tab.reload();
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
    assert.deepEqual(await stored(tab), [key("a", 1), key("a", 2)]);
    await origin.stop();
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
  });

  test("pages are told how far the install has come, and why it failed", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1", b: null });
    await tab.evaluate(() => {
      globalThis.told = [];
      navigator.serviceWorker.addEventListener("message", ({ data }) => told.push(data));
      navigator.serviceWorker.startMessages();
    });
    assert.equal(await next(tab, { precache: [item("a", "1"), "/bare.html"] }), "activated");
    const told = await tab.evaluate(() => told);
    assert.deepEqual(told.map(({ nearcache, done, total }) => [nearcache, done, total]), [["progress", 0, 2], ["progress", 1, 2], ["progress", 2, 2]]);
    assert.equal(await next(tab, { precache: [item("b", "1")] }), "redundant");
    const { message } = await until(() => tab.evaluate(() => told.find(({ nearcache }) => nearcache === "failed")));
    assert.match(message, /\/s\/b\/app\.js cannot be precached: it answered 404/);
  });

  test("navigations fall back to the application's page, by allow and deny", async ({ origin, visit }) => {
    const tab = await visit();
    const navigationFallback = { url: "/bare.html", allow: ["/shop/*", "/api/*"], deny: ["/shop/admin/*"] };
    assert.equal(await register(tab, "module", "/worker-module.js", { navigationFallback }), null);
    const title = async (path) => (await visit(path)).evaluate(() => document.title);
    assert.equal(await title("/shop/items/7?from=mail"), "A page without the package");
    assert.equal(await title("/"), "nearcache: the page that tests drive");
    assert.equal((await got(tab, "/shop/data")).status, 404);
    const since = (await origin.log()).length;
    await title("/shop/admin/users");
    assert.equal((await origin.log()).slice(since).some(({ path }) => path === "/shop/admin/users"), true);
    await origin.stop();
    assert.equal(await title("/shop/items/8"), "A page without the package");
  });

  test("a page is found by its folder, and without the parameters of a campaign", async ({ origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: ["/index.html", "/bare.html"] }), null);
    await origin.stop();
    const title = async (path) => (await visit(path)).evaluate(() => document.title);
    assert.equal(await title("/"), "nearcache: the page that tests drive");
    assert.equal(await title("/bare.html?utm_source=mail&fbclid=1"), "A page without the package");
  });

  test("navigation preload: the browser's own request is the answer, and the only one", async ({ origin, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-module.js", { offline: "/bare.html", navigationPreload: true }), null);
    const path = await origin.script("page", { headers: [["Content-Type", "text/html"]], body: "<!doctype html><title>preloaded</title><link rel=icon href=data:,>" });
    assert.equal(await (await visit(path)).evaluate(() => document.title), "preloaded");
    const asked = await origin.asked("page");
    assert.equal(asked.length, 1);
    assert.equal(asked[0].headers["service-worker-navigation-preload"], "true");
    await origin.stop();
    assert.equal(await (await visit(path)).evaluate(() => document.title), "A page without the package");
    await origin.restart();
    assert.equal(await next(tab, { offline: "/bare.html" }), "activated");
    await origin.script("page", { headers: [["Content-Type", "text/html"]], body: "<!doctype html><title>asked</title><link rel=icon href=data:,>" });
    assert.equal(await (await visit(path)).evaluate(() => document.title), "asked");
    assert.equal((await origin.asked("page"))[0].headers["service-worker-navigation-preload"], undefined);
  });

  test("parts of a precached file are answered with 206", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "0123456789" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1")] }), null);
    await origin.stop();
    for (const [range, status, body, held] of [
      ["bytes=2-4", 206, "234", "bytes 2-4/10"], ["bytes=7-", 206, "789", "bytes 7-9/10"], ["bytes=-3", 206, "789", "bytes 7-9/10"],
      ["bytes=5-99", 206, "56789", "bytes 5-9/10"], ["bytes=20-", 416, "", "bytes */10"], ["bytes=0-1,4-5", 200, "0123456789", undefined],
    ]) {
      const answer = await got(tab, file("a"), { headers: { Range: range } });
      assert.deepEqual([answer.status, answer.body, answer.headers["content-range"]], [status, body, held], range);
    }
  });

  test("with its storage cleared under it the network answers, and the next version installs whole", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1")] }), null);
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
    await tab.evaluate(async () => {
      for (const name of await caches.keys()) await caches.delete(name);
    });
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
    await publish(origin, { a: "a2" });
    assert.equal(await next(tab, { precache: [item("a", "2")] }), "activated");
    await tab.reload();
    await origin.stop();
    assert.deepEqual(await bodies(tab, "a"), ["a2"]);
  });

  test("a worker that was killed and started anew still knows which tabs an older version loaded", async ({ browser, origin, visit }) => {
    const old = await visit();
    await publish(origin, { a: "a1" });
    const chunk = (n) => `/s/chunks/${n}.js`;
    await origin.script("chunks", { headers: [type], body: "chunk of 1" });
    assert.equal(await register(old, "module", "/worker-module.js", { precache: [item("a", "1"), { url: chunk(1), revision: "1" }] }), null);
    await publish(origin, { a: "a2" });
    await origin.script("chunks", { headers: [type], body: "chunk of 2" });
    assert.equal(await next(old, { precache: [item("a", "2"), { url: chunk(2), revision: "2" }] }), "activated");
    await origin.script("chunks", { status: 404, headers: [type], body: "gone" });
    const fresh = await visit();
    for (let round = 0; round < 3; round += 1) {
      await browser.stopWorkers();
      assert.equal((await got(old, chunk(1))).body, "chunk of 1");
      assert.deepEqual(await bodies(old, "a"), ["a1"]);
      await browser.stopWorkers();
      assert.deepEqual(await bodies(fresh, "a"), ["a2"]);
      assert.equal((await got(fresh, chunk(2))).body, "chunk of 2");
      assert.equal((await got(fresh, chunk(1))).status, 404);
    }
  });

  test("a worker killed during its install leaves the version in use whole; what arrived is not fetched again", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1", b: "b1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1"), item("b", "1")] }), null);
    await publish(origin, { a: "a2" });
    await origin.script("b", { headers: [type], body: "b2", delayMs: 3_000 });
    const second = { precache: [item("a", "2"), item("b", "2")] };
    const ended = next(tab, second);
    await until(async () => (await stored(tab)).includes(key("a", 2)) && (await origin.asked("b")).length);
    await browser.stopWorkers();
    assert.deepEqual(await bodies(tab, "a", "b"), ["a1", "b1"]);
    const state = await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 5_000, "still"))]);
    assert.notEqual(state, "activated");
    await publish(origin, { b: "b2" });
    assert.equal(await next(tab, second), "activated");
    await tab.reload();
    assert.deepEqual(await bodies(tab, "a", "b"), ["a2", "b2"]);
    assert.deepEqual(await times(origin, "a", "b"), [1, 1]);
  });

  test("logging a user out leaves the application there", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, { a: "a1" });
    assert.equal(await register(tab, "module", "/worker-module.js", { precache: [item("a", "1")] }), null);
    await tab.evaluate(async () => {
      const cache = await nearcache.open({ name: "test" });
      await cache.clear();
      await cache.close();
    });
    await origin.stop();
    assert.deepEqual(await bodies(tab, "a"), ["a1"]);
  });
});
