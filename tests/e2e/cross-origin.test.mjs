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
