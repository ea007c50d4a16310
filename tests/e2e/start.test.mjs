// Where the wasm comes from: of another build, not there, and then of the right one.

import assert from "node:assert/strict";

import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("starting", (test) => {
  test("refuses the wasm of another build, says so, and takes the right one afterwards", async ({ visit }) => {
    const tab = await visit();
    const refused = await tab.evaluate(async () => {
      const bytes = new Uint8Array(await (await fetch("/pkg/wasm/nearcache_bg.wasm")).arrayBuffer());
      const other = bytes.slice();
      other.set(new TextEncoder().encode("0123456789ab"), other.length - 12); // the id ends the file
      return refusal(() => nearcache.init(other));
    });
    assert.deepEqual([refused.typed, refused.code], [true, "wasm-unavailable"]);
    assert.match(refused.message, /is of build [0-9a-f]{12}, its wasm of 0123456789ab: one of them is an old copy/);
    assert.match((await tab.evaluate(() => refusal(() => nearcache.open({ name: "again" })))).message, /old copy/);
    const value = await tab.evaluate(async () => {
      await nearcache.init("/pkg/wasm/nearcache_bg.wasm");
      const cache = await nearcache.open({ name: "right" });
      await cache.set("a", 1);
      return cache.get("a");
    });
    assert.equal(value, 1);
  });

  test("refuses what is not there, or no wasm, and says what it is instead", async ({ visit }) => {
    const tab = await visit();
    const refused = (source) => tab.evaluate((source) => refusal(() => nearcache.init(source)), source);
    assert.match((await refused("/nowhere.wasm")).message, /nowhere\.wasm answered 404 instead of the wasm file/);
    assert.match((await refused("/index.html")).message, /index\.html is no wasm file/);
    assert.equal((await refused("/index.html")).code, "wasm-unavailable");
  });
});
