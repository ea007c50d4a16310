// WebKit, the engine of Safari, as WebKitGTK (Debian: gir1.2-webkit2-4.1, python3-gi, xvfb), through webkit.py.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

import { expression, settle, Unsupported } from "./call.mjs";

export async function start(profile) {
  const screen = spawn("Xvfb", ["-displayfd", "3", "-screen", "0", "1400x1000x24"], { stdio: ["ignore", "ignore", "ignore", "pipe"] });
  const display = await new Promise((resolve, reject) => {
    screen.once("error", reject);
    screen.stdio[3].once("data", (number) => resolve(`:${String(number).trim()}`));
  });
  const env = { ...process.env, DISPLAY: display, GDK_BACKEND: "x11", NO_AT_BRIDGE: "1", LIBGL_ALWAYS_SOFTWARE: "1" };
  const host = spawn("/usr/bin/python3", [fileURLToPath(new URL("webkit.py", import.meta.url)), profile], { env });
  const end = () => { host.kill(); screen.kill(); };
  process.once("exit", end);

  const waiting = new Map();
  const tabs = new Map();
  // "To stdout", as WebKitGTK calls it, is stderr.
  createInterface(host.stderr).on("line", (line) => noted(line, tabs));
  createInterface(host.stdout).on("line", (line) => {
    const { id, value, error } = JSON.parse(line);
    const { resolve, reject } = waiting.get(id);
    waiting.delete(id);
    if (error === undefined) resolve(value);
    else reject(new Error(error));
  });
  let isOver = false;
  host.once("exit", () => {
    isOver = true;
    for (const { reject } of waiting.values()) reject(new Error("WebKit is gone"));
  });
  let calls = 0;
  const send = (call, details) => new Promise((resolve, reject) => {
    if (isOver) throw new Error("WebKit is gone");
    const id = (calls += 1);
    waiting.set(id, { resolve, reject });
    host.stdin.write(`${JSON.stringify({ id, call, ...details })}\n`);
  });
  return {
    async newTab(url) {
      const tab = (calls += 1);
      const entries = [];
      tabs.set(tab, { origin: new URL(url).origin, entries });
      await send("open", { tab, url });
      return new Tab(send, tab, entries);
    },
    clearCookies: () => send("clear_cookies"),
    stopWorkers() { throw new Unsupported("WebKitGTK stops no service worker on request"); },
    chrome() { throw new Unsupported("WebKitGTK has no scripts of its own to run"); },
    async close() {
      const gone = new Promise((resolve) => host.once("exit", resolve));
      host.stdin.end();
      await gone;
      end();
    },
  };
}

/** What the engine itself says of requests that failed, or that a page or worker leaves behind. */
const OWN = /^(Fetch API cannot load|FetchEvent\.respondWith received an error|Cache API operation failed: Context is stopped)/;

/** What the engine wrote to its console: "http://…:1:2: CONSOLE JS ERROR TypeError: …". It names no tab: all of that origin get it. */
function noted(line, tabs) {
  const [, where, source, level, text] = /^(.*?)CONSOLE (?:([A-Z]+) )?(LOG|INFO|DEBUG|WARN|ERROR) (.*)/.exec(line) ?? [];
  const isOf = (origin) => where.startsWith(origin) || !where.startsWith("http");
  if (level) for (const { origin, entries } of tabs.values()) if (isOf(origin)) entries.push({ source, level, text });
}

class Tab {
  #send;
  #tab;
  #entries;

  constructor(send, tab, entries) {
    this.#send = (call, details) => send(call, { tab, ...details });
    this.#tab = tab;
    this.#entries = entries;
  }

  goto(url) { return this.#send("goto", { url }); }
  reload() { return this.#send("reload"); }
  close() { return this.#send("close"); }
  back() { return this.#send("back"); }
  crash() { return this.#send("crash"); }
  press() { throw new Unsupported("WebKitGTK takes no keys from a program"); }

  errors() {
    const kind = ({ source, text }) => (OWN.test(text) ? "network" : source === "JS" ? "exception" : source ? "network" : "console");
    return this.#entries.filter(({ level }) => level === "ERROR").map((entry) => ({ kind: kind(entry), text: entry.text }));
  }

  warnings() { return this.#entries.filter(({ level }) => level === "WARN").map(({ text }) => ({ kind: "warning", text })); }

  async evaluate(fn, ...args) {
    return settle(await this.#send("evaluate", { body: `return ${expression(fn, args)}` }));
  }

  screenshot(path, { width = 1280, height = 900, dark = false } = {}) {
    return this.#send("screenshot", { path, width, height, dark });
  }
}
