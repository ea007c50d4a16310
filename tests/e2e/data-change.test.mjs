// The data changes at the origin: seen at the next revalidation, and from then on everywhere.

import assert from "node:assert/strict";

import { fetched, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const path = "/api/products/p0004";

forEachBrowser("data change", (test) => {
  test("a changed product replaces the stored one, after a reload too", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const before = JSON.parse((await fetched(tab, path)).body);
    await origin.change("p0004");
    assert.deepEqual(JSON.parse((await fetched(tab, path)).body), before, "fresh is fresh");
    const after = await fetched(tab, path, { cache: "no-cache" });
    assert.equal(after.via["fwd-status"], 200, after.headers["cache-status"]);
    const product = JSON.parse(after.body);
    assert.equal(product.version, before.version + 1);
    assert.notEqual(product.price, before.price);
    assert.deepEqual(JSON.parse((await fetched(tab, path)).body), product);
    await reopened(tab);
    const stored = await fetched(tab, path);
    assert.deepEqual(JSON.parse(stored.body), product);
  });

  test("`on` tells of the revalidation and of the write", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    await fetched(tab, path);
    await origin.change("p0004");
    const events = await tab.evaluate(async (path) => {
      const events = [];
      for (const name of ["hit", "miss", "revalidate", "write"]) cache.on(name, () => events.push(name));
      await (await cache.fetch(path, { cache: "no-cache" })).text();
      await cache.flush();
      return events;
    }, path);
    assert.ok(events.includes("revalidate") && events.includes("write"), String(events));
  });

  test("a write to a resource makes the stored one unusable", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const lines = [["Cache-Control", "max-age=60"]];
    const read = await origin.script("thing", [{ headers: lines, body: "old" }, { body: "written" }, { headers: lines, body: "new" }]);
    assert.equal((await fetched(tab, read)).body, "old");
    assert.equal((await fetched(tab, read, { method: "PUT", body: "x" })).body, "written");
    assert.equal((await fetched(tab, read)).body, "new");
  });
});
