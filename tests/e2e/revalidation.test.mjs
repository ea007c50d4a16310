// What is stale goes back to the origin with its validator, and comes back as a 304 without a body.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("revalidation", (test) => {
  for (const [what, lines, sent] of [
    ["a strong ETag", [["ETag", '"v1"']], { "if-none-match": '"v1"' }],
    ["a weak ETag", [["ETag", 'W/"v1"']], { "if-none-match": 'W/"v1"' }],
    ["Last-Modified", [["Last-Modified", "Wed, 01 Jan 2025 00:00:00 GMT"]], { "if-modified-since": "Wed, 01 Jan 2025 00:00:00 GMT" }],
  ]) {
    test(`by ${what}: no body is sent again`, async ({ origin, visit }) => {
      const tab = await visit();
      await open(tab);
      const path = await origin.script("a", { headers: [...headers("max-age=0"), ...lines], body: { size: 5_000 } });
      await fetched(tab, path);
      const cold = await origin.counts(path);
      const again = await fetched(tab, path);
      assert.equal(again.status, 200);
      assert.equal(again.body.length, 5_000);
      assert.equal(again.via.fwd, "stale", again.headers["cache-status"]);
      assert.equal(again.via["fwd-status"], 304);
      assert.deepEqual(cold, { requests: 1, notModified: 0, bytes: 5_000 });
      assert.deepEqual(await origin.counts(path), { requests: 2, notModified: 1, bytes: 5_000 });
      const [, second] = await origin.asked("a");
      for (const [name, value] of Object.entries(sent)) assert.equal(second.headers[name], value);
      const { network } = await tab.evaluate(() => cache.stats());
      assert.equal(network.notModified, 1);
    });
  }

  test("through the whole stack, after a reload", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = "/api/products/p0003";
    const { body } = await fetched(tab, path);
    await reopened(tab);
    const again = await fetched(tab, path, { cache: "no-cache" });
    assert.equal(again.via["fwd-status"], 304, again.headers["cache-status"]);
    assert.equal(again.body, body);
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ requests, notModified }, { requests: 2, notModified: 1 });
  });

  test("at once, when the first body has only just been read", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = "/api/products/p0005";
    await tab.evaluate(async (path) => {
      await (await cache.fetch(path)).text();
      await (await cache.fetch(path, { cache: "no-cache" })).text();
    }, path);
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ requests, notModified }, { requests: 2, notModified: 1 });
  });

  test("a 304 freshens the headers and the lifetime, but not those of the body", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [
      { headers: [...headers("max-age=0", '"1"'), ["X-Turn", "first"]], body: "hello" },
      { headers: [["Date", "{now}"], ["Cache-Control", "max-age=60"], ["ETag", '"1"'], ["X-Turn", "second"], ["Content-Type", "text/html"]] },
    ]);
    await fetched(tab, path);
    const merged = await fetched(tab, path);
    assert.equal(merged.body, "hello");
    assert.equal(merged.headers["x-turn"], "second");
    assert.equal(merged.headers["content-type"], "text/plain");
    const fresh = await fetched(tab, path);
    assert.equal(fresh.via.hit, true, fresh.headers["cache-status"]);
    await reopened(tab);
    assert.equal((await fetched(tab, path)).headers["x-turn"], "second");
    assert.equal((await origin.asked("a")).length, 2);
  });

  test("a validator that the caller set is answered with 304 from what is stored", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: headers("max-age=60", '"1"'), body: "hello" });
    await fetched(tab, path);
    const got = await fetched(tab, path, { headers: { "If-None-Match": '"1"' } });
    assert.equal(got.status, 304);
    assert.equal(got.body, "");
    assert.equal((await origin.asked("a")).length, 1);
  });

  test("no revalidation tells an API Gateway stage to drop its entry", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, { origin: { kind: "api-gateway" } });
    const path = await origin.script("a", { headers: headers("max-age=0", '"1"'), body: "hello" });
    await fetched(tab, path);
    await fetched(tab, path);
    const [, second] = await origin.asked("a");
    assert.equal(second.headers["if-none-match"], '"1"');
    assert.doesNotMatch(second.headers["cache-control"] ?? "", /max-age=0/);
  });
});
