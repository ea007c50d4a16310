// Processes that never outlive this one, and the moment at which they are ready.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { stripVTControlCharacters } from "node:util";

const PATIENCE = 120_000; // ms
const running = new Set();
// A run that breaks off takes its processes with it.
process.on("exit", () => running.forEach((child) => child.kill(child.endsBy)));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/**
 * Starts a program and waits for the line that says it is ready, for two minutes at most; resolves to `{ child, line }`,
 * the line as `ready` matched it. `signal` ends it, by `end` or with this process; where it is `tethered` (on Linux), the
 * kernel sees to that when this process was killed and can't.
 */
export async function start(program, args, { ready, signal = "SIGKILL", tethered = false, cwd }) {
  const tether = tethered ? ["setpriv", "--pdeathsig", signal.slice("SIG".length)] : [];
  const [first, ...rest] = [...tether, program, ...args];
  const child = spawn(first, rest, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  child.endsBy = signal;
  running.add(child);
  child.once("exit", () => running.delete(child));
  const line = await said(child, ready);
  for (const output of [child.stdout, child.stderr]) output.removeAllListeners("data").resume();
  child.unref();
  return { child, line };
}

/** Ends a program, if it is there still. */
export async function end(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(child.endsBy);
  await gone;
}

async function said(child, pattern) {
  let output = "";
  let late;
  try {
    return await new Promise((resolve, reject) => {
      const failed = (what) => reject(new Error(`${child.spawnargs.join(" ")} ${what}: ${output}`));
      late = setTimeout(() => failed(`is not ready after ${PATIENCE} ms`), PATIENCE);
      child.once("error", reject);
      child.once("exit", (code) => failed(`ended with ${code}`));
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk) => {
          output += chunk;
          // Many a tool writes in colours as soon as CI is set.
          const line = stripVTControlCharacters(output).match(pattern);
          if (line) resolve(line);
        });
      }
    });
  } catch (error) {
    child.kill(child.endsBy);
    throw error;
  } finally {
    clearTimeout(late);
  }
}
