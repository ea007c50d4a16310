// cache.route: each strategy, lifetimes and tags of our own, key parts, and POST by its body.

import assert from "node:assert/strict";

import { fetched, headers, open, refused } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const route = (tab, matcher, options) => tab.evaluate((matcher, options) => void (globalThis.unroute = cache.route(matcher, options)), matcher, options);

/** A page with a route for `/s/*`, and a script of two responses that say nothing of caching. */
async function routed({ origin, visit }, options, second = {}) {
  const tab = await visit();
  await open(tab);
  await route(tab, "/s/*", options);
  const plain = [["Content-Type", "text/plain"]];
  const path = await origin.script("a", [{ headers: plain, body: "one" }, { headers: plain, body: "two", ...second }], { match304: false });
  return { tab, path, body: async () => (await fetched(tab, path)).body, asked: async () => (await origin.asked("a")).length };
}

forEachBrowser("routes", (test) => {
  test("cache-first: the network only on a miss", async (context) => {
    const { body, asked } = await routed(context, { strategy: "cache-first" });
    assert.deepEqual([await body(), await body(), await asked()], ["one", "one", 1]);
  });

  test("network-first: the cache when the network fails", async (context) => {
    const { body } = await routed(context, { strategy: "network-first" });
    assert.deepEqual([await body(), await body()], ["one", "two"]);
    await context.origin.offline();
    assert.equal(await body(), "two");
  });

  test("network-first: the cache when the network takes too long", async (context) => {
    const { body } = await routed(context, { strategy: "network-first", timeout: 200 }, { delayMs: 3_000 });
    await body();
    const start = Date.now();
    assert.equal(await body(), "one");
    assert.ok(Date.now() - start < 2_000);
  });

  test("stale-while-revalidate: the cache at once, the network for the next time", async (context) => {
    const { body } = await routed(context, { strategy: "stale-while-revalidate" });
    assert.deepEqual([await body(), await body()], ["one", "one"]);
    await until(async () => await body() === "two");
  });

  test("cache-only: the cache or an error", async (context) => {
    const { tab, path, asked } = await routed(context, { strategy: "cache-only" });
    const outcome = await tab.evaluate(async (path) => {
      const error = await refusal(async () => { globalThis.response = await cache.fetch(path); });
      return error ?? { status: response.status };
    }, path);
    assert.ok(outcome.typed || outcome.status === 504, JSON.stringify(outcome));
    assert.equal(await asked(), 0);
  });

  test("network-only: nothing is stored", async (context) => {
    const { body, tab, path } = await routed(context, { strategy: "network-only" });
    assert.deepEqual([await body(), await body()], ["one", "two"]);
    await context.origin.offline();
    assert.equal((await refused(tab, path))?.code, "origin-unreachable");
  });

  test("http with a ttl of the route's own, until it ends; then un-routed", async (context) => {
    const { body, tab, asked } = await routed(context, { ttl: "3s" });
    assert.deepEqual([await body(), await body(), await asked()], ["one", "one", 1]);
    await new Promise((resolve) => setTimeout(resolve, 3_100));
    assert.equal(await body(), "two");
    await tab.evaluate(() => unroute());
    await tab.evaluate(() => cache.clear());
    await body();
    await body();
    assert.equal(await asked(), 4);
  });

  test("tags of a route can be invalidated, and its tier is used", async (context) => {
    const { body, tab } = await routed(context, { ttl: "1m", tags: ["things"], tier: "cache-storage" });
    await body();
    assert.deepEqual(await tab.evaluate(async () => {
      await cache.flush();
      for await (const [, { tags, tier }] of cache.entries()) return [tags, tier];
    }), [["things"], "cache-storage"]);
    await tab.evaluate(() => cache.invalidate({ tags: ["things"] }));
    assert.equal(await body(), "two");
  });

  test("a key of chosen query parameters", async (context) => {
    const { tab, path, asked } = await routed(context, { ttl: "1m", key: { query: ["q"] } });
    for (const query of ["?q=1&utm=a", "?utm=b&q=1", "?q=1", "?q=2"]) await fetched(tab, path + query);
    assert.equal(await asked(), 2);
  });

  test("POST is answered by its body", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    await route(tab, { url: "/api/search", method: "POST" }, { key: { body: ["/q", "/page"] } });
    const search = (body) => fetched(tab, "/api/search", { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
    const first = await search({ q: "lamp", page: 1 });
    assert.equal(first.status, 200, first.body);
    const again = await search({ page: 1, q: "lamp" });
    assert.equal(again.via.hit, true, again.headers["cache-status"]);
    assert.equal(again.body, first.body);
    const other = await search({ q: "kettle", page: 1 });
    assert.notEqual(other.body, first.body);
    assert.equal((await origin.counts("/api/search")).requests, 2);
  });

  test("POST without a route goes out each time", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const search = () => fetched(tab, "/api/search", { method: "POST", body: `{"q":"lamp"}` });
    const bodies = [(await search()).body, (await search()).body];
    assert.equal(bodies[0], bodies[1]);
    assert.equal((await origin.counts("/api/search")).requests, 2);
  });

  test("the first matching route holds; patterns, methods and predicates match", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    await tab.evaluate(() => {
      cache.route(/\/s\/a$/, { ttl: "1m" });
      cache.route((request) => request.url.endsWith("/s/b"), { ttl: "1m" });
      cache.route({ url: "/s/c", method: "GET" }, { ttl: "1m" });
      cache.route("/s/:id/x", { ttl: "1m" });
      cache.route("/s/*", { strategy: "network-only" });
    });
    for (const [path, expected] of [["a", 1], ["b", 1], ["c", 1], ["d/x", 1], ["e", 2]]) {
      await origin.script(path[0], { headers: [], body: "x" });
      await fetched(tab, `/s/${path}`);
      await fetched(tab, `/s/${path}`);
      assert.equal((await origin.asked(path[0])).length, expected, path);
    }
  });

  test("wrong options are refused and change nothing", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    for (const options of [{ strategy: "magic" }, { ttl: -1 }, { tttl: 5 }, { tier: "disk" }, { key: { quer: ["a"] } }]) {
      const error = await tab.evaluate((options) => refusal(() => cache.route("/s/*", options)), options);
      assert.equal(error?.code, "invalid-option", JSON.stringify({ options, error }));
    }
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "x" });
    await fetched(tab, path);
    assert.equal((await fetched(tab, path)).via.hit, true);
  });
});
