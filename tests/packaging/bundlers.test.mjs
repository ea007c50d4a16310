// The packed package without Vite: by webpack, by Rollup, by esbuild, and by an import map; and under a strict
// Content-Security-Policy.

import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";

import { nodeResolve } from "@rollup/plugin-node-resolve";
import { importMetaAssets } from "@web/rollup-plugin-import-meta-assets";
import { build, transform } from "esbuild";
import { rollup } from "rollup";
import webpack from "webpack";

import { forEachBrowser } from "../e2e/lib/suite.mjs";
import { fresh } from "./lib/fresh.mjs";

const app = await fresh("app");
const script = async (name) => {
  const { code } = await transform(await readFile(join(app, `${name}.ts`), "utf8"), { loader: "ts" });
  await writeFile(join(app, `${name}.js`), code);
};
const page = (type, src) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>An app</title><link rel="icon" href="data:,"><script ${type} src="${src}"></script>`;

await Promise.all(["main", "use"].map(script));
const stats = await promisify(webpack)({ mode: "production", context: app, entry: "./main.js", output: { path: join(app, "webpack"), publicPath: "auto" }, performance: { hints: false } });
assert.deepEqual(stats.compilation.errors.concat(stats.compilation.warnings).map(String), []);
await writeFile(join(app, "webpack/index.html"), page("defer", "main.js"));

const complaints = [];
const bundle = await rollup({ input: join(app, "main.js"), plugins: [nodeResolve({ browser: true }), importMetaAssets()], onwarn: ({ message }) => complaints.push(message) });
await bundle.write({ dir: join(app, "rollup"), format: "es" });
assert.deepEqual(complaints, []);
await writeFile(join(app, "rollup/index.html"), page('type="module"', "main.js"));

await build({ entryPoints: [join(app, "slim.ts")], outdir: join(app, "esbuild"), bundle: true, format: "esm", loader: { ".wasm": "file" }, minify: true, logLevel: "error" });
await writeFile(join(app, "esbuild/index.html"), page('type="module"', "slim.js"));

const served = { app, mounts: {} };

for (const [bundler, path] of [["webpack", "/webpack/"], ["Rollup", "/rollup/"], ["esbuild", "/esbuild/"], ["an import map", "/importmap.html"]]) {
  forEachBrowser(`built with ${bundler}`, (test) => {
    test("caches values and responses", async ({ origin, visit }) => {
      const tab = await visit(path);
      const { note, cold, warm, code, inline } = await tab.evaluate(() => main());
      assert.deepEqual({ note, code, inline }, { note: { text: "hello" }, code: "invalid-key", inline: 1 });
      assert.match(cold, /nearcache; fwd/);
      assert.match(warm, /nearcache; hit/);
      assert.equal((await origin.counts("/api/categories")).requests, 1);
    }, served);
  });
}

/** A page of the esbuild application, and a worker, with that policy each. */
async function withPolicy(origin, policy) {
  const send = (type, body) => ({ headers: [["Content-Type", type], ["Content-Security-Policy", policy]], body });
  await origin.script("sw", send("text/javascript", `
    import { serve } from "/node_modules/nearcache/dist/entry/worker.js";
    serve({ name: "app", routes: [{ match: "/api/*" }] });`));
  return origin.script("page", send("text/html", page('type="module"', "/esbuild/slim.js")));
}

forEachBrowser("a strict Content-Security-Policy", (test) => {
  const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; img-src data:";

  test("lets everything through with wasm-unsafe-eval", async ({ origin, visit }) => {
    const tab = await visit(await withPolicy(origin, strict));
    const { note, warm, inline } = await tab.evaluate(() => main());
    assert.deepEqual({ note, inline }, { note: { text: "hello" }, inline: 1 });
    assert.match(warm, /nearcache; hit/);
    await tab.evaluate(async () => {
      const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
      await navigator.serviceWorker.register("/s/sw", { type: "module" });
      await controlled;
    });
    assert.match(await tab.evaluate(async () => (await fetch("/api/categories")).headers.get("cache-status")), /nearcache; hit/);
  }, served);

  test("says what is missing without it", async ({ origin, visit }) => {
    const tab = await visit(await withPolicy(origin, strict.replace(" 'wasm-unsafe-eval'", "")));
    await assert.rejects(tab.evaluate(() => main()), { code: "wasm-unavailable", message: /add 'wasm-unsafe-eval' to script-src/ });
  }, { ...served, expected: /wasm|unsafe-eval|Content.Security.Policy/i });
});
