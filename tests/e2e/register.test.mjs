// The page's helper: it reports what becomes of a worker, lets a new version wait or take over, and reloads once at most.

import assert from "node:assert/strict";

import { forEachBrowser, until } from "./lib/suite.mjs";
import { got } from "./lib/worker.mjs";

const type = ["Content-Type", "text/javascript"];
const publish = (origin, body) => origin.script("a", { headers: [type], body });
const app = "/s/a/app.js";
const body = async (tab) => (await got(tab, app)).body;

/** Calls `register()` in the page; what it tells is in `told`. A version is the revision of `app`. */
const start = (tab, version, { serve = {}, ...options } = {}) => tab.evaluate(async (url, options) => {
  globalThis.told = [];
  const { register } = await import("/pkg/dist/entry/register.js");
  const note = (what) => (...rest) => told.push([what, ...rest.filter((one) => typeof one !== "function")]);
  globalThis.app = await register(url, {
    scope: "/", ...options,
    onWaiting: note("waiting"), onUpdated: note("updated"), onOfflineReady: note("offline-ready"),
    onProgress: note("progress"), onError: ({ code, message }) => told.push(["error", code, message]),
  });
  globalThis.loaded = true;
}, `/worker-module.js?options=${encodeURIComponent(JSON.stringify({ name: "test", precache: [{ url: app, revision: version }], ...serve }))}`, options);
const told = (tab, but = "progress") => tab.evaluate((but) => (globalThis.told ?? []).filter(([what]) => what !== but), but);
const is = (tab, what) => until(async () => (await told(tab)).some(([it]) => it === what));
const isReloaded = (tab) => until(() => tab.evaluate(() => globalThis.loaded === undefined && document.readyState === "complete").catch(() => false));
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const waits = { serve: { skipWaiting: false } };

forEachBrowser("register", (test) => {
  test("the first version: progress, then ready to go offline, and nothing else", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, "a1");
    await start(tab, "1");
    await is(tab, "offline-ready");
    await pause(400);
    assert.deepEqual(await tab.evaluate(() => told), [
      ["progress", { done: 0, total: 1 }], ["progress", { done: 1, total: 1, url: `${origin.url}${app}` }], ["offline-ready"],
    ]);
    assert.equal(await tab.evaluate(() => globalThis.loaded), true);
  });

  test("prompt: a new version waits until a tab lets it; that tab is reloaded once, the other is told and keeps its files", async ({ origin, visit }) => {
    const [first, second] = [await visit(), await visit()];
    await publish(origin, "a1");
    await start(first, "1", waits);
    await is(first, "offline-ready");
    await until(() => second.evaluate(() => navigator.serviceWorker.controller !== null));
    for (const tab of [first, second]) {
      await tab.reload();
      await start(tab, "1", waits);
    }
    await publish(origin, "a2");
    await start(first, "2", waits);
    await is(first, "waiting");
    await is(second, "waiting");
    assert.deepEqual([await body(first), await body(second)], ["a1", "a1"]);
    await first.evaluate(() => app.takeOver());
    await isReloaded(first);
    await is(second, "updated");
    assert.deepEqual([await body(first), await body(second)], ["a2", "a1"]);
    assert.equal(await second.evaluate(() => globalThis.loaded), true);
    await pause(300);
    await first.evaluate(() => void (globalThis.still = true));
    await second.reload();
    assert.equal(await body(second), "a2");
    assert.equal(await first.evaluate(() => globalThis.still), true);
  });

  test("a version that waits already is told to a page that opens", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, "a1");
    await start(tab, "1", waits);
    await is(tab, "offline-ready");
    await publish(origin, "a2");
    await start(tab, "2", waits);
    await is(tab, "waiting");
    const other = await visit();
    await start(other, "2", waits);
    await is(other, "waiting");
  });

  test("now: a new version takes over, and each tab is reloaded once", async ({ origin, visit }) => {
    const [first, second] = [await visit(), await visit()];
    const now = { ...waits, update: "now" };
    await publish(origin, "a1");
    await start(first, "1", now);
    await is(first, "offline-ready");
    await until(() => second.evaluate(() => navigator.serviceWorker.controller !== null));
    await start(second, "1", now);
    await publish(origin, "a2");
    await start(first, "2", now);
    await isReloaded(first);
    await isReloaded(second);
    assert.deepEqual([await body(first), await body(second)], ["a2", "a2"]);
    await start(first, "2", now);
    await pause(500);
    assert.deepEqual(await told(first), []);
    // Whatever goes on, it is not reloaded again so soon: it is told.
    await publish(origin, "a3");
    await start(first, "3", now);
    await is(first, "updated");
    assert.equal(await first.evaluate(() => globalThis.loaded), true);
  });

  test("a worker that does not wait: the page is told that it was updated, and not reloaded", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, "a1");
    await start(tab, "1");
    await is(tab, "offline-ready");
    await tab.reload();
    await publish(origin, "a2");
    await start(tab, "2");
    await is(tab, "updated");
    assert.equal(await body(tab), "a1");
    await pause(400);
    assert.deepEqual(await told(tab), [["updated"]]);
    await tab.evaluate(() => app.takeOver());
    await isReloaded(tab);
    assert.equal(await body(tab), "a2");
  });

  test("a version that cannot be installed is told, and the one before goes on", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, "a1");
    await start(tab, "1");
    await is(tab, "offline-ready");
    await origin.script("a", { status: 500, headers: [type], body: "down" });
    await start(tab, "2");
    await is(tab, "error");
    const [[, code, text]] = await told(tab);
    assert.equal(code, "worker-failed");
    assert.match(text, /answered 500/);
    assert.equal(await body(tab), "a1");
  });

  test("a script that may not be one rejects, with the browser's error as cause", async ({ visit }) => {
    const tab = await visit();
    const error = await tab.evaluate(async () => {
      const { register, NearcacheError } = await import("/pkg/dist/entry/register.js");
      return register("https://elsewhere.example/sw.js").catch((error) => [error instanceof NearcacheError, error.code, error.cause instanceof Error]);
    });
    assert.deepEqual(error, [true, "worker-failed", true]);
  });

  test("check() finds a new version; stop() ends all telling", async ({ origin, visit }) => {
    const tab = await visit();
    await publish(origin, "a1");
    await start(tab, "1");
    await is(tab, "offline-ready");
    await tab.evaluate(() => app.check());
    await tab.evaluate(() => app.stop());
    await publish(origin, "a2");
    await tab.evaluate(async (url) => void await navigator.serviceWorker.register(url, { type: "module", scope: "/" }),
      `/worker-module.js?options=${encodeURIComponent(JSON.stringify({ name: "test" }))}`);
    await pause(600);
    assert.deepEqual(await told(tab), [["offline-ready"]]);
  });

  test("where there are no service workers nothing happens", async ({ visit }) => {
    const tab = await visit();
    assert.equal(await tab.evaluate(async () => {
      Object.defineProperty(navigator, "serviceWorker", { value: undefined });
      const { register } = await import("/pkg/dist/entry/register.js");
      return (await register("/sw.js")) === undefined;
    }), true);
  });
});
