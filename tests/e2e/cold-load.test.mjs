// The first visit: everything comes from the origin, once, and is what the origin sent.

import assert from "node:assert/strict";

import { fetched, open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("cold load", (test) => {
  test("a response is the origin's, and is stored", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const got = await fetched(tab, "/api/products/p0001");
    assert.equal(got.real, true);
    assert.equal(got.status, 200);
    assert.equal(got.url, `${origin.url}/api/products/p0001`);
    assert.equal(got.via.stored, true, got.headers["cache-status"]);
    assert.match(got.via.fwd, /miss/);
    assert.match(got.headers["x-cache"], /from cloudfront/);
    const sent = await fetch(`${origin.url}/api/products/p0001`);
    assert.equal(got.body, await sent.text());
    assert.equal(got.headers.etag.replace("W/", ""), sent.headers.get("etag").replace("W/", ""));
  });

  test("five callers at once share one request, each with a body of its own", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const bodies = await tab.evaluate(async () => {
      const calls = Array.from({ length: 5 }, () => cache.fetch("/api/products/p0002"));
      return Promise.all(calls.map(async (call) => (await (await call).json()).id));
    });
    assert.deepEqual(bodies, Array(5).fill("p0002"));
    assert.equal((await origin.counts("/api/products/p0002")).requests, 1);
  });

  test("to one's own origin, `include` is no other credentials mode than the default", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    await fetched(tab, "/api/categories");
    assert.equal((await fetched(tab, "/api/categories", { credentials: "include" })).via.hit, true);
    assert.equal((await origin.counts("/api/categories")).requests, 1);
  });

  test("the counters say what happened", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    await fetched(tab, "/api/categories");
    await fetched(tab, "/api/categories");
    const { hits, misses, tiers, network } = await tab.evaluate(() => cache.stats());
    assert.deepEqual({ hits, misses, memory: tiers.memory.hits, requests: network.requests },
      { hits: 1, misses: 1, memory: 1, requests: 1 });
  });

  test("a body is a stream that is handed on while it arrives", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("slow", {
      headers: [["Cache-Control", "max-age=60"]], body: { size: 80_000 }, chunkMs: 150,
    });
    const { first, whole, size } = await tab.evaluate(async (path) => {
      const start = performance.now();
      const reader = (await cache.fetch(path)).body.getReader();
      let size = (await reader.read()).value.length;
      const first = performance.now() - start;
      for (let piece = await reader.read(); !piece.done; piece = await reader.read()) size += piece.value.length;
      return { first, whole: performance.now() - start, size };
    }, path);
    assert.equal(size, 80_000);
    assert.ok(first < whole - 500, `the first piece came after ${first} ms of ${whole} ms`);
    assert.equal((await fetched(tab, path)).body.length, 80_000);
    assert.equal((await origin.asked("slow")).length, 1);
  });
});
