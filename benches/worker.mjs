// The service worker beside Workbox, a bare Cache API and a bare Map, in both browsers, in one run. Writes
// docs/benchmarks-worker.md. Only ratios within one run mean anything.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

import { browsers, launch } from "../tests/e2e/lib/browser.mjs";
import { Origin } from "../tests/e2e/lib/origin.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const COUNT = 200;
const root = new URL("../", import.meta.url);
const require = createRequire(import.meta.url);

const own = (answer) => `
  addEventListener("install", () => skipWaiting());
  addEventListener("activate", (event) => event.waitUntil(clients.claim()));
  ${answer}`;
const workers = {
  nearcache: 'import { serve } from "nearcache/worker"; serve({ name: "bench", routes: [{ match: "/files/*", strategy: "cache-first" }] });',
  Workbox: own(`
    import { registerRoute } from "workbox-routing";
    import { CacheFirst } from "workbox-strategies";
    import { ExpirationPlugin } from "workbox-expiration";
    registerRoute(({ url }) => url.pathname.startsWith("/files/"), new CacheFirst({
      cacheName: "files", plugins: [new ExpirationPlugin({ maxEntries: 1000, maxAgeSeconds: 3600 })],
    }));`),
  "bare Cache API": own(`
    addEventListener("fetch", (event) => {
      if (!event.request.url.includes("/files/")) return;
      event.respondWith(caches.open("bare").then(async (cache) => {
        const hit = await cache.match(event.request);
        if (hit) return hit;
        const response = await fetch(event.request);
        event.waitUntil(cache.put(event.request, response.clone()));
        return response;
      }));
    });`),
  "bare Map": own(`
    const kept = new Map();
    addEventListener("fetch", (event) => {
      const { url } = event.request;
      if (!url.includes("/files/")) return;
      const hit = kept.get(url);
      event.respondWith(hit ? new Response(hit.body, hit) : fetch(event.request).then(async (response) => {
        kept.set(url, { body: await response.clone().arrayBuffer(), headers: [...response.headers] });
        return response;
      }));
    });`),
};

const folder = mkdtempSync(join(tmpdir(), "nearcache-bench-worker-"));
mkdirSync(join(folder, "files"));
for (let n = 0; n < COUNT; n += 1) writeFileSync(join(folder, `files/${n}.txt`), `${n} `.padEnd(2_000, "x"));
writeFileSync(join(folder, "index.html"), '<!doctype html><meta charset="utf-8"><title>bench</title><link rel="icon" href="data:,">');
const names = Object.keys(workers);
for (const [at, contents] of Object.values(workers).entries()) {
  await build({
    stdin: { contents, resolveDir: fileURLToPath(root) }, bundle: true, minify: true, format: "iife", outfile: join(folder, `sw-${at}.js`),
    define: { "process.env.NODE_ENV": '"production"' }, logLevel: "error",
    alias: { "workbox-core": dirname(require.resolve("workbox-core/package.json")) },
  });
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const median = (numbers) => numbers.toSorted((a, b) => a - b)[numbers.length >> 1];
const columns = ["a fetch", "p95", `${COUNT} at once`, "first after a stop"];

/** A page of an own origin that the worker controls, everything stored. */
async function prepared(browser, script) {
  const origin = await Origin.start({ app: folder, mounts: {} });
  const tab = await browser.newTab(origin.url);
  await tab.evaluate(async (script) => {
    const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    await navigator.serviceWorker.register(script, { scope: "/" });
    await controlled;
  }, script);
  await pass(tab);
  return { origin, tab };
}

/** Everything once, one after the other and then all at once: ms a fetch, its 95th percentile, ms for all at once. */
const pass = (tab) => tab.evaluate(async (count) => {
  const times = [];
  const one = async (n) => (await fetch(`/files/${n}.txt`)).text();
  for (let n = 0; n < count; n += 1) {
    const began = performance.now();
    await one(n);
    times.push(performance.now() - began);
  }
  const began = performance.now();
  await Promise.all(Array.from({ length: count }, (_, n) => one(n)));
  times.sort((a, b) => a - b);
  return [times.reduce((sum, time) => sum + time, 0) / count, times[Math.floor(count * 0.95)], performance.now() - began];
}, COUNT);

/** One fetch by a worker that does not run. */
async function afterStop(browser, tab, n) {
  await browser.stopWorkers();
  await pause(300);
  return tab.evaluate(async (n) => {
    const began = performance.now();
    await (await fetch(`/files/${n}.txt`)).text();
    return performance.now() - began;
  }, n);
}

/** Milliseconds by worker and column. The workers take turns, so that a busy moment hits all of them. */
async function measure(browser) {
  const subjects = [];
  try {
    for (const at of names.keys()) subjects.push(await prepared(browser, `/sw-${at}.js`));
    await pause(1_500); // what is written behind the answers
    const rounds = subjects.map(() => ({ warm: [], stopped: [] }));
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [at, { tab }] of subjects.entries()) rounds[at].warm.push(await pass(tab));
    }
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const [at, { tab }] of subjects.entries()) rounds[at].stopped.push(await afterStop(browser, tab, round));
    }
    return rounds.map(({ warm, stopped }) => [...[0, 1, 2].map((column) => median(warm.map((round) => round[column]))), median(stopped)]);
  } finally {
    for (const { origin, tab } of subjects) {
      await tab.close();
      await origin.stop();
    }
  }
}

const awake = setInterval(() => {}, 1_000);
const tables = [];
for (const name of browsers) {
  const browser = await launch(name);
  try {
    const measured = await measure(browser);
    const rows = names.map((worker, at) => [worker, ...measured[at].map((ms) => ms.toFixed(1))]);
    tables.push(`## ${name === "chromium" ? "Chromium" : "Firefox"}\n\n| | ${columns.join(" | ")} |\n| :-- |${" --: |".repeat(columns.length)}\n${rows.map((row) => `| ${row.join(" | ")} |`).join("\n")}`);
  } finally {
    await browser.close();
  }
}
clearInterval(awake);
rmSync(folder, { recursive: true });

const { version } = JSON.parse(await readFile(require.resolve("workbox-strategies/package.json"), "utf8"));
const text = `# The service worker, beside Workbox

Written by \`node benches/worker.mjs\`: ${COUNT} resources of 2 KB, all stored, fetched by a page and answered by the worker; ms, medians of
${ROUNDS} rounds in one run, in which the workers take turns. Workbox ${version}: CacheFirst with expiration. The bare Map forgets everything with the worker, so its
first fetch after a stop is the network's; it is the limit of what a worker can do while it lives.
Only ratios within a run mean anything.

${tables.join("\n\n")}
`;
writeFileSync(fileURLToPath(new URL("docs/benchmarks-worker.md", root)), text);
process.stdout.write(text);
