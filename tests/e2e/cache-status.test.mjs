// RFC 9211: what we serve says where it came from.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("Cache-Status", (test) => {
  test("of a miss, a memory hit, a durable hit and a revalidation", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    // Too large to come along with the directory.
    const fresh = await origin.script("fresh", { headers: headers("max-age=60"), body: { size: 10_000 } });
    const stale = await origin.script("stale", { headers: headers("max-age=0", '"1"'), body: "x" });
    const status = async (path, init) => (await fetched(tab, path, init)).headers["cache-status"];
    assert.match(await status(fresh), /^nearcache; fwd=(uri-)?miss; (fwd-status=200; )?stored/);
    assert.match(await status(fresh), /^nearcache; hit; ttl=(59|60); detail=memory$/);
    await reopened(tab);
    assert.match(await status(fresh), /^nearcache; hit; ttl=\d+; detail=indexeddb$/);
    await status(stale);
    assert.match(await status(stale), /^nearcache; .*fwd=stale; fwd-status=304/);
    assert.match(await status(fresh, { cache: "reload" }), /^nearcache; fwd=(request|bypass)/);
  });

  test("what cannot be stored is not said to be stored", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: headers("no-store"), body: "x" });
    const got = await fetched(tab, path);
    assert.notEqual(got.via?.stored, true, got.headers["cache-status"]);
    assert.deepEqual(await tab.evaluate(async () => {
      const keys = [];
      for await (const [key] of cache.entries()) keys.push(key);
      return keys;
    }), []);
  });

  test("the edge's own Cache-Status stays, ours comes last", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: [...headers("max-age=60"), ["Cache-Status", "edge; hit"]], body: "x" });
    await fetched(tab, path);
    assert.match((await fetched(tab, path)).headers["cache-status"], /^edge; hit, nearcache; hit/);
  });

  test("an age is sent with what the cache serves", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: [...headers("max-age=60"), ["Age", "10"]], body: "x" });
    await fetched(tab, path);
    const got = await fetched(tab, path);
    assert.ok(got.headers.age >= 10 && got.headers.age < 15, got.headers.age);
    assert.ok(got.via.ttl <= 50 && got.via.ttl > 45, got.headers["cache-status"]);
  });
});
