// What a page downloads, gzipped, against scripts/size-budget.json. `--write` lowers or raises the budget to
// what is there now, with 3 % of air.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const GOAL = 64 * 1024; // wasm and glue of the page build; not reached yet, so the budget only ever shrinks
const AIR = 1.03;
const root = new URL("../", import.meta.url);
const file = new URL("scripts/size-budget.json", root);

const gzipped = async (path) => gzipSync(await readFile(new URL(path, root)), { level: 9 }).length;
const entry = (name) => gzipped(`pkg/dist/entry/${name}.js`);
const [wasm, glue, classic] = await Promise.all([gzipped("pkg/wasm/nearcache_bg.wasm"), entry("web"), gzipped("pkg/dist/classic.js")]);
const sizes = { wasm, glue, page: wasm + glue, inline: await entry("inline"), worker: await entry("worker"), classic };
for (const name of ["inspector", "doctor", "react", "vue", "svelte", "tanstack-query", "axios"]) sizes[name] = await entry(name); // beside the page build

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
  console.log(`${name.padEnd(14)} ${is} of ${may} bytes gzipped${fits ? "" : "   OVER BUDGET"}`);
}
process.exitCode = over ? 1 : 0;
