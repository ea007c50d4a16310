// A Chromium of its own whose tabs can be frozen: Playwright pretends that every page has the focus, and such a page
// never freezes. Speaks the DevTools protocol itself; its tabs are used like those of `browser.mjs`.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { WebSocket } from "ws";

import { expression, settle } from "./call.mjs";
import { until } from "./suite.mjs";

/** Starts it, gives `body` a function that opens a tab, and ends it. */
export async function inFreezer(body) {
  const profile = await mkdtemp(join(tmpdir(), "nearcache-freezer-"));
  const flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-port=0", `--user-data-dir=${profile}`];
  const child = spawn(process.env.CHROMIUM ?? "/usr/bin/chromium", [...flags, "about:blank"], { stdio: ["ignore", "ignore", "pipe"] });
  const gone = new Promise((resolve) => child.once("exit", resolve));
  try {
    const port = await new Promise((resolve, reject) => {
      let output = "";
      child.once("exit", () => reject(new Error(`it ended: ${output}`)));
      child.stderr.on("data", (chunk) => {
        output += chunk;
        const listening = output.match(/listening on ws:\/\/[^:]+:(\d+)/);
        if (listening) resolve(listening[1]);
      });
    });
    await body((url) => Tab.open(port, url));
  } finally {
    child.kill();
    await gone;
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

class Tab {
  #socket;
  #calls = [];

  static async open(port, url) {
    const target = await (await fetch(`http://127.0.0.1:${port}/json/new?${encodeURIComponent(url)}`, { method: "PUT" })).json();
    const tab = new Tab();
    tab.#socket = new WebSocket(target.webSocketDebuggerUrl);
    await new Promise((resolve, reject) => tab.#socket.once("open", resolve).once("error", reject));
    tab.#socket.on("message", (data) => {
      const { id, result, error } = JSON.parse(data);
      tab.#calls[id]?.(error ? { error } : { result });
    });
    await until(() => tab.evaluate(() => document.readyState === "complete" && "nearcache" in globalThis));
    return tab;
  }

  async cdp(method, params = {}) {
    const id = this.#calls.length;
    const answer = new Promise((resolve) => this.#calls.push(resolve));
    this.#socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await answer;
    if (error) throw new Error(`${method}: ${error.message}`);
    return result;
  }

  async evaluate(fn, ...args) {
    const { result } = await this.cdp("Runtime.evaluate", { expression: expression(fn, args), awaitPromise: true, returnByValue: true });
    return settle(result.value);
  }

  freeze() { return this.cdp("Page.setWebLifecycleState", { state: "frozen" }); }
  thaw() { return this.cdp("Page.setWebLifecycleState", { state: "active" }); }
}
