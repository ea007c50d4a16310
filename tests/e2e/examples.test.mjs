// Every public function has an example in its declaration, and every example runs: in a page, in a service worker, or,
// what is for builds, in Node.js.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { it } from "node:test";
import { promisify } from "node:util";

import { bundled } from "./lib/app.mjs";
import { callable, examples } from "./lib/examples.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const { exports } = createRequire(import.meta.url)("nearcache/package.json");
const BUILD = ["vite", "manifest"];
const all = examples();
const app = await bundled("examples.js");
const served = all.find(({ name }) => name === "serve");
await writeFile(join(app, "sw.js"), `import { serve } from "/pkg/dist/entry/worker.js";\n${served.code}`);
await writeFile(join(app, "offline.html"), "<!doctype html><title>Offline</title>");

it("every public function has an example", async () => {
  const entries = Object.keys(exports).filter((name) => !/\.(wasm|json|js)$/.test(name)).map((name) => name.replace(".", "nearcache"));
  const having = all.map(({ name }) => name);
  assert.deepEqual((await callable(entries)).filter((name) => !having.includes(name)), []);
});

it("the examples for builds run", async () => {
  const dist = join(app, "dist");
  await mkdir(dist);
  for (const { name, code } of all.filter(({ file }) => BUILD.includes(file))) {
    await writeFile(join(dist, "index.html"), "<!doctype html>");
    await writeFile(join(dist, "sw.js"), "serve({ precache: __NEARCACHE_PRECACHE__ });");
    const script = `import assert from "node:assert/strict"; import { inject, manifest, nearcache } from ${JSON.stringify(import.meta.resolve("nearcache/vite"))};\n${code}`;
    await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { cwd: app })
      .catch((error) => assert.fail(`${name}: ${error.stderr}`));
  }
});

forEachBrowser("examples", (test) => {
  test("each runs", async ({ visit, name: browser }) => {
    const tab = await visit();
    for (const { file, name, code } of all.filter((one) => !BUILD.includes(one.file) && one !== served)) {
      if (name === "persist" && browser === "firefox") continue; // asks whoever sits in front of it
      await tab.evaluate((one) => example(one), { file, name, code }).catch((error) => assert.fail(`${file}, ${name}: ${error.message}`));
    }
    const { state } = await tab.evaluate(async () => ({ state: (await navigator.serviceWorker.ready).active.state }));
    assert.match(state, /^activat/);
  }, { app, mounts: { "/pkg": PACKAGE } });
});
