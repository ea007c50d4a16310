// Benchmarks side by side with peers, in both browsers, in one run: `make bench`. Writes docs/benchmarks.md.
// Only ratios within one run mean anything.

import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { plot } from "./plot.mjs";
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
await writeFile(new URL("startup.html", page), `<!doctype html><meta charset="utf-8"><title>start-up</title>`);
await writeFile(
  new URL("index.html", page),
  `<!doctype html><meta charset="utf-8"><title>bench</title>
<script type="importmap">{ "imports": { "nearcache": "/pkg/dist/entry/web.js" } }</script>
<script type="module" src="page.js"></script>`,
);

/** In a page that has loaded nothing: milliseconds from the import to the first `get`, and what of it is what. */
async function startUp(name) {
  const entry = new URL("/pkg/dist/entry/web.js", location.href).href;
  const fetched = async () => {
    const begin = performance.now();
    const files = [entry, new URL("/pkg/wasm/nearcache_bg.wasm", entry).href];
    await Promise.all(files.map(async (url) => (await fetch(url, { cache: "no-store" })).arrayBuffer()));
    return performance.now() - begin;
  };
  await fetched(); // the connection is there
  const files = await fetched();
  // How long nothing else had a turn: a message to itself goes round and round.
  const { port1, port2 } = new MessageChannel();
  let [longest, last] = [0, performance.now()];
  port1.onmessage = () => {
    const now = performance.now();
    [longest, last] = [Math.max(longest, now - last), now];
    port2.postMessage(0);
  };
  port2.postMessage(0);
  const begin = performance.now();
  const { open } = await import(entry);
  const cache = await open({ name });
  await cache.get("first");
  const all = performance.now() - begin;
  port1.close();
  return { "the files alone": files, "import to first get": all, "beyond the files": Math.max(0, all - files), "longest block": longest };
}

const version = async (name) => JSON.parse(await readFile(new URL(`node_modules/${name}/package.json`, root), "utf8")).version;
const peers = await Promise.all(["idb-keyval", "localforage", "dexie", "lru-cache", "http-cache-semantics"].map(async (name) => `${name} ${await version(name)}`));

// What HTTP decides, as wasm for the page; and natively, before any browser takes its share of the machine.
const crate = new URL("benches/http/", root);
const built = process.env.CARGO_TARGET_DIR ?? fileURLToPath(new URL("target/bench-http", root));
const cargo = (...args) =>
  execFileSync("cargo", [...args.slice(0, 1), "--quiet", "--manifest-path", fileURLToPath(new URL("Cargo.toml", crate)), ...args.slice(1)], {
    env: { ...process.env, CARGO_TARGET_DIR: built },
    stdio: ["ignore", "pipe", "inherit"],
  }).toString();
const wasm32 = "wasm32-unknown-unknown";
cargo("rustc", "--profile", "page", "--lib", "--crate-type", "cdylib", "--target", wasm32);
await copyFile(`${built}/${wasm32}/page/nearcache_bench_http.wasm`, new URL("decide.wasm", page));
const native = JSON.parse(cargo("run", "--release"));
const [, nativePeer] = /name = "http-cache-semantics"\nversion = "(.*)"/.exec(await readFile(new URL("Cargo.lock", crate), "utf8"));

// A typical answer of an API behind a CDN.
const product = {
  headers: [
    ["Content-Type", "application/json; charset=utf-8"],
    ["Date", new Date().toUTCString()],
    ["Last-Modified", new Date(Date.now() - 3_600_000).toUTCString()],
    ["ETag", '"5d8c72a5edda8d6a"'],
    ["Cache-Control", "public, max-age=3600, stale-while-revalidate=30"],
    ["Vary", "Accept-Language"],
    ["Age", "3"],
    ["Via", "1.1 abc.cloudfront.net (CloudFront)"],
    ["X-Cache", "Hit from cloudfront"],
  ],
  body: JSON.stringify({ id: 17, text: "x".repeat(1000) }),
};

/** Bodies, for where to keep them. */
const SIZES = { "1 KB": 1e3, "4 KB": 4e3, "16 KB": 16e3, "256 KB": 256e3, "1 MB": 1e6, "4 MB": 4e6 };

/** Of several `{ [work]: { [contender]: number } }` one of their medians. */
const medians = (rounds) => {
  const median = (work, name) => rounds.map((round) => round[work][name]).sort((a, b) => a - b)[rounds.length >> 1];
  const of = (work, by) => Object.fromEntries(Object.keys(by).map((name) => [name, median(work, name)]));
  return Object.fromEntries(Object.entries(rounds[0]).map(([work, by]) => [work, of(work, by)]));
};

// The origin and the browsers are unreferenced children: somebody has to keep the process alive.
const awake = setInterval(() => {}, 1_000);
const results = {};
for (const name of browsers) {
  const origin = await Origin.start({ app: fileURLToPath(page) });
  const browser = await launch(name);
  try {
    const path = await origin.script("product", product);
    const tab = await browser.newTab(origin.url);
    const agent = await tab.evaluate(() => navigator.userAgent.match(/(Firefox|Chrome)\/[\d.]+/)[0]);
    // A call a round: a driver waits for one call half a minute at most.
    const ask = (part, ...args) =>
      tab.evaluate(async ([part, args]) => {
        while (!globalThis.bench) await new Promise((resolve) => setTimeout(resolve, 20));
        return bench[part](...args);
      }, [part, args]);
    const rounds = [];
    while (rounds.length < ROUNDS) rounds.push(await ask("stores", 1));
    const bySize = {};
    for (const [name, bytes] of Object.entries(SIZES)) {
      const rounds = [];
      while (rounds.length < ROUNDS) rounds.push(await ask("homes", bytes));
      bySize[name] = medians(rounds);
    }
    const homes = Object.fromEntries(
      ["write", "read"].flatMap((work) => Object.entries(bySize).map(([name, by]) => [`${work} ${name}`, by[work]])),
    );
    const starts = { "a new cache": [], "1000 entries of about 1 KB": [] };
    const filled = await ask("filled");
    for (let round = 0; round < ROUNDS; round++) {
      for (const [work, name] of [["a new cache", `start-${round}`], ["1000 entries of about 1 KB", filled]]) {
        const fresh = await browser.newTab(`${origin.url}/startup.html`);
        starts[work].push({ [work]: await fresh.evaluate(startUp, name) });
        await fresh.close();
      }
    }
    results[agent] = {
      startUp: Object.assign({}, ...Object.values(starts).map(medians)),
      homes,
      stores: medians(rounds),
      memory: await ask("memory", ROUNDS),
      responses: await ask("responses", path, ROUNDS),
      decisions: await ask("decisions", ROUNDS),
    };
  } finally {
    await browser.close();
    await origin.stop();
  }
}

clearInterval(awake);

const agents = Object.keys(results);
const table = (corner, rows, value, digits = 0) => {
  const names = [...new Set(rows.flatMap((row) => agents.flatMap((agent) => Object.keys(value(agent, row)))))];
  const cell = (row, name) => agents.map((agent) => value(agent, row)[name]?.toFixed(digits) ?? "–").join(" / ");
  return [
    `| ${[corner, ...names].join(" | ")} |`,
    `| ${[corner, ...names].map((_, i) => (i ? "--:" : ":--")).join(" | ")} |`,
    ...rows.map((row) => `| ${[row, ...names.map((name) => cell(row, name))].join(" | ")} |`),
  ].join("\n");
};
const works = Object.keys(results[agents[0]].stores);
const charted = (part) => Object.fromEntries(agents.map((agent) => [agent, results[agent][part]]));
await plot("stores", "1000 entries of about 1 KB in IndexedDB", "ms", charted("stores"));
await plot("memory", "What is in memory", "ns a call", charted("memory"));
await plot("responses", "A fresh response from memory, end to end", "µs", charted("responses"));
const hits = Object.keys(results[agents[0]].responses);
const each = (value) => agents.map((agent) => value(results[agent])).join(" / ");
// What it takes beyond the platform's own Request and Response.
const added = (name) => each(({ responses }) => (responses[hits[0]][name] - responses[hits[0]]["Request, Map, Response"]).toFixed(0));
const decided = (name) => each(({ decisions }) => decisions[name].toFixed(1));
const decisions = Object.entries(native).map(([work, ns]) => `| ${[work, ...Object.values(ns)].join(" | ")} |`);
const text = `# Benchmarks

Written by \`make bench\`: medians of ${ROUNDS} rounds, all in one run, ${agents.join(" / ")}, ${peers.join(", ")}.
Only ratios within a run mean anything; the machine is not named because it does not matter.

## 1000 entries of about 1 KB in IndexedDB, ms

${table("work", works, (agent, work) => results[agent].stores[work])}

![](plots/stores.svg)

\`–\`: that library has no such call. Cold: all were opened anew, and nearcache's memory held what opening brought along;
opening is counted in the last row alone.

## One body, written and read back whole, by where it is kept, ms

${table("work", Object.keys(results[agents[0]].homes), (agent, work) => results[agent].homes[work], 2)}

Each awaited before the next. docs/decisions/0006-placement.md says what follows.

## What is in memory, ns a call

${table("work", Object.keys(results[agents[0]].memory), (agent, work) => results[agent].memory[work])}

![](plots/memory.svg)

## A fresh response from memory, end to end, µs

${table("work", hits, (agent, work) => results[agent].responses[work])}

![](plots/responses.svg)

Of a hit by nearcache ${decided("nearcache")} µs are HTTP: whether it may answer, and the headers it then has (goal: less than 25). The same
is ${decided("http-cache-semantics")} µs by http-cache-semantics. Beyond what the platform takes for a \`Request\` and a \`Response\` a hit takes
${added("nearcache fetch")} µs by nearcache, whose fields cross between wasm and the platform's objects one by one, and
${added("http-cache-semantics, Map, Response")} µs by http-cache-semantics and a \`Map\`.

## Start-up, ms

${table("with", Object.keys(results[agents[0]].startUp), (agent, work) => results[agent].startUp[work], 1)}

In a tab that has loaded nothing yet; the files come from this machine, and past the browser's cache. The longest block is how
long nothing else had a turn.

## An HTTP decision, natively, ns

| work | nearcache | http-cache-semantics ${nativePeer} (crate) |
| :-- | --: | --: |
${decisions.join("\n")}

A decision should take less than 3 µs. The crate reads a response's directives once, when it is stored; it makes the
headers with each answer, and knows one variant: of several, each is asked.
`;
await writeFile(new URL("docs/benchmarks.md", root), text);
console.log(text);
