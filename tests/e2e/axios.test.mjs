// The axios adapter, with the real axios.

import assert from "node:assert/strict";

import { bundled } from "./lib/app.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const options = { app: await bundled("axios.js"), mounts: { "/pkg": PACKAGE } };
const json = (body, cacheControl = "max-age=60", status = 200) =>
  ({ status, headers: [["Content-Type", "application/json"], ["Cache-Control", cacheControl], ["Date", "{now}"]], body: JSON.stringify(body) });

forEachBrowser("axios", (test) => {
  test("is answered from the cache, its interceptors and time-outs as ever", async ({ origin, visit }) => {
    const tab = await visit();
    const path = await origin.script("item", json({ n: 1 }));
    const cold = await tab.evaluate((path) => asked("get", path, { params: { a: 1 } }), path);
    const warm = await tab.evaluate((path) => asked("get", path, { params: { a: 1 } }), path);
    assert.deepEqual([cold.data, warm.data], [{ n: 1 }, { n: 1 }]);
    assert.match(cold.via, /nearcache; fwd/);
    assert.match(warm.via, /nearcache; hit/);
    assert.deepEqual((await origin.asked("item")).map(({ headers }) => headers["x-who"]), ["me"]);
  }, options);

  test("writes go through, and invalidate what they wrote to", async ({ origin, visit }) => {
    const tab = await visit();
    const path = await origin.script("item", json({ n: 1 }));
    await tab.evaluate((path) => asked("get", path), path);
    assert.equal((await tab.evaluate((path) => asked("put", path, { n: 2 }), path)).status, 200);
    await tab.evaluate((path) => asked("get", path), path);
    assert.deepEqual((await origin.asked("item")).map(({ method, body }) => `${method} ${body ?? ""}`.trim()), ["GET", 'PUT {"n":2}', "GET"]);
  }, options);

  test("fails as axios does", async ({ origin, visit }) => {
    const tab = await visit();
    const path = await origin.script("none", json({}, "no-store", 404));
    assert.deepEqual(await tab.evaluate((path) => asked("get", path), path), { code: "ERR_BAD_REQUEST", status: 404, axios: true });
    assert.equal(await tab.evaluate((path) => cancelled(path), path), true);
    await origin.stop();
    assert.deepEqual(await tab.evaluate((path) => asked("get", path), path), { code: "ERR_NETWORK", axios: true, cause: "origin-unreachable" });
  }, options);

  test("tells the progress of a download, from the cache too", async ({ origin, visit }) => {
    const tab = await visit();
    const path = await origin.script("large", { ...json(""), body: "x".repeat(100_000) });
    assert.deepEqual(await tab.evaluate((path) => progress(path), path), [100_000, 100_000]);
    assert.deepEqual(await tab.evaluate((path) => progress(path), path), [100_000, 100_000]);
    assert.equal((await origin.asked("large")).length, 1);
  }, options);
});
