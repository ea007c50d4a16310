// Walks through the shop in both browsers as a visitor would, and checks who answered; screenshots go to
// target/screenshots. `node www/demo-check.mjs`; BROWSERS chooses one; exits 1 when anything failed.

import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { browsers, launch } from "../tests/e2e/lib/browser.mjs";
import { Origin, PACKAGE } from "../tests/e2e/lib/origin.mjs";

const shots = fileURLToPath(new URL("../target/screenshots/", import.meta.url));
const STEP = 15_000;

let passed = 0;
let failed = 0;

/** One check: says what holds, or what came instead. */
function check(what, holds, instead) {
  if (holds) passed += 1;
  else failed += 1;
  console.log(holds ? `  ok    ${what}` : `  FAIL  ${what}: ${JSON.stringify(instead)}`);
}

/** A visitor in a tab. */
class Visitor {
  constructor(tab) { this.tab = tab; }

  /** Waits until a condition holds in the page; whether it came to hold. */
  async waits(condition, ...args) {
    for (const end = Date.now() + STEP; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      if (await this.tab.evaluate(condition, ...args)) return true;
    }
    return false;
  }

  /** Goes to an address of the shop; resolves to the requests that it took. */
  async goes(path) {
    return this.does((path) => { location.hash = `#${path}`; }, path, path.split("?")[0]);
  }

  /** Presses a button of the panel. */
  async presses(action) {
    return this.does((action) => document.querySelector(`[data-action="${action}"]`).click(), action);
  }

  /** Changes a setting. */
  sets(name, value) {
    return this.tab.evaluate((name, value) => {
      const select = document.querySelector(`select[name="${name}"]`);
      select.value = value;
      select.dispatchEvent(new Event("change"));
    }, name, value);
  }

  /** Does something that draws the view; resolves to the requests that it took, newest first. */
  async does(deed, argument, path) {
    await this.tab.evaluate(() => { window.marked = document.querySelector("#log > li"); });
    await this.tab.evaluate(deed, argument);
    await this.settled(path);
    return this.answers();
  }

  /** Waits until the view is there and no request has been written down for a moment. */
  async settled(path) {
    await this.waits(async (path) => {
      const busy = () => document.querySelector("main[aria-busy], .waiting, [data-action]:disabled");
      const rows = () => document.querySelector("#log")?.firstElementChild;
      if (busy() || (path && document.documentElement.dataset.shown !== path)) return false;
      const before = rows();
      await new Promise((resolve) => setTimeout(resolve, 250));
      return !busy() && rows() === before;
    }, path);
  }

  /** The requests since the last deed, newest first. */
  answers() {
    return this.tab.evaluate(() => {
      const rows = [...document.querySelectorAll("#log > li")];
      const end = rows.indexOf(window.marked);
      return (end < 0 ? rows : rows.slice(0, end)).map(({ dataset }) => ({ ...dataset }));
    });
  }

  /** What the page shows. */
  shows(selector) { return this.tab.evaluate((selector) => document.querySelector(selector)?.textContent, selector); }

  /** A row of the tiers table. */
  tier(name) {
    return this.tab.evaluate((name) => {
      const [entries, bytes, hits, writes] = [...document.querySelectorAll(`#tiers [data-tier="${name}"] td`)].map((cell) => cell.textContent);
      return { entries: Number(entries), bytes, hits: Number(hits), writes: Number(writes) };
    }, name);
  }
}

const of = (answers, part) => answers.find(({ path }) => path.includes(part));
const all = (answers, kind) => answers.length > 0 && answers.every((answer) => answer.kind === kind);

async function walk(name, origin, browser) {
  const tab = await browser.newTab(origin.url);
  const visitor = new Visitor(tab);
  const shot = (what, options) => tab.screenshot(`${shots}${name}-${what}.png`, options);
  const expected = []; // network errors that we asked for

  await visitor.settled("/");
  let answers = await visitor.answers();
  check("cold: the list comes from the origin", of(answers, "/api/products")?.kind === "network", answers);
  check("the list is there", await visitor.waits(() => document.querySelectorAll(".cards .card").length === 24));
  await shot("list-wide", { width: 1440, height: 900 });
  await shot("list-wide-dark", { width: 1440, height: 900, dark: true });

  answers = await visitor.goes("/c/kitchen?sort=featured&page=2");
  check("another page comes from the origin", of(answers, "page=2")?.kind === "network", answers);
  answers = await visitor.goes("/");
  check("back: memory answers", all(answers, "hit") && of(answers, "/api/products")?.by === "memory", answers);

  answers = await visitor.goes("/search?q=lamp");
  check("a search comes from the origin", of(answers, "/api/search")?.kind === "network", answers);
  await visitor.goes("/");
  answers = await visitor.goes("/search?q=lamp");
  check("the same search, a POST, is answered from memory", of(answers, "/api/search")?.by === "memory", answers);

  answers = await visitor.goes("/p/p0007");
  check("a product comes with its picture", of(answers, "/api/products/p0007") && of(answers, "/images/p0007"), answers);
  check("the picture is shown", await visitor.waits(() => document.querySelector(".hero")?.naturalWidth > 0));
  check("session storage remembers what was viewed", (await visitor.tier("session")).entries > 0, await visitor.tier("session"));
  await shot("product-wide", { width: 1440, height: 900 });
  await shot("product-phone", { width: 390, height: 844, dark: true });

  await visitor.sets("currency", "USD");
  await visitor.sets("theme", "light");
  check("prices are in dollars", await visitor.waits(() => document.querySelector(".price")?.textContent.startsWith("$")));
  check("the currency is in a cookie, the theme in localStorage",
    (await visitor.waits(() => document.cookie !== "")) && (await visitor.waits(() => localStorage.length > 0)));

  await visitor.goes("/");
  await tab.reload();
  await visitor.settled("/");
  answers = await visitor.answers();
  check("after a reload a durable tier answers", all(answers, "hit") && of(answers, "/api/products")?.by === "indexeddb", answers);
  check("the settings are still there", (await visitor.shows(".facts span"))?.startsWith("$") &&
    await tab.evaluate(() => document.documentElement.dataset.theme === "light"), await visitor.shows(".facts span"));
  await visitor.sets("theme", "auto");
  check("what was viewed is still there", await tab.evaluate(() => document.querySelector(".recent .card a")?.hash === "#/p/p0007"));
  answers = await visitor.goes("/p/p0007");
  check("the picture comes from the Cache API", of(answers, "/images/p0007")?.by === "cache-storage", answers);

  answers = await visitor.presses("reload");
  check("reload data: the origin says that it still holds", of(answers, "/api/products/p0007")?.kind === "revalidated", answers);
  const price = await visitor.shows(".price");
  await visitor.presses("change");
  answers = await visitor.presses("reload");
  check("changed data comes anew", of(answers, "/api/products/p0007")?.kind === "network", answers);
  check("and the new price is shown", (await visitor.shows(".price")) !== price, price);

  answers = await visitor.presses("invalidate");
  check("invalidated data comes from the origin", of(answers, "/api/products/p0007")?.kind === "network", answers);

  await visitor.goes("/me");
  answers = await visitor.does(() => [...document.querySelectorAll(".entrance button")].find((button) => button.textContent === "alice").click());
  check("alice logs in and sees her profile", await visitor.waits(() => document.querySelector(".profile h1")) && of(answers, "/api/profile")?.kind === "network", answers);
  await shot("profile-wide", { width: 1440, height: 900 });
  await visitor.goes("/");
  answers = await visitor.goes("/me");
  check("her profile is revalidated each time", of(answers, "/api/profile")?.kind === "revalidated", answers);
  await visitor.presses("logout");
  await visitor.waits(() => document.querySelector(".entrance"));
  const left = (await everything(tab)).filter((line) => /alice@|marlow/i.test(line));
  check("after logging out nothing of her is stored", left.length === 0, left);

  check("the service worker is in charge", await visitor.waits(() => navigator.serviceWorker.controller !== null));
  await visitor.goes("/");
  await visitor.goes("/p/p0007");
  expected.push(tab.errors().length);
  await visitor.presses("offline");
  answers = await visitor.goes("/");
  check("offline: the list is answered from the cache", all(answers, "hit"), answers);
  await shot("offline-wide", { width: 1440, height: 900, dark: true });
  answers = await visitor.goes("/p/p1234");
  check("offline: what was never here is said to be missing", (await visitor.shows("main h1"))?.includes("does not answer"), await visitor.shows("main"));
  await origin.stop();
  await visitor.goes("/");
  await tab.reload();
  await visitor.settled("/");
  check("with the origin stopped, the shop still opens", await visitor.waits(() => document.querySelectorAll(".cards .card").length >= 24), await visitor.shows("main"));
  check("and shows its pictures", await visitor.waits(() => document.querySelector(".cards:not(.strip) img")?.naturalWidth > 0));
  await tab.evaluate(() => document.querySelector(".handle").click());
  await shot("panel-phone", { width: 390, height: 844 });

  // A browser writes a failed request to the console whoever asked for it; while offline that is what we wanted.
  const errors = tab.errors().filter(({ kind }, at) => kind !== "network" || at < expected[0]);
  check("no errors on the console", errors.length === 0, errors);
}

/** Everything stored, as text. */
function everything(tab) {
  return tab.evaluate(async () => (await import("/tests/raw-stores.js")).rawStores());
}

await mkdir(shots, { recursive: true });
for (const name of browsers) {
  console.log(name);
  const origin = await Origin.start({ app: "www", mounts: { "/pkg": PACKAGE, "/tests": "tests/e2e/page" } });
  const browser = await launch(name);
  try {
    await walk(name, origin, browser);
  } catch (error) {
    check("the walk reaches its end", false, error.stack);
  } finally {
    await browser.close();
    await origin.stop();
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed ? 1 : 0;
