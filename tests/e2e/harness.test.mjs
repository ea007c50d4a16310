// The harness itself, without the package: what a failing test elsewhere may rest upon.

import assert from "node:assert/strict";

import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("harness", (test) => {
  test("values, errors and two tabs at once", async ({ visit }) => {
    const [one, two] = await Promise.all([visit("/bare.html"), visit("/bare.html")]);
    assert.deepEqual(await one.evaluate(async (a, b) => ({ sum: a + b, none: null }), 1, 2), { sum: 3, none: null });
    assert.equal(await one.evaluate(() => undefined), undefined);
    await assert.rejects(
      one.evaluate(async () => { throw Object.assign(new TypeError("outer", { cause: new Error("inner") }), { code: "c" }); }),
      (error) => error.name === "TypeError" && error.code === "c" && error.cause.message === "inner",
    );
    const heard = one.evaluate(() => new Promise((resolve) => {
      const channel = new BroadcastChannel("x");
      channel.onmessage = ({ data }) => { channel.postMessage("heard"); resolve(data); };
      channel.postMessage("listening");
    }));
    await two.evaluate(() => new Promise((resolve) => {
      const channel = new BroadcastChannel("x");
      const call = setInterval(() => channel.postMessage("hello"), 20);
      channel.onmessage = ({ data }) => { if (data === "heard") { clearInterval(call); resolve(); } };
    }));
    assert.equal(await heard, "hello");
  });

  test("requests counted at the origin, offline, and stopped", async ({ origin, visit }) => {
    const tab = await visit("/bare.html");
    const path = await origin.script("a", { body: "hello", headers: [["ETag", '"1"']] });
    const get = () => tab.evaluate((url) => fetch(url, { cache: "no-store" }).then((r) => r.text(), (e) => e.name), path);
    assert.equal(await get(), "hello");
    assert.deepEqual(await origin.counts(path), { requests: 1, notModified: 0, bytes: 5 });
    await origin.offline();
    assert.equal(await get(), "TypeError");
    await origin.offline(false);
    assert.equal(await get(), "hello");
    await origin.stop();
    assert.equal(await get(), "TypeError");
    await origin.restart();
    assert.equal((await origin.stats()).requests, 0);
    assert.match(await get(), /no-such-script/);
  });
});
