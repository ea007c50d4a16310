// One small driver over both browsers.
//
//   const browser = await launch("firefox");        // or "chromium"; an empty profile in a temporary folder
//   const tab = await browser.newTab(url);          // a tab of its own, loaded
//   await tab.evaluate(async (a) => a + 1, 1);      // runs in the page; JSON in and out; errors are thrown again
//   await tab.press("Tab", "Enter");                // real keys, where the focus is
//   await tab.back();                               // in its history
//   await tab.cdp(method, params); tab.crash(); tab.sync(tag);   // Chromium only
//   tab.errors(); tab.warnings();                   // [{ kind, text }] since the tab was opened
//
// kind is "exception" (uncaught, rejections too), "console" (console.error), or "network" (what the browser itself writes
// to the console about a request that failed, was blocked, or, in Chromium, was answered with 4xx or 5xx).

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { start as chromium } from "./chromium.mjs";
import { start as firefox } from "./firefox.mjs";
import { start as webkit } from "./webkit.mjs";

const starters = { chromium, firefox, webkit };

/** The browsers to drive: those that `BROWSERS` lists, else both. */
export const browsers = (process.env.BROWSERS ?? "chromium,firefox").split(",").map((name) => name.trim()).filter(Boolean);

/** Starts a browser with a profile of its own. */
export async function launch(name) {
  if (!(name in starters)) throw new Error(`there is no driver for ${name}: BROWSERS takes chromium, firefox and webkit`);
  const profile = await mkdtemp(join(tmpdir(), `nearcache-${name}-`));
  return new Browser(name, profile, await starters[name](profile));
}

class Browser {
  #profile;
  #driver;

  constructor(name, profile, driver) {
    this.name = name;
    this.#profile = profile;
    this.#driver = driver;
  }

  newTab(url) { return this.#driver.newTab(url); }

  /** Runs `fn` in Firefox's own chrome, where preferences and storages are at hand. */
  chrome(fn, ...args) { return this.#driver.chrome(fn, ...args); }

  /** Forgets all cookies: the one store that two ports of a host share. */
  clearCookies() { return this.#driver.clearCookies(); }

  /** Kills every service worker, whatever it is at, as browsers do; the next event starts it anew. */
  stopWorkers() { return this.#driver.stopWorkers(); }

  /** Kills the processes that run the pages of `url`'s host, by SIGKILL, whatever they are at; resolves to how many. */
  async killPages(url) {
    const pids = await this.#driver.pagePids(new URL(url).host);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    return pids.length;
  }

  /** Quits and starts again with the same profile. Tabs are gone. */
  async restart() {
    await this.#driver.close();
    this.#driver = await starters[this.name](this.#profile);
  }

  async close() {
    await this.#driver.close();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}
