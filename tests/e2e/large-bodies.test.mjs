// Bodies that no tier has room for, on routes that store: they stream through, and nothing collects them.

import assert from "node:assert/strict";

import { openFaucet } from "./lib/faucet.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { register } from "./lib/worker.mjs";

const LARGE = 400_000_000;
const ROOM = 8_000_000;
const budgets = { memory: ROOM, indexeddb: ROOM, "cache-storage": ROOM };
const headers = { "Cache-Control": "max-age=600" };

/** A page whose worker stores what the faucet gives, up to `ROOM`. */
async function behindWorker({ visit }, faucet) {
  const tab = await visit();
  assert.equal(await register(tab, "module", "/worker-module.js", { budgets, routes: [{ match: faucet.url, strategy: "cache-first" }] }), null);
  return tab;
}

/** Begins to read, and stops after the first piece. */
const sip = (tab, url) => tab.evaluate(async (url) => {
  const response = await fetch(url);
  globalThis.reader = response.body.getReader();
  globalThis.first = await reader.read();
  return response.headers.get("cache-status");
}, url);

/** Reads the rest; how many bytes that were in all. */
const drink = (tab) => tab.evaluate(async () => {
  let { length } = first.value;
  for (let part = await reader.read(); !part.done; part = await reader.read()) length += part.value.length;
  return length;
});

const stored = (tab) => tab.evaluate(async () => {
  const cache = await nearcache.open({ name: "test" });
  const found = [];
  for await (const [, { url }] of cache.entries()) found.push(new URL(url).pathname);
  await cache.close();
  return found;
});

forEachBrowser("large bodies", (test) => {
  for (const announced of [true, false]) {
    test(`400 MB with room for 8, ${announced ? "announced" : "of unknown length"}: all of it arrives, none is kept`, async (frame) => {
      const faucet = await openFaucet({ length: LARGE, announced, headers });
      try {
        const tab = await behindWorker(frame, faucet);
        const status = await sip(tab, `${faucet.url}large`);
        assert.match(status, /nearcache; fwd/);
        if (announced) assert.doesNotMatch(status, /stored/);
        const held = await faucet.atRest();
        assert.equal(await drink(tab), LARGE);
        assert.deepEqual(await stored(tab), []);
        // Chromium's pipes take some 64 MB each, one before the worker and one behind it; what it has cloned it holds back
        // no more, even when the clone is let go of. Firefox holds nothing back.
        if (announced && frame.browser.name === "chromium") assert.ok(held < LARGE / 2, `${Math.round(held / 1e6)} MB had left while nobody read`);
      } finally {
        await faucet.close();
      }
    });
  }

  test("what fits is kept, also when its length is unknown", async (frame) => {
    const length = ROOM / 2;
    const faucet = await openFaucet({ length, announced: false, headers });
    const tab = await behindWorker(frame, faucet);
    await sip(tab, `${faucet.url}fits`);
    assert.equal(await drink(tab), length);
    await until(async () => (await stored(tab)).length === 1);
    await faucet.close();
    assert.match(await sip(tab, `${faucet.url}fits`), /nearcache; hit/);
    assert.equal(await drink(tab), length);
  });
});
