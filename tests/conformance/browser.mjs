// Plays the conformance cases end to end: natively by cargo, and in both browsers through `cache.fetch` in a page and
// through a service worker, against the scripted origin, which counts.
//
//   node tests/conformance/browser.mjs                 # all; fails where a case does that known-failures.json doesn't list
//   node tests/conformance/browser.mjs --write         # and writes the table into docs/http.md
//   node tests/conformance/browser.mjs --only sie-500  # cases by id or its beginning; no native run, no table
//   BROWSERS=firefox node tests/conformance/browser.mjs

import { readFileSync } from "node:fs";

import { browsers, launch } from "../e2e/lib/browser.mjs";
import { Origin, PACKAGE } from "../e2e/lib/origin.mjs";
import { ATTEMPTS, batches, cases, PLACES, reasonAgainst, routes } from "./cases.mjs";
import { native } from "./native.mjs";
import { render, write } from "./table.mjs";

const argument = (name) => { const at = process.argv.indexOf(name); return at < 0 ? undefined : process.argv[at + 1] ?? ""; };
const only = argument("--only")?.split(",");
const known = JSON.parse(readFileSync(new URL("known-failures.json", import.meta.url), "utf8"));
const chosen = cases.filter(({ id }) => !only || only.some((start) => id.startsWith(start)));

/** Environment → Map of case id → why it failed, `null` where it passed. */
const outcomes = new Map();
const wrong = [];
if (!only && !process.argv.includes("--browsers-only")) outcomes.set("native", await native(cases));
for (const name of browsers) {
  const browser = await launch(name);
  try {
    for (const place of PLACES) outcomes.set(`${name} ${place}`, await inBrowser(browser, place));
  } finally {
    await browser.close();
  }
}
for (const [environment, outcome] of outcomes) compare(environment, outcome);
if (outcomes.has("native")) {
  console.log(`\n${render(cases, outcomes)}`);
  if (process.argv.includes("--write")) write(cases, outcomes);
}
if (wrong.length > 0) {
  console.error(`\n${wrong.join("\n")}`);
  process.exitCode = 1;
}
process.exit();

/** Plays what can be played there; a case that fails is played once more, alone. */
async function inBrowser(browser, place) {
  const environment = `${browser.name} ${place}`;
  const playable = chosen.filter((one) => !reasonAgainst(one, environment));
  const began = Date.now();
  const outcome = new Map();
  const again = [];
  for (const batch of batches(playable)) {
    for (const result of await playBatch(browser, place, batch, again)) outcome.set(result.id, result.why);
  }
  const seconds = ((Date.now() - began) / 1000).toFixed(0);
  const failed = [...outcome.values()].filter(Boolean).length;
  console.log(`${environment}: ${outcome.size - failed} of ${outcome.size} passed in ${seconds} s, ${chosen.length - playable.length} are not for it`);
  if (again.length > 0) console.log(`  ${again.length} of them only alone:`);
  for (const { id, why, late } of again) console.log(`    ${id}, ${late} ms late: ${why}`);
  return outcome;
}

async function playBatch(browser, place, { cases, atOnce }, again) {
  const origin = await Origin.start({ mounts: { "/pkg": PACKAGE, "/conformance": "tests/conformance" } });
  const tab = await browser.newTab(origin.url);
  try {
    await origin.switch({ cors: { allowOrigin: "reflect" } });
    await prepare(tab, place, routes(cases, origin.crossUrl));
    const play = (some, how) => played(tab, some, { home: origin.url, cross: origin.crossUrl, ...how });
    let results = await play(cases, { atOnce, attempt: 0 });
    for (let attempt = 1; attempt < ATTEMPTS; attempt += 1) {
      const failed = results.filter(({ why }) => why);
      if (failed.length === 0) break;
      const second = await play(cases.filter(({ id }) => failed.some((one) => one.id === id)), { atOnce: 1, attempt });
      again.push(...failed.filter(({ id }) => second.some((one) => one.id === id && !one.why)));
      results = [...results.filter(({ why }) => !why), ...second];
    }
    return results;
  } finally {
    await tab.close();
    await browser.clearCookies().catch(() => {});
    await origin.stop();
  }
}

/** Plays cases in the tab. It is asked now and then, since no call into Firefox may last longer than half a minute. */
async function played(tab, cases, how) {
  await tab.evaluate(async (cases, how) => {
    const { playAll } = await import("/conformance/player.js");
    globalThis.played = undefined;
    playAll(cases, globalThis.cache?.fetch ?? fetch, how).then((results) => (globalThis.played = { results }), (error) => (globalThis.played = { error: error.stack }));
  }, cases, how);
  for (;;) {
    const { results, error } = (await tab.evaluate(() => globalThis.played)) ?? {};
    if (results) return results;
    if (error) throw new Error(error);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

/** A cache in the page, or a worker that controls it. */
function prepare(tab, place, routes) {
  if (place === "page") {
    return tab.evaluate(async (routes) => {
      globalThis.cache = await nearcache.open({ name: "conformance" });
      for (const { match, ...options } of routes) cache.route(match, options);
    }, routes);
  }
  return tab.evaluate(async (routes) => {
    const options = { name: "conformance", routes: [...routes, { match: "/s/*" }, { match: location.origin.replace("127.0.0.1", "localhost") + "/s/" }] };
    const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
    await navigator.serviceWorker.register(`/worker-module.js?options=${encodeURIComponent(JSON.stringify(options))}`, { type: "module", scope: "/" });
    await controlled;
  }, routes);
}

/** Holds the outcome against what is known to fail. */
function compare(environment, outcome) {
  const listed = known[environment] ?? {};
  for (const [id, why] of outcome) {
    if (why && !(id in listed)) wrong.push(`${environment}: ${id}: ${why}`);
    if (!why && id in listed) wrong.push(`${environment}: ${id} passes: take it out of known-failures.json`);
  }
  if (only) return;
  for (const id of Object.keys(listed)) {
    if (!outcome.has(id)) wrong.push(`${environment}: ${id} is in known-failures.json, but is not played there`);
  }
}
