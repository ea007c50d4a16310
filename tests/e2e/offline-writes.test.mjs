// Writes without a network: kept, sent in order when it is back, once each, and the server's word told.

import assert from "node:assert/strict";

import { headers } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { ask, got, register } from "./lib/worker.mjs";

const start = async (tab, options = {}) => {
  await tab.evaluate(() => {
    globalThis.told = [];
    new BroadcastChannel("queue").onmessage = ({ data }) => told.push(data);
  });
  assert.equal(await register(tab, "module", "/worker-queue.js", options), null);
};
const answer = (origin, status = 200, rest = {}) => origin.script("w", { status, headers: headers("no-store"), body: "done", ...rest });
const write = (tab, body, init = {}) => got(tab, "/s/w", { method: "POST", body, headers: { Authorization: "Bearer page" }, ...init });
const post = (tab, message) => tab.evaluate((message) => navigator.serviceWorker.controller.postMessage(message), message);
const replay = (tab) => post(tab, { nearcache: "replay" });
const listed = async (tab) => (await ask(tab, { nearcache: "writes" })).map(({ id, method, attempts }) => [id, method, attempts > 0]);
const told = (tab) => tab.evaluate(() => told);
const isEmpty = (tab) => until(async () => !(await ask(tab, { nearcache: "writes" })).length, 8_000);
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

forEachBrowser("offline writes", (test, name) => {
  test("with a network a write goes straight there, with a key, and its answer comes back", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin, 201);
    const { status, body } = await write(tab, "one");
    assert.deepEqual([status, body], [201, "done"]);
    const [sent] = await origin.asked("w");
    assert.equal(sent.body, "one");
    assert.equal(sent.headers.authorization, "Bearer page");
    assert.match(sent.headers["idempotency-key"], /^[0-9a-f-]{36}$/);
    assert.equal((await write(tab, "", {})).status, 201);
    assert.equal((await got(tab, "/s/w")).status, 201); // reads are not the queue's
    assert.equal((await origin.asked("w"))[2].headers["idempotency-key"], undefined);
  });

  test("without one they are kept and answered 202, and sent in order when it is back, with fresh headers", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin);
    await origin.offline();
    for (const [body, method] of [["one", "POST"], ["two", "PUT"], ["three", "PATCH"], [undefined, "DELETE"]]) {
      const { status, headers, body: text } = await write(tab, body, { method, headers: { Authorization: "Bearer secret-of-the-page", "X-Kept": method } });
      assert.equal(status, 202);
      assert.deepEqual([JSON.parse(text).queued, JSON.parse(text).key], [true, headers["nearcache-queued"]]);
    }
    assert.equal((await ask(tab, "stats")).pending, 4);
    assert.doesNotMatch((await tab.evaluate(() => rawStores())).join("\n"), /secret-of-the-page/);
    await origin.offline(false);
    await replay(tab);
    await isEmpty(tab);
    const asked = await origin.asked("w");
    assert.deepEqual(asked.map(({ method, body }) => [method, body]), [["POST", "one"], ["PUT", "two"], ["PATCH", "three"], ["DELETE", ""]]);
    assert.deepEqual(asked.map(({ headers }) => headers["x-kept"]), ["POST", "PUT", "PATCH", "DELETE"]);
    assert.ok(asked.every(({ headers }) => /^Bearer \d+$/.test(headers.authorization)), "a token of the callback's");
    assert.equal(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size, 4);
    await until(async () => (await told(tab)).length === 4);
    assert.deepEqual((await told(tab)).map(({ what, reason }) => [what, reason]), Array(4).fill(["sent", "200 done"]));
    assert.deepEqual(await ask(tab, "stats"), { pending: 0, sent: 4, conflicts: 0, failed: 0 });
  });

  test("it is sent by itself: by Background Sync, a timer, or the next request of a page", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin);
    await origin.offline();
    await write(tab, "one");
    await origin.offline(false);
    await until(async () => (await origin.asked("w")).length === 1, 10_000);
  });

  test("a new write does not overtake one that waits", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin, 503, { headers: [["Retry-After", "4"]] });
    await origin.offline();
    await write(tab, "one");
    await origin.offline(false);
    await replay(tab);
    await until(async () => (await origin.asked("w")).length === 1);
    await answer(origin);
    assert.equal((await write(tab, "two")).status, 202);
    await until(async () => {
      await replay(tab);
      await pause(100);
      return (await origin.asked("w")).length === 2;
    }, 10_000);
    assert.deepEqual((await origin.asked("w")).map(({ body }) => body), ["one", "two"]);
  });

  test("a break that the server asks for is kept, also by force; then it goes again under the same key", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await origin.script("w", [{ status: 429, headers: [["Retry-After", "2"]], body: "" }, { status: 200, headers: headers("no-store"), body: "done" }]);
    await origin.offline();
    await write(tab, "one");
    await origin.offline(false);
    await replay(tab);
    await until(async () => (await origin.asked("w")).length === 1);
    await replay(tab);
    await pause(500);
    assert.equal((await origin.asked("w")).length, 1);
    await until(async () => (await origin.asked("w")).length === 2, 8_000);
    const [first, second] = await origin.asked("w");
    assert.equal(first.headers["idempotency-key"], second.headers["idempotency-key"]);
    assert.ok(second.at - first.at >= 1_900, `${second.at - first.at} ms`);
  });

  for (const status of [409, 412]) {
    test(`a conflict (${status}) is told, and what is returned is sent in its place, under a new key`, async ({ origin, visit }) => {
      const tab = await visit();
      await start(tab, { more: "resolve" });
      await origin.script("w", [{ status, headers: headers("no-store"), body: "theirs" }, { status: 200, headers: headers("no-store"), body: "done" }]);
      await origin.offline();
      await write(tab, "one");
      await write(tab, "two");
      await origin.offline(false);
      await replay(tab);
      await isEmpty(tab);
      const asked = await origin.asked("w");
      assert.deepEqual(asked.map(({ body, headers }) => [body, headers["if-match"]]), [["one", undefined], ["resolved", '"2"'], ["two", undefined]]);
      assert.equal(new Set(asked.map(({ headers }) => headers["idempotency-key"])).size, 3);
      await until(async () => (await told(tab)).length === 3);
      assert.deepEqual((await told(tab)).map(({ what, reason }) => [what, reason]), [["conflict", `${status} theirs`], ["sent", "200 done"], ["sent", "200 done"]]);
    });
  }

  test("a conflict that nobody resolves, and a refusal, are dropped and told; what follows goes on", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    const say = (status) => ({ status, headers: headers("no-store"), body: `is ${status}` });
    await origin.script("w", [say(409), say(422), say(200)]);
    await origin.offline();
    for (const body of ["one", "two", "three"]) await write(tab, body);
    await origin.offline(false);
    await replay(tab);
    await isEmpty(tab);
    await until(async () => (await told(tab)).length === 3);
    assert.deepEqual((await told(tab)).map(({ what, reason }) => [what, reason]), [["conflict", "409 is 409"], ["failed", "422 is 422"], ["sent", "200 is 200"]]);
    assert.deepEqual(await ask(tab, "stats"), { pending: 0, sent: 1, conflicts: 1, failed: 1 });
  });

  test("what is too old fails, and is not sent", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, { queue: { maxAge: "300ms" } });
    await answer(origin);
    await origin.offline();
    await write(tab, "one");
    await pause(500);
    await origin.offline(false);
    await replay(tab);
    await isEmpty(tab);
    await until(async () => (await told(tab)).length === 1);
    assert.deepEqual((await told(tab)).map(({ what, reason }) => [what, reason]), [["failed", "timeout"]]);
    assert.equal((await origin.asked("w")).length, 0);
  });

  test("a write goes only while it is its owner who is signed in", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, { more: "owner" });
    await answer(origin);
    await origin.offline();
    await write(tab, "of alice");
    await ask(tab, { owner: "bob" });
    await write(tab, "of bob");
    await origin.offline(false);
    await replay(tab);
    await until(async () => (await origin.asked("w")).length === 1);
    await pause(300);
    assert.deepEqual((await origin.asked("w")).map(({ body }) => body), ["of bob"]);
    await ask(tab, { owner: "alice" });
    await replay(tab);
    await isEmpty(tab);
    assert.deepEqual((await origin.asked("w")).map(({ body }) => body), ["of bob", "of alice"]);
  });

  test("a worker that dies before it has an answer sends again under the same key; after that, never again", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin, 200, { delayMs: 6_000 });
    await origin.offline();
    await write(tab, "one");
    await write(tab, "two");
    await origin.offline(false);
    await replay(tab);
    await until(async () => (await origin.asked("w")).length === 1);
    await browser.stopWorkers();
    await answer(origin);
    await replay(tab);
    await isEmpty(tab);
    assert.deepEqual((await origin.asked("w")).map(({ body }) => body), ["one", "two"]);
    await browser.stopWorkers();
    await replay(tab);
    await pause(400);
    assert.equal((await origin.asked("w")).length, 2);
  });

  test("what waits outlives the worker and the browser, and goes at the next start", async ({ browser, origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin);
    await origin.offline();
    await write(tab, "one");
    await browser.stopWorkers();
    assert.deepEqual((await listed(tab)).map(([, method]) => method), ["POST"]);
    await browser.stopWorkers();
    await origin.offline(false);
    await got(tab, "/s/other"); // any event will do
    await until(async () => (await origin.asked("w")).length === 1, 10_000);
  });

  if (name === "chromium") {
    test("a Background Sync sends what waits, by a worker that did not run; one that leaves something is repeated", async ({ browser, origin, visit }) => {
      const tab = await visit();
      await start(tab);
      await answer(origin);
      await origin.offline();
      for (const body of ["one", "two"]) await write(tab, body);
      await tab.evaluate(() => navigator.serviceWorker.ready.then(({ sync }) => sync.getTags())).then((tags) => assert.deepEqual(tags, ["nearcache:writes"]));
      await browser.stopWorkers();
      await tab.sync("nearcache:writes");
      assert.equal((await listed(tab)).length, 2);
      await browser.stopWorkers();
      await origin.offline(false);
      await tab.sync("nearcache:writes");
      await until(async () => (await origin.asked("w")).length === 2);
      assert.deepEqual((await origin.asked("w")).map(({ body }) => body), ["one", "two"]);
      await isEmpty(tab);
    });
  }

  test("several replays at once send each write once", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin, 200, { delayMs: 50 });
    await origin.offline();
    for (let n = 0; n < 5; n += 1) await write(tab, String(n));
    await origin.offline(false);
    for (let n = 0; n < 5; n += 1) await replay(tab);
    await isEmpty(tab);
    assert.deepEqual((await origin.asked("w")).map(({ body }) => body), ["0", "1", "2", "3", "4"]);
  });

  test("pages are told by register(), which lists what waits", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab);
    await answer(origin);
    await tab.evaluate(async () => {
      const { register } = await import("/pkg/dist/entry/register.js");
      const { scriptURL } = navigator.serviceWorker.controller;
      globalThis.writes = [];
      globalThis.app = await register(scriptURL, { scope: "/", onWrite: ({ what, status, write }) => writes.push([what, status, write.method]) });
    });
    await origin.offline();
    await write(tab, "one");
    assert.deepEqual(await tab.evaluate(async () => (await app.writes()).map(({ method, body }) => [method, new TextDecoder().decode(body)])), [["POST", "one"]]);
    await origin.offline(false);
    await tab.evaluate(() => dispatchEvent(new Event("online")));
    await isEmpty(tab);
    await until(() => tab.evaluate(() => writes.length === 2));
    assert.deepEqual(await tab.evaluate(() => writes), [["queued", null, "POST"], ["sent", 200, "POST"]]);
  });

  test("a queue's name stands for one queue", async ({ visit }) => {
    const tab = await visit();
    const error = await tab.evaluate(async () => {
      const { serve } = await import("/pkg/dist/entry/worker.js");
      globalThis.registration = { scope: location.href };
      try {
        serve({ name: "x", routes: [{ match: "/a", queue: {} }, { match: "/b", queue: {} }] });
      } catch (error) {
        return [error.code, error.details.option];
      }
    });
    assert.deepEqual(error, ["invalid-option", "queue.name"]);
  });
});
