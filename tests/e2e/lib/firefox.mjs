// Firefox through selenium-webdriver and geckodriver. All but starting, cookies and the colour scheme goes over
// WebDriver BiDi, where a call names its tab: two tabs can be at work at once, which classic commands don't allow.

import { writeFile } from "node:fs/promises";

import selenium from "selenium-webdriver";
import firefox from "selenium-webdriver/firefox.js";

import { expression, settle } from "./call.mjs";

const PREFERENCES = {
  // The start page and the first-run tabs talk to the network.
  "browser.startup.page": 0,
  "browser.aboutwelcome.enabled": false,
  "datareporting.policy.dataSubmissionEnabled": false,
};

/** WebDriver's code points for keys that are no characters. */
const KEYS = {
  Tab: "\uE004", Enter: "\uE007", Escape: "\uE00C", Space: " ", End: "\uE010", Home: "\uE011",
  ArrowLeft: "\uE012", ArrowUp: "\uE013", ArrowRight: "\uE014", ArrowDown: "\uE015",
};

export async function start(profile) {
  const options = new firefox.Options()
    .setBinary(process.env.FIREFOX ?? "/usr/bin/firefox-esr")
    .addArguments("-headless", "-profile", profile)
    .enableBidi();
  for (const [name, value] of Object.entries(PREFERENCES)) options.setPreference(name, value);
  const service = new firefox.ServiceBuilder(process.env.GECKODRIVER ?? "geckodriver").addArguments("--allow-system-access");
  const driver = await new selenium.Builder()
    .forBrowser("firefox").setFirefoxOptions(options).setFirefoxService(service).build();
  const bidi = await driver.getBidi();
  const send = async (method, params) => {
    const { type, result, error, message } = await bidi.send({ method, params });
    if (type === "error") throw new Error(`${method}: ${error}: ${message}`);
    return result;
  };
  const tabs = new Map();
  await send("session.subscribe", { events: ["log.entryAdded"] });
  bidi.socket.on("message", (data) => {
    const { method, params } = JSON.parse(data);
    if (method === "log.entryAdded" && ["error", "warn"].includes(params.level)) tabs.get(params.source.context)?.push(params);
  });
  return {
    async newTab(url) {
      const { context } = await send("browsingContext.create", { type: "tab" });
      const entries = [];
      tabs.set(context, entries);
      const tab = new Tab(driver, send, context, entries);
      await tab.goto(url);
      return tab;
    },
    async stopWorkers() {
      await driver.setContext("chrome");
      try {
        await driver.executeScript(() => {
          const list = Cc["@mozilla.org/serviceworkers/manager;1"].getService(Ci.nsIServiceWorkerManager).getAllRegistrations();
          for (let at = 0; at < list.length; at += 1) {
            const registration = list.queryElementAt(at, Ci.nsIServiceWorkerRegistrationInfo);
            for (const name of ["installingWorker", "waitingWorker", "activeWorker"]) registration[name]?.terminateWorker();
          }
        });
      } finally {
        await driver.setContext("content");
      }
    },
    async chrome(fn, ...args) {
      await driver.setContext("chrome");
      try {
        const { value, error } = await driver.executeAsyncScript(`const done = arguments[arguments.length - 1];
          (async () => (${fn})(...Array.from(arguments).slice(0, -1)))()
            .then((value) => done({ value }), (error) => done({ error: String(error) }))`, ...args);
        if (error) throw new Error(error);
        return value;
      } finally {
        await driver.setContext("content");
      }
    },
    pagePids(host) {
      return this.chrome((host) => {
        // geckodriver has Firefox quit when one of its processes is gone.
        const { TabCrashHandler } = ChromeUtils.importESModule("resource:///modules/ContentCrashHandlers.sys.mjs");
        try { Services.obs.removeObserver(TabCrashHandler, "ipc:content-shutdown"); } catch {} // done before
        const ours = Services.wm.getMostRecentBrowserWindow().gBrowser.tabs.map(({ linkedBrowser }) => linkedBrowser).filter(({ currentURI }) => currentURI.spec.includes(`//${host}/`));
        return [...new Set(ours.map(({ frameLoader }) => frameLoader.remoteTab.osPid))];
      }, host);
    },
    clearCookies: () => send("storage.deleteCookies", {}),
    close: () => driver.quit(),
  };
}

class Tab {
  #driver;
  #send;
  #context;
  #entries;

  constructor(driver, send, context, entries) {
    this.#driver = driver;
    this.#send = send;
    this.#context = context;
    this.#entries = entries;
  }

  goto(url) { return this.#send("browsingContext.navigate", { context: this.#context, url, wait: "complete" }); }
  reload() { return this.#send("browsingContext.reload", { context: this.#context, wait: "complete" }); }
  close() { return this.#send("browsingContext.close", { context: this.#context }); }
  back() { return this.#send("browsingContext.traverseHistory", { context: this.#context, delta: -1 }); }

  errors() {
    return this.#entries.filter(({ level }) => level === "error").map(({ type, text, source, stackTrace }) => {
      const [frame] = stackTrace?.callFrames ?? [];
      const at = frame ? ` (${frame.url}:${frame.lineNumber})` : "";
      const kind = type === "console" ? "console" : text.startsWith("Cross-Origin Request Blocked") ? "network" : "exception";
      return { kind, text: `${text}${at}` };
    });
  }

  warnings() { return this.#entries.filter(({ level }) => level === "warn").map(({ text }) => ({ kind: "warning", text })); }

  async evaluate(fn, ...args) {
    const { type, result, exceptionDetails } = await this.#send("script.evaluate", {
      expression: expression(fn, args),
      target: { context: this.#context },
      awaitPromise: true,
    });
    if (type === "exception") throw new Error(exceptionDetails.text);
    return settle(result.value);
  }

  /** Presses keys, one after the other: "Tab", "Enter", "ArrowDown", … or a character. */
  async press(...keys) {
    const actions = keys.map((key) => KEYS[key] ?? key).flatMap((value) => [{ type: "keyDown", value }, { type: "keyUp", value }]);
    await this.#send("browsingContext.activate", { context: this.#context });
    await this.#send("input.performActions", { context: this.#context, actions: [{ type: "key", id: "keyboard", actions }] });
  }

  async screenshot(path, { width = 1280, height = 900, dark = false } = {}) {
    await this.#send("browsingContext.activate", { context: this.#context });
    await this.#send("browsingContext.setViewport", { context: this.#context, viewport: { width, height } });
    await this.#colourScheme(dark ? 0 : 1);
    await new Promise((resolve) => setTimeout(resolve, 400));
    const { data } = await this.#send("browsingContext.captureScreenshot", { context: this.#context });
    await writeFile(path, Buffer.from(data, "base64"));
  }

  /** Firefox takes the colour scheme from a preference, which only its own chrome may set. */
  async #colourScheme(scheme) {
    await this.#driver.setContext("chrome");
    await this.#driver.executeScript(
      "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0])", scheme);
    await this.#driver.setContext("content");
  }
}
