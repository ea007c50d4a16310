// Benchmarks side by side with peers, in both browsers, in one run: `make bench`. Writes docs/benchmarks.md.
// Only ratios within one run mean anything.

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { browsers, launch } from "../tests/e2e/lib/browser.mjs";
import { Origin } from "../tests/e2e/lib/origin.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const root = new URL("../", import.meta.url);
const page = new URL("target/bench/", root);

await rm(page, { recursive: true, force: true });
await mkdir(page, { recursive: true });
await build({
  entryPoints: [fileURLToPath(new URL("benches/page.js", root))],
  outfile: fileURLToPath(new URL("page.js", page)),
  bundle: true,
  format: "esm",
  minify: true,
  external: ["nearcache"],
});
await writeFile(
  new URL("index.html", page),
  `<!doctype html><meta charset="utf-8"><title>bench</title>
<script type="importmap">{ "imports": { "nearcache": "/pkg/dist/entry/web.js" } }</script>
<script type="module" src="page.js"></script>`,
);

const version = async (name) => JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, root), "utf8")).version;
const peers = await Promise.all(["idb-keyval", "localforage", "dexie", "lru-cache"].map(async (name) => `${name} ${await version(name)}`));

// The origin and the browsers are unreferenced children: somebody has to keep the process alive.
const awake = setInterval(() => {}, 1_000);
const results = {};
for (const name of browsers) {
  const origin = await Origin.start({ app: fileURLToPath(page) });
  const browser = await launch(name);
  try {
    const tab = await browser.newTab(origin.url);
    const agent = await tab.evaluate(() => navigator.userAgent.match(/(Firefox|Chrome)\/[\d.]+/)[0]);
    results[agent] = await tab.evaluate(async (rounds) => {
      while (!globalThis.bench) await new Promise((resolve) => setTimeout(resolve, 20));
      return bench(rounds);
    }, ROUNDS);
  } finally {
    await browser.close();
    await origin.stop();
  }
}

clearInterval(awake);

const agents = Object.keys(results);
const table = (corner, rows, value) => {
  const names = [...new Set(rows.flatMap((row) => agents.flatMap((agent) => Object.keys(value(agent, row)))))];
  const cell = (row, name) => agents.map((agent) => value(agent, row)[name]?.toFixed(0) ?? "–").join(" / ");
  return [
    `| ${[corner, ...names].join(" | ")} |`,
    `| ${[corner, ...names].map((_, i) => (i ? "--:" : ":--")).join(" | ")} |`,
    ...rows.map((row) => `| ${[row, ...names.map((name) => cell(row, name))].join(" | ")} |`),
  ].join("\n");
};
const works = Object.keys(results[agents[0]].stores);
const text = `# Benchmarks

Written by \`make bench\`: medians of ${ROUNDS} rounds, all in one run, ${agents.join(" / ")}, ${peers.join(", ")}.
Only ratios within a run mean anything; the machine is not named because it does not matter.

## 1000 entries of about 1 KB in IndexedDB, ms

${table("work", works, (agent, work) => results[agent].stores[work])}

\`–\`: that library has no such call. Cold: nearcache was opened anew, its memory empty; opening is not counted.

## What is in memory, ns a call

${table("", ["ns"], (agent) => results[agent].memory)}
`;
await writeFile(new URL("docs/benchmarks.md", root), text);
console.log(text);
