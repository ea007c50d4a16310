// Walks through the shop in both browsers as a visitor would, and checks who answered and how it looks; screenshots go to
// target/screenshots. `node www/demo-check.mjs`; BROWSERS chooses one; exits 1 when anything failed.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { AXE } from "../tests/e2e/lib/axe.mjs";
import { browsers, launch } from "../tests/e2e/lib/browser.mjs";
import { Origin } from "../tests/e2e/lib/origin.mjs";
import * as panel from "./check/panel.mjs";
import * as shop from "./check/shop.mjs";
import { Visitor, check, score } from "./check/visitor.mjs";
import { mounts } from "./mounts.mjs";

const shots = fileURLToPath(new URL("../target/screenshots/", import.meta.url));

async function walk(visitor, origin, browser) {
  await shop.browses(visitor);
  await shop.data(visitor);
  await shop.customers(visitor);
  await panel.journey(visitor);
  await panel.layers(visitor, origin);
  await panel.pictures(visitor, browser, origin.url);
  await panel.switches(visitor, origin);
  await panel.trouble(visitor, origin);
  await panel.tabs(visitor);
  await panel.race(visitor);
  await panel.cost(visitor);
  await panel.inspector(visitor);
  await panel.again(visitor);
  await panel.looks(visitor);
  await shop.offline(visitor, origin);
  const complaints = visitor.complaints();
  check("no errors or warnings on the console", complaints.length === 0, complaints);
}

await mkdir(shots, { recursive: true });
for (const name of browsers) {
  console.log(name);
  const start = Date.now();
  const origin = await Origin.start({ app: "www", mounts: { ...mounts, ...AXE, "/tests": "tests/e2e/page" } });
  const browser = await launch(name);
  try {
    await walk(new Visitor(await browser.newTab(origin.url), `${shots}${name}`), origin, browser);
  } catch (error) {
    check("the walk reaches its end", false, error.stack);
  } finally {
    await browser.close();
    await origin.stop();
  }
  console.log(`  ${Math.round((Date.now() - start) / 1000)} s`);
}
console.log(`${score.passed} passed, ${score.failed} failed`);
process.exitCode = score.failed ? 1 : 0;
