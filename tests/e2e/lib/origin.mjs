// The local origin as a test holds it: one process, started on a free port, worked through its control at `/_origin/`.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../../../", import.meta.url));

/** The origin's binary: `ORIGIN_BIN`, else whichever build is there, the optimised one first. */
function binary() {
  const built = ["release", "debug"].map((profile) => `${root}target/origin/${profile}/nearcache-origin`);
  const found = [process.env.ORIGIN_BIN, ...built].find((path) => path && existsSync(path));
  if (!found) {
    throw new Error("the origin is not built: CARGO_TARGET_DIR=target/origin cargo build --manifest-path www/origin/Cargo.toml");
  }
  return found;
}

/** The package under test. */
export const PACKAGE = process.env.PKG ?? "pkg";

const children = new Set();
// The system hands out a port again once it is free; what an earlier test stored there would be found.
const usedPorts = new Set();
// A test run that breaks off takes its origins with it.
process.on("exit", () => children.forEach((child) => child.kill("SIGKILL")));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

export class Origin {
  #child;
  #args;

  /**
   * Starts an origin that serves `app` at `/` and the package at `/pkg`.
   * `fast` leaves every latency at zero; `port` 0 takes any free one.
   */
  static async start({ app = "tests/e2e/page", mounts = { "/pkg": PACKAGE }, fast = true, port = 0 } = {}) {
    const origin = new Origin();
    const mount = Object.entries(mounts).flatMap(([prefix, dir]) => ["--mount", `${prefix}=${dir}`]);
    origin.#args = ["--app", app, ...mount, ...(fast ? ["--fast"] : [])];
    await origin.restart(port);
    if (port === 0 && usedPorts.has(origin.port)) {
      // The next one starts while this one still holds its port, so it gets another.
      const next = await Origin.start({ app, mounts, fast });
      await origin.stop();
      return next;
    }
    usedPorts.add(origin.port);
    return origin;
  }

  /** Starts the process anew, on the port it had. Its counters, switches and scripts begin from nothing. */
  async restart(port = this.port) {
    const child = spawn(binary(), ["--port", String(port), ...this.#args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    children.add(child);
    child.once("exit", () => children.delete(child));
    this.url = await announced(child);
    this.port = Number(new URL(this.url).port);
    /** The same server as another web origin. */
    this.crossUrl = `http://localhost:${this.port}`;
    child.stdout.resume();
    child.stderr.resume();
    child.unref();
  }

  /** Kills the process: from here on nobody listens. */
  async stop() {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** The counters since the start or the last reset. Requests dropped by `offline` count nowhere. */
  stats() { return this.#control("GET", "/stats"); }

  /** The counters of one path, zero where it was never asked for. */
  async counts(path) {
    const { perPath } = await this.stats();
    return perPath[path] ?? { requests: 0, notModified: 0, bytes: 0 };
  }

  /** The lines of the request log after number `since`, of one path where one is named. */
  async log({ since = 0, path } = {}) {
    const lines = await this.#control("GET", `/log?since=${since}`);
    return path === undefined ? lines : lines.filter((line) => line.path === path);
  }

  /** Changes switches by a partial document; resolves to all of them. */
  switch(patch) { return this.#control("PATCH", "/switches", patch); }

  /** Drops every connection to the app (the control still answers), or stops dropping them. */
  offline(is = true) { return this.switch({ offline: is }); }

  /** Everything as it was at the start. */
  reset() { return this.#control("POST", "/reset"); }

  /** Changes a product at the table, and purges the edge too unless told otherwise. */
  change(product, { purge = true, behind = false } = {}) { return this.#control("POST", "/data", { product, purge, behind }); }

  /** Drops what layers keep; all of them where none is named. */
  purge(layers) { return this.#control("POST", "/purge", layers ? { layers } : {}); }

  /**
   * Says what `/s/{id}` answers: responses in order, the last one repeated, a matching validator answered 304.
   * A scripted response has the headers it lists and no others. Returns the path.
   */
  async script(id, responses, { match304 = true, onExhausted = "repeat-last" } = {}) {
    await this.#control("PUT", `/script/${id}`, { responses: [responses].flat(), match304, onExhausted });
    return `/s/${id}`;
  }

  /** What was asked of a script so far. */
  async asked(id) {
    const { requests } = await this.#control("GET", `/script/${id}`);
    return requests.map((request) => ({ ...request, headers: Object.fromEntries(request.headers) }));
  }

  async #control(method, path, body) {
    const response = await fetch(`${this.url}/_origin${path}`, {
      method,
      headers: { "Content-Type": "application/json", Connection: "close" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} /_origin${path}: ${response.status} ${text}`);
    return text ? JSON.parse(text) : undefined;
  }
}

/** The address in the line that the process prints once it listens. */
function announced(child) {
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the origin ended with ${code}: ${output}`)));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.stdout.on("data", (chunk) => {
      output += chunk;
      const address = output.match(/listening on (http:\/\/\S+)/);
      if (address) resolve(address[1]);
    });
  });
}
