// Chromium through playwright-core.

import { chromium } from "playwright-core";

import { expression, settle } from "./call.mjs";

const FLAGS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];

export async function start(profile) {
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: FLAGS,
    // Otherwise pages never go into the back/forward cache.
    ignoreDefaultArgs: ["--disable-back-forward-cache"],
  });
  return {
    async newTab(url) {
      const tab = new Tab(await context.newPage());
      await tab.goto(url);
      return tab;
    },
    async stopWorkers() {
      const session = await context.newCDPSession(context.pages().at(-1));
      await session.send("ServiceWorker.enable");
      await session.send("ServiceWorker.stopAllWorkers");
      await session.detach();
    },
    /** Of all pages: Chromium does not say which renderer has which. */
    async pagePids() {
      const session = await context.browser().newBrowserCDPSession();
      const { processInfo } = await session.send("SystemInfo.getProcessInfo");
      await session.detach();
      return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
    },
    clearCookies: () => context.clearCookies(),
    close: () => context.close(),
  };
}

class Tab {
  #page;
  #errors = [];
  #warnings = [];
  #session;

  constructor(page) {
    this.#page = page;
    page.on("pageerror", (error) => this.#errors.push({ kind: "exception", text: String(error?.stack ?? error) }));
    page.on("console", (message) => {
      const text = message.text();
      if (message.type() === "warning") this.#warnings.push({ kind: "warning", text });
      if (message.type() !== "error") return;
      const kind = /^(Failed to load resource|Access to fetch at)/.test(text) ? "network" : "console";
      this.#errors.push({ kind, text: `${text} (${message.location().url})` });
    });
  }

  goto(url) { return this.#page.goto(url); }

  /** Back in the tab's history. A page out of the back/forward cache fires no load. */
  async back() {
    await this.#page.goBack({ waitUntil: "commit" });
  }

  /** The DevTools protocol, as far as this tab goes. */
  async cdp(method, params = {}) {
    this.#session ??= await this.#page.context().newCDPSession(this.#page);
    return this.#session.send(method, params);
  }

  /** Has the browser fire a Background Sync at the worker of this tab's web origin, as it does when the network is back. */
  async sync(tag) {
    const session = await this.#page.context().newCDPSession(this.#page);
    const { origin } = new URL(this.#page.url());
    const known = new Promise((resolve) => session.on("ServiceWorker.workerRegistrationUpdated", ({ registrations }) => {
      const own = registrations.find(({ scopeURL, isDeleted }) => !isDeleted && new URL(scopeURL).origin === origin);
      if (own) resolve(own.registrationId);
    }));
    await session.send("ServiceWorker.enable");
    await session.send("ServiceWorker.dispatchSyncEvent", { origin, registrationId: await known, tag, lastChance: false });
    await session.detach();
  }

  /** Kills the process behind the tab. */
  async crash() {
    const crashed = new Promise((resolve) => this.#page.once("crash", resolve));
    await Promise.race([crashed, this.cdp("Page.crash").catch(() => crashed)]);
  }

  reload() { return this.#page.reload(); }
  close() { return this.#page.close(); }
  errors() { return [...this.#errors]; }
  warnings() { return [...this.#warnings]; }

  /** Presses keys, one after the other: "Tab", "Enter", "ArrowDown", … or a character. */
  async press(...keys) {
    for (const key of keys) await this.#page.keyboard.press(key);
  }

  async evaluate(fn, ...args) { return settle(await this.#page.evaluate(expression(fn, args))); }

  async screenshot(path, { width = 1280, height = 900, dark = false } = {}) {
    await this.#page.setViewportSize({ width, height });
    await this.#page.emulateMedia({ colorScheme: dark ? "dark" : "light" });
    await this.#page.waitForTimeout(250);
    await this.#page.screenshot({ path });
  }
}
