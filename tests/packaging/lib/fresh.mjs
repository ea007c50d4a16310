// A fresh application with the package as users get it: packed, and installed from the tarball.

import { execFile } from "node:child_process";
import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { end, start } from "../../e2e/lib/child.mjs";

const execute = promisify(execFile);
/** Runs a program to its end, for five minutes at most. */
export const run = (program, args, options) => execute(program, args, { timeout: 300_000, ...options });
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const { devDependencies: pinned } = createRequire(import.meta.url)("../../../package.json");

/** Runs a script that serves an application, until the end of the tests; resolves to its URL, the first group of `ready`. */
export async function serve(app, [script, ...args], ready) {
  const { child, line } = await start(process.execPath, [join(app, script), ...args], { cwd: app, ready, signal: "SIGTERM" });
  after(() => end(child));
  return line[1];
}

/** Installs `tests/packaging/{name}` into a folder of its own, with packages at the versions pinned here or given. */
export async function fresh(name, packages = []) {
  const app = await mkdtemp(join(tmpdir(), `nearcache-${name}-`));
  after(() => rm(app, { recursive: true, force: true, maxRetries: 5 }));
  const { stdout } = await run("npm", ["pack", "--json", "--pack-destination", app], { cwd: here("../../../pkg") });
  const [{ filename }] = JSON.parse(stdout);
  await cp(here(`../${name}`), app, { recursive: true });
  const dependencies = Object.fromEntries(packages.map((entry) => [entry].flat()).map(([name, version = pinned[name]]) => [name, version]));
  await writeFile(join(app, "package.json"), JSON.stringify({
    name: "fresh-app", private: true, type: "module", dependencies: { nearcache: `file:${filename}`, ...dependencies },
  }));
  await run("npm", ["install", "--no-fund", "--no-audit", "--prefer-offline"], { cwd: app });
  return app;
}
