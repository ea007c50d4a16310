// A body that breaks off: the caller is told, and it is never stored as complete.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("truncated body", (test) => {
  for (const size of [20_000, 2_000_000]) {
    test(`of ${size} bytes is not stored`, async ({ origin, visit }) => {
      const tab = await visit();
      await open(tab);
      const path = await origin.script("a", [
        { headers: headers("max-age=60"), body: { size }, fail: "truncate" },
        { headers: headers("max-age=60"), body: { size } },
      ]);
      const error = await tab.evaluate((path) => refusal(async () => (await cache.fetch(path)).text()), path);
      assert.ok(error, "the caller was not told");
      await reopened(tab);
      const again = await fetched(tab, path);
      assert.equal(again.body.length, size);
      assert.equal(again.via?.hit, undefined, again.headers["cache-status"]);
      assert.equal((await fetched(tab, path)).via.hit, true);
      assert.equal((await origin.asked("a")).length, 2);
    });
  }
});
