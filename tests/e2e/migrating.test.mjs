// docs/from-….md but Workbox's: each snippet is bundled and run, and both sides of a pair leave the same in `kept`.

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { Unsupported } from "./lib/call.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "nearcache-migrating-"));
after(() => rm(folder, { recursive: true }));

/** What each pair leaves, by peer and name. */
const expected = {
  "idb-keyval": { values: [{ items: [1, 2] }, "undefined"], many: [1, "undefined", 3], listing: ["user:1", "user:2"], stores: [[1], "undefined"] },
  localforage: { values: [{ items: [1, 2] }, "undefined"], iterating: ["Ada", "Grace"], instances: "dark", drivers: ["dark", true] },
  "lru-cache": { peeking: "dark", loading: ["item:1, loaded 1 time", "item:1, loaded 1 time"], limits: true },
  "axios-cache-interceptor": { caching: [{ n: 1 }, { n: 1 }], lifetime: [{ n: 1 }, { n: 1 }], invalidation: [{ n: 1 }, { n: 2 }] },
};

const snippets = Object.keys(expected).flatMap((peer) => {
  const page = readFileSync(here(`../../docs/from-${peer}.md`), "utf8");
  const found = [...page.matchAll(/```js (\S+) (\w+)\n([\s\S]*?)```/g)];
  assert.deepEqual(
    found.map(([, side, name]) => `${name} ${side}`).sort(),
    Object.keys(expected[peer]).flatMap((name) => [`${name} ${peer}`, `${name} nearcache`]).sort(),
    `docs/from-${peer}.md has each pair that is expected, and no other`,
  );
  return found.map(([, side, name, code]) => ({ peer, side, name, code }));
});
for (const { peer, side, name, code } of snippets) {
  // What a test has told the origin to answer is under /s/, and esbuild doesn't copy the wasm.
  const contents = code.replaceAll("/api/", "/s/").replace('"nearcache"', '"nearcache/inline"');
  const script = join(folder, `${peer}-${name}-${side}.js`);
  await build({
    stdin: { contents: `${contents}\nexport { kept };`, resolveDir: here("../..") },
    outfile: script, bundle: true, format: "esm", logLevel: "error",
  });
}
writeFileSync(join(folder, "index.html"), '<!doctype html><title>Migrating</title><link rel="icon" href="data:,">');

const item = (n) => ({ headers: [["Content-Type", "application/json"], ["Cache-Control", "max-age=60"]], body: JSON.stringify({ n }) });

forEachBrowser("moving from another library", (test) => {
  for (const { peer, side, name } of snippets) {
    test(`${peer}: ${name}, by ${side}`, async ({ name: browser, origin, visit }) => {
      if (browser === "webkit" && side === "axios-cache-interceptor" && name === "invalidation") {
        throw new Unsupported("WebKit's own cache answers what axios-cache-interceptor asks again");
      }
      for (const path of ["items", "prices"]) await origin.script(path, [item(1), item(2)]);
      const tab = await visit();
      // A driver has no undefined.
      const kept = await tab.evaluate(async (script) => {
        const { kept } = await import(script);
        return Array.isArray(kept) ? kept.map((item) => item ?? String(item)) : kept;
      }, `/${peer}-${name}-${side}.js`);
      assert.deepEqual(kept, expected[peer][name]);
    }, { app: folder });
  }
});
