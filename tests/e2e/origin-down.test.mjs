// The origin fails: stale where that is allowed, a clear error where it is not, and all well again afterwards.

import assert from "node:assert/strict";

import { fetched, headers, open, refused, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("origin down", (test) => {
  test("stale-if-error serves what is stored, after a reload too", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: headers("max-age=0, stale-if-error=60", '"1"'), body: "kept" });
    await fetched(tab, path);
    await origin.offline();
    const stale = await fetched(tab, path);
    assert.equal(stale.body, "kept");
    assert.equal(stale.status, 200);
    assert.ok(stale.via, "it says that it came from the cache");
    await origin.offline(false);
    await reopened(tab);
    await origin.stop();
    assert.equal((await fetched(tab, path)).body, "kept");
  });

  test("a 503 is hidden by stale-if-error, and shown without it", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const kept = await origin.script("kept", [{ headers: headers("max-age=0, stale-if-error=60"), body: "kept" }, { status: 503, body: "down" }]);
    const bare = await origin.script("bare", [{ headers: headers("max-age=0, must-revalidate"), body: "old" }, { status: 503, body: "down" }]);
    await fetched(tab, kept);
    await fetched(tab, bare);
    assert.equal((await fetched(tab, kept)).body, "kept");
    const shown = await fetched(tab, bare);
    assert.deepEqual([shown.status, shown.body], [503, "down"]);
  });

  test("without anything to serve, the error says so", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const must = await origin.script("must", { headers: headers("max-age=0, must-revalidate", '"1"'), body: "old" });
    await fetched(tab, must);
    await origin.offline();
    for (const path of ["/api/never-seen", must]) {
      const error = await refused(tab, path);
      assert.equal(error?.typed, true, JSON.stringify(error));
      assert.equal(error.code, "origin-unreachable");
      assert.match(error.cause ?? "", /TypeError/);
    }
    await origin.offline(false);
    assert.equal((await fetched(tab, must)).body, "old", "the cache works again");
  });

  test("what is fresh does not notice, and values need no origin", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    await fetched(tab, "/api/categories");
    await tab.evaluate(() => cache.set("note", { text: "written online" }));
    await origin.stop();
    assert.equal((await fetched(tab, "/api/categories")).via.hit, true);
    assert.deepEqual(await tab.evaluate(async () => {
      await cache.set("other", 1);
      return [await cache.get("note"), await cache.get("other")];
    }), [{ text: "written online" }, 1]);
  });
});
