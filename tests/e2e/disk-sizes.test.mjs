// What we say the disk holds, beside what the browser says: docs/api.md has the margin.

import assert from "node:assert/strict";

import { headers, open } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

/** Kinds of values that no store can compress: how much of them, in how many entries. */
const KINDS = [["one large value", 1, 4 << 20], ["a few large values", 10, 2 << 20], ["buffers", 500, 20_000], ["texts", 1000, 10_000], ["small objects", 10_000, 100]];

/** Of opaque responses Chromium pads each by up to 14 MB, so that its size tells nothing. */
const PADDING = 7 << 20;

forEachBrowser("sizes on disk", (test, name) => {
  for (const [kind, count, size] of KINDS) {
    test(`${kind}: the browser's count is between two fifths of ours and two and a half times it`, async ({ visit }) => {
      const tab = await visit();
      await open(tab, { tiers: ["memory", "indexeddb"], budgets: { memory: "1MB" } });
      const [ours, theirs] = await tab.evaluate(async (kind, count, size) => {
        const random = (length) => {
          const bytes = new Uint8Array(length);
          for (let at = 0; at < length; at += 65_536) crypto.getRandomValues(bytes.subarray(at, at + 65_536));
          return bytes;
        };
        const text = (length) => Array.from(random(length), (byte) => String.fromCharCode(33 + byte % 90)).join("");
        const make = { texts: () => text(size), "small objects": (n) => ({ n, text: text(size) }) }[kind] ?? (() => random(size).buffer);
        const before = await cache.usage();
        for (let at = 0; at < count; at += 200) {
          await cache.setMany(Array.from({ length: Math.min(200, count - at) }, (_, n) => [`key ${at + n}`, make(at + n)]));
        }
        const after = await cache.usage();
        return [after.tiers.indexeddb.bytes, after.usage - before.usage];
      }, kind, count, size);
      console.log(`# ${name}, ${kind}: ours ${ours}, theirs ${theirs}, ${(theirs / ours).toFixed(2)}`);
      assert.ok(theirs > ours * 0.4 && theirs < ours * 2.5, `ours ${ours}, theirs ${theirs}`);
    });
  }

  test("opaque responses are charged their padding", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, { budgets: { memory: "1MB", "cache-storage": "64MB" } });
    const path = origin.crossUrl + await origin.script("a", { headers: headers("max-age=600"), body: "hello" });
    const { tiers, theirs } = await tab.evaluate(async (path) => {
      cache.route(() => true, { strategy: "cache-first", opaque: true });
      const before = await cache.usage();
      for (let n = 0; n < 20; n += 1) {
        await cache.fetch(`${path}?${n}`, { mode: "no-cors" });
        await cache.flush();
      }
      const after = await cache.usage();
      return { tiers: after.tiers, theirs: after.usage - before.usage };
    }, path);
    const { entries, bytes } = tiers["cache-storage"];
    console.log(`# ${name}, opaque: ${entries} entries, ours ${bytes}, theirs ${theirs}`);
    assert.equal(entries, 9, "nine of them fill 64 MB; the others made room");
    assert.ok(bytes > entries * PADDING && bytes < entries * (PADDING + 3_000));
  });
});
