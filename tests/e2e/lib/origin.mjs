// The local origin as a test holds it: one process, started on a free port, worked through its control at `/_origin/`.
// With `REAL=1` in the environment, real services stand where it has embedded layers.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { Parts } from "../../../www/real/parts.mjs";
import { end, start } from "./child.mjs";

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

// The system hands out a port again once it is free; what an earlier test stored there would be found.
const usedPorts = new Set();

/** Whether real services stand in the places of layers. */
export const REAL = Boolean(process.env.REAL);

export class Origin {
  #child;
  #args;
  #parts;

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
    if (REAL) this.#parts ??= await Parts.start();
    const real = this.#parts ? ["--real", this.#parts.folder] : [];
    const args = ["--port", String(port), ...real, ...this.#args];
    const { child, line } = await start(binary(), args, { cwd: root, ready: /listening on (http:\/\/\S+)/, tethered: REAL })
      .catch(async (error) => {
        await this.stop();
        throw error;
      });
    this.#child = child;
    this.url = line[1];
    this.port = Number(new URL(this.url).port);
    /** The same server as another web origin. */
    this.crossUrl = `http://localhost:${this.port}`;
  }

  /** Kills the process: from here on nobody listens. */
  async stop() {
    if (this.#child) await end(this.#child);
    await this.#parts?.stop();
    this.#parts = undefined;
  }

  /** What stands in the places of the layers that a real service can take. */
  parts() { return this.#control("GET", "/parts"); }

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
