// A frame that may have neither stores nor locks, as a sandboxed preview of somebody else's page has it: what is left is
// memory, and nothing waits for what is denied.

import assert from "node:assert/strict";

import { headers } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

/** What `body` comes to in a sandboxed frame of a page, which has `nearcache` and `locks`, what asking for a lock comes to. */
const inFrame = (tab, url, body) => tab.evaluate((url, body) => new Promise((resolve) => {
  addEventListener("message", ({ data }) => resolve(data), { once: true });
  const frame = Object.assign(document.createElement("iframe"), { sandbox: "allow-scripts" });
  frame.srcdoc = `<!doctype html><script src="/pkg/dist/classic.js"></script><script>
    const locks = () => navigator.locks ? navigator.locks.request("any", () => "granted").catch(({ name }) => name) : "none";
    (${body})("${url}", nearcache, locks).catch((error) => ({ failed: String(error) })).then((result) => parent.postMessage(result, "*"));
  </${"script"}>`;
  document.body.append(frame);
}), url, String(body));

forEachBrowser("a sandboxed frame", (test) => {
  test("values and responses live in memory, and no denied lock is waited for", async ({ origin, visit }) => {
    const tab = await visit();
    const path = await origin.script("a", { headers: [...headers("max-age=60"), ["Access-Control-Allow-Origin", "*"], ["Access-Control-Expose-Headers", "Date, Age"]], body: "hello" });
    const result = await inFrame(tab, new URL(path, origin.url).href, async (url, { open }, locks) => {
      const cache = await open({ name: "test" });
      let errors = 0;
      cache.on("error", () => { errors += 1; });
      const began = performance.now();
      const loads = await Promise.all([1, 2, 3].map((n) => cache.getOrSet("k", async () => n)));
      await cache.set("v", { some: "value" }, { ttl: "1h" });
      const bodies = [await (await cache.fetch(url)).text(), await (await cache.fetch(url)).text()];
      const took = performance.now() - began;
      const [[, { tier }]] = await Array.fromAsync(cache.entries({ prefix: "v" }));
      const got = [await cache.get("k"), await cache.get("v"), await cache.delete("v"), await cache.get("v")];
      await cache.flush();
      await cache.clear();
      await cache.close();
      return { lock: await locks(), loads, bodies, tier, got, errors, isSoon: took < 4_000 };
    });
    assert.deepEqual(result, {
      lock: "SecurityError", loads: [1, 1, 1], bodies: ["hello", "hello"], tier: "memory",
      got: [1, { some: "value" }, true, null], errors: 0, isSoon: true,
    });
    assert.equal((await origin.asked("a")).length, 1);
  });
});
