// What is dead leaves its room without holding anybody up: some entries at a time, while nothing else is to be done.

import assert from "node:assert/strict";

import { open, reopened } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const DEAD = 20_000;
/** What a slice may take, in milliseconds. */
const SLICE = 5;

forEachBrowser("sweep", (test, name) => {
  test(`${DEAD} dead entries are swept in slices of less than ${SLICE} ms`, async ({ visit }) => {
    const tab = await visit();
    const options = { tiers: ["memory", "indexeddb"] };
    await open(tab, options);
    await tab.evaluate(async (count) => {
      await cache.set("alive", 1);
      await cache.setMany(Array.from({ length: count }, (_, n) => [`dead ${n}`, { n }, { ttl: 1 }]));
    }, DEAD);
    await reopened(tab, options, () => {
      globalThis.slices = [];
      const real = globalThis.requestIdleCallback;
      globalThis.requestIdleCallback = (callback, how) => real((deadline) => {
        const began = performance.now();
        // A message comes after what the callback has set off at once, so after the slice.
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => slices.push(performance.now() - began);
        callback(deadline);
        port2.postMessage(null);
      }, how);
    });
    await until(() => tab.evaluate(async () => (await cache.usage()).tiers.indexeddb.entries === 1), 120_000);
    const slices = (await tab.evaluate(() => slices)).sort((a, b) => a - b);
    const at = (share) => slices[Math.floor((slices.length - 1) * share)];
    console.log(`# ${name}: ${slices.length} slices, median ${at(0.5).toFixed(1)} ms, three in four under ${at(0.75).toFixed(1)} ms, the longest ${at(1).toFixed(1)} ms`);
    assert.ok(slices.length >= DEAD / 32, "a slice took too many");
    // One in four may have been interrupted: the machine runs other things too.
    assert.ok(at(0.75) < SLICE, `${at(0.75)} ms`);
    assert.equal(await tab.evaluate(() => cache.get("alive")), 1);
  }, { timeout: 180_000 });
});
