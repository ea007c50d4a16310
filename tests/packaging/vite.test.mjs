// The package as users get it: packed, installed from the tarball into a fresh Vite app, type-checked, built, and
// loaded in both browsers from the origin.

import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, it } from "node:test";

import { forEachBrowser } from "../e2e/lib/suite.mjs";
import { fresh, run } from "./lib/fresh.mjs";

const app = await fresh("app", ["vite", "typescript"]);
await run("npx", ["vite", "build", "--logLevel", "warn"], { cwd: app });

describe("the packed package", () => {
  it("type-checks in a strict application", async () => {
    await run("npx", ["tsc", "-p", "."], { cwd: app }).catch(({ stdout }) => assert.fail(stdout));
  });

  it("is built with its wasm beside it", async () => {
    const assets = await readdir(join(app, "dist/assets"));
    assert.ok(assets.some((name) => name.endsWith(".wasm")), assets.join());
  });
});

forEachBrowser("a fresh Vite app", (test) => {
  test("caches values and responses", async ({ origin, visit }) => {
    const tab = await visit();
    const { note, cold, warm, code, inline } = await tab.evaluate(() => main());
    assert.deepEqual({ note, code, inline }, { note: { text: "hello" }, code: "invalid-key", inline: 1 });
    assert.match(cold, /nearcache; fwd/);
    assert.match(warm, /nearcache; hit; .*detail=memory/);
    assert.equal((await origin.counts("/api/categories")).requests, 1);
  }, { app: join(app, "dist"), mounts: {} });

  test("works with the origin stopped, behind its service worker", async ({ origin, visit }) => {
    const tab = await visit();
    await tab.evaluate(async () => {
      const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
      await navigator.serviceWorker.register("/sw.js", { type: "module", scope: "/" });
      await controlled;
    });
    await tab.reload();
    await tab.evaluate(() => main());
    await origin.stop();
    await tab.reload();
    assert.deepEqual((await tab.evaluate(() => main())).note, { text: "hello" });
  }, { app: join(app, "dist"), mounts: {} });
});
