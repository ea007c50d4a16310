// What a page downloads, gzipped, against scripts/size-budget.json. `--write` lowers or raises the budget to
// what is there now, with 3 % of air.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const GOAL = 64 * 1024; // wasm and glue of the page build; not reached yet, so the budget only ever shrinks
const AIR = 1.03;
const root = new URL("../", import.meta.url);
const file = new URL("scripts/size-budget.json", root);

const gzipped = async (path) => gzipSync(await readFile(new URL(path, root)), { level: 9 }).length;
const [wasm, glue, inline, worker, classic, inspector] = await Promise.all(
  ["pkg/wasm/nearcache_bg.wasm", "pkg/dist/entry/web.js", "pkg/dist/entry/inline.js", "pkg/dist/entry/worker.js", "pkg/dist/classic.js", "pkg/dist/entry/inspector.js"].map(gzipped),
);
const sizes = { wasm, glue, page: wasm + glue, inline, worker, classic, inspector };

if (process.argv.includes("--write")) {
  const budget = Object.fromEntries(Object.entries(sizes).map(([name, size]) => [name, Math.ceil(size * AIR)]));
  await writeFile(file, `${JSON.stringify(budget, null, 2)}\n`);
}

const budget = JSON.parse(await readFile(file, "utf8"));
let over = false;
if (sizes.page > GOAL) console.log(`the page build is ${sizes.page - GOAL} bytes above its goal of ${GOAL}`);
for (const [name, size] of Object.entries(sizes)) {
  const fits = size <= budget[name];
  over ||= !fits;
  const [is, may] = [size, budget[name]].map((n) => String(n).padStart(7));
  console.log(`${name.padEnd(9)} ${is} of ${may} bytes gzipped${fits ? "" : "   OVER BUDGET"}`);
}
process.exitCode = over ? 1 : 0;
