// Another origin (localhost for 127.0.0.1): revalidation without a preflight, or explicitly where the ETag is exposed.

import assert from "node:assert/strict";

import { fetched, headers, open, refused } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const path = "/api/products/p0007";

forEachBrowser("cross-origin", (test) => {
  test("without an exposed ETag, the browser's own cache revalidates: no preflight, no body", async ({ origin, visit }) => {
    await origin.switch({ cors: { allowOrigin: "reflect" } });
    const tab = await visit();
    await open(tab);
    const url = origin.crossUrl + path;
    const { body } = await fetched(tab, url, { cache: "no-cache" });
    const again = await fetched(tab, url, { cache: "no-cache" });
    assert.equal(again.status, 200);
    assert.equal(again.body, body);
    const { preflights } = await origin.stats();
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ preflights, requests, notModified }, { preflights: 0, requests: 2, notModified: 1 });
    await origin.change("p0007");
    assert.notEqual((await fetched(tab, url, { cache: "no-cache" })).body, body);
  });

  test("with an exposed ETag, by If-None-Match", async ({ origin, visit }) => {
    await origin.switch({ cors: { allowOrigin: "reflect", exposeHeaders: ["ETag", "Age", "Date", "Vary", "X-Cache"] } });
    const tab = await visit();
    await open(tab);
    const url = origin.crossUrl + path;
    const { body } = await fetched(tab, url);
    const again = await fetched(tab, url, { cache: "no-cache" });
    assert.equal(again.body, body);
    assert.equal((await origin.counts(path)).notModified, 1);
    const { network } = await tab.evaluate(() => cache.stats());
    assert.ok(network.conditional >= 1, JSON.stringify(network));
  });

  // Chromium and Firefox pass their preflight cache by where they pass their HTTP cache by, whatever Access-Control-Max-Age says.
  for (const maxAge of [0, 600]) {
    test(`If-None-Match costs a preflight each time, with a max age of ${maxAge} too`, async ({ name, origin, visit }) => {
      await origin.switch({ cors: { allowOrigin: "reflect", exposeHeaders: ["ETag"], maxAge } });
      const tab = await visit();
      await open(tab);
      const url = origin.crossUrl + path;
      const { body } = await fetched(tab, url);
      assert.equal((await origin.stats()).preflights, 0, "a plain request needs none");
      for (let turn = 0; turn < 3; turn += 1) {
        const again = await fetched(tab, url, { cache: "no-cache" });
        assert.deepEqual([again.body, again.via["fwd-status"]], [body, 304]);
      }
      assert.equal((await origin.stats()).preflights, name === "webkit" && maxAge ? 1 : 3);
      const { network } = await tab.evaluate(() => cache.stats());
      assert.deepEqual([network.conditional, network.delegated, network.notModified], [3, 0, 3]);
      assert.deepEqual((await origin.log({ path })).map(({ status }) => status), [200, 304, 304, 304]);
    });
  }

  test("left to the browser's cache: told as delegated, no preflight however often", async ({ origin, visit }) => {
    await origin.switch({ cors: { allowOrigin: "reflect", maxAge: 0 } });
    const tab = await visit();
    await open(tab);
    const url = origin.crossUrl + path;
    const { body } = await fetched(tab, url);
    for (let turn = 0; turn < 3; turn += 1) assert.equal((await fetched(tab, url, { cache: "no-cache" })).body, body);
    assert.equal((await origin.stats()).preflights, 0);
    const { network } = await tab.evaluate(() => cache.stats());
    assert.deepEqual([network.conditional, network.delegated], [0, 3]);
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ requests, notModified }, { requests: 4, notModified: 3 });
  });

  test("a stage cache is never told to forget, so a preflight is paid there even without an exposed ETag", async ({ name, origin, visit }) => {
    await origin.switch({ cors: { allowOrigin: "reflect", maxAge: 600 } });
    const tab = await visit();
    await open(tab, { origin: { kind: "api-gateway" } });
    const url = origin.crossUrl + path;
    const { body } = await fetched(tab, url);
    for (let turn = 0; turn < 2; turn += 1) assert.equal((await fetched(tab, url, { cache: "no-cache" })).body, body);
    const lines = await origin.log({ path });
    assert.deepEqual(lines.map(({ status }) => status), [200, 304, 304]);
    assert.ok(lines.every(({ headers }) => !/max-age=0/.test(headers["cache-control"] ?? "")), JSON.stringify(lines));
    assert.equal((await origin.stats()).preflights, name === "webkit" ? 1 : 2);
  });

  for (const [exposed, asked] of [["Age, Date", 1], ["", 2]]) {
    test(`fresh by headers that can${exposed ? "" : "not"} be seen: asked ${asked} times`, async ({ origin, visit }) => {
      const cors = [["Access-Control-Allow-Origin", origin.url], ["Access-Control-Expose-Headers", exposed]];
      const script = await origin.script("a", { headers: [...headers("max-age=60"), ...cors], body: "hello" });
      const tab = await visit();
      await open(tab);
      await fetched(tab, origin.crossUrl + script);
      assert.equal((await fetched(tab, origin.crossUrl + script)).body, "hello");
      assert.equal((await origin.asked("a")).length, asked);
    });
  }

  test("what CORS refuses fails as it does without a cache", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const error = await refused(tab, origin.crossUrl + path);
    assert.equal(error?.code, "origin-unreachable", JSON.stringify(error));
  });

  test("an opaque response passes through unharmed, and is not stored unasked", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const script = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    for (let turn = 0; turn < 2; turn += 1) {
      const got = await fetched(tab, origin.crossUrl + script, { mode: "no-cors", cache: "no-store" });
      assert.deepEqual([got.type, got.status], ["opaque", 0]);
    }
    assert.equal((await origin.asked("a")).length, 2);
  });
});
