// Abort signals: the caller is told at once, a body that broke off is never stored, others are not disturbed.

import assert from "node:assert/strict";

import { fetched, headers, open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

forEachBrowser("abort", (test) => {
  const slow = { headers: headers("max-age=60"), body: { size: 80_000 }, chunkMs: 200 };

  test("before the call, and before the response", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "late", delayMs: 3_000 });
    const [early, during] = await tab.evaluate(async (path) => [
      await refusal(() => cache.fetch(path, { signal: AbortSignal.abort() })),
      await refusal(() => cache.fetch(path, { signal: AbortSignal.timeout(100) })),
    ], path);
    assert.equal(early.name, "AbortError");
    assert.equal(during.name, "TimeoutError");
  });

  test("the caller's own reason comes back", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const same = await tab.evaluate(async () => {
      const reason = new Error("changed my mind");
      try { await cache.fetch("/api/products", { signal: AbortSignal.abort(reason) }); } catch (error) { return error === reason; }
    });
    assert.equal(same, true);
  });

  test("in the middle of a body: nothing is stored", async ({ name, origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", slow);
    const error = await tab.evaluate(async (path) => {
      const abort = new AbortController();
      const response = await cache.fetch(path, { signal: abort.signal });
      setTimeout(() => abort.abort(), 300);
      return refusal(() => response.text());
    }, path);
    // WebKit wraps what the stream of a response fails with.
    assert.equal(error?.name, name === "webkit" ? "TypeError" : "AbortError");
    const again = await fetched(tab, path);
    assert.equal(again.via?.hit, undefined, again.headers["cache-status"]);
    assert.equal(again.body.length, 80_000);
    assert.equal((await fetched(tab, path)).via.hit, true);
  });

  test("a cancelled body is not stored as complete", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", slow);
    await tab.evaluate(async (path) => {
      const response = await cache.fetch(path);
      const reader = response.body.getReader();
      await reader.read();
      await reader.cancel();
    }, path);
    assert.equal((await fetched(tab, path)).body.length, 80_000);
  });

  test("one of two callers leaves; the other gets everything", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "shared", delayMs: 500 });
    const [left, stayed] = await tab.evaluate(async (path) => Promise.all([
      refusal(() => cache.fetch(path, { signal: AbortSignal.timeout(100) })),
      cache.fetch(path).then((response) => response.text()),
    ]), path);
    assert.equal(left.name, "TimeoutError");
    assert.equal(stayed, "shared");
    await until(async () => (await fetched(tab, path)).via.hit);
  });
});
