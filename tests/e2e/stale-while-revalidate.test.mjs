// RFC 5861: a stale response is served at once while one request in the background fetches the next.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

forEachBrowser("stale-while-revalidate", (test) => {
  const stale = headers("max-age=0, stale-while-revalidate=60");

  test("serves the stale one, then the new one", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [
      { headers: stale, body: "one" },
      { headers: headers("max-age=60"), body: "two", delayMs: 300 },
    ]);
    assert.equal((await fetched(tab, path)).body, "one");
    const served = await fetched(tab, path);
    assert.equal(served.body, "one");
    assert.equal(served.via.hit, true, served.headers["cache-status"]);
    assert.ok(served.via.ttl <= 0);
    await until(async () => (await fetched(tab, path)).body === "two");
    assert.equal((await origin.asked("a")).length, 2);
  });

  test("many stale reads start one request", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [
      { headers: stale, body: "one" },
      { headers: headers("max-age=60"), body: "two", delayMs: 300 },
    ]);
    await fetched(tab, path);
    const bodies = await tab.evaluate((path) =>
      Promise.all(Array.from({ length: 10 }, async () => (await cache.fetch(path)).text())), path);
    assert.deepEqual(bodies, Array(10).fill("one"));
    await until(async () => (await fetched(tab, path)).body === "two");
    assert.equal((await origin.asked("a")).length, 2);
  });

  test("a background request that fails leaves what is stored, and no unhandled rejection", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [
      { headers: stale, body: "one" }, { fail: "reset" }, { headers: headers("max-age=60"), body: "two" },
    ]);
    await fetched(tab, path);
    assert.equal((await fetched(tab, path)).body, "one");
    await until(async () => (await origin.asked("a")).length > 1);
    assert.match((await fetched(tab, path)).body, /one|two/);
    await until(async () => (await fetched(tab, path)).body === "two");
  });
});
