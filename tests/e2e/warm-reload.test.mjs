// The second visit: what is fresh is answered without the network, from a durable tier first, from memory afterwards;
// what is small is in memory from the start.

import assert from "node:assert/strict";

import { fetched, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

// The browser's own HTTP cache would spare the origin these requests too; so nearcache has to say that it was a hit.
forEachBrowser("warm reload", (test) => {
  for (const path of ["/api/categories", "/api/products?category=kitchen&page=2", "/images/p0001.png"]) {
    test(`${path} comes from the cache`, async ({ origin, visit }) => {
      const tab = await visit();
      await open(tab);
      const cold = await fetched(tab, path);
      await reopened(tab);
      await origin.reset();
      const warm = await fetched(tab, path);
      assert.equal(warm.via.hit, true, warm.headers["cache-status"]);
      assert.match(warm.via.detail, cold.body.length < 3_000 ? /^memory$/ : /^(memory|indexeddb|cache-storage)$/);
      assert.ok(warm.via.ttl > 0);
      assert.equal(warm.status, 200);
      assert.equal(warm.url, origin.url + path);
      assert.equal(warm.body, cold.body);
      assert.equal(warm.headers["content-type"], cold.headers["content-type"]);
      assert.equal((await fetched(tab, path)).via.detail, "memory");
      assert.deepEqual((await origin.stats()).perPath[path.split("?")[0]], undefined, "the origin was asked");
      assert.equal((await tab.evaluate(() => cache.stats())).network.requests, 0);
    });
  }

  test("a body of 3 MB comes back whole", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("large", { headers: [["Cache-Control", "max-age=60"]], body: { size: 3_000_000 } });
    const sum = () => tab.evaluate(async (path) => {
      const response = await cache.fetch(path);
      const bytes = await response.arrayBuffer();
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
      return { status: response.headers.get("cache-status"), size: bytes.byteLength, digest: [...digest].join() };
    }, path);
    const cold = await sum();
    await reopened(tab);
    const warm = await sum();
    assert.match(warm.status, /nearcache; hit/);
    assert.deepEqual({ ...warm, status: 0 }, { ...cold, status: 0 });
    assert.equal((await origin.asked("large")).length, 1);
  });
});
