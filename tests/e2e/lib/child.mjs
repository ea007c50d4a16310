// Processes that never outlive this one, and the moment at which they are ready.

import { spawn } from "node:child_process";
import { once } from "node:events";

const running = new Set();
// A run that breaks off takes its processes with it.
process.on("exit", () => running.forEach((child) => child.kill(child.endsBy)));
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));

/**
 * Starts a program and waits for the line that says it is ready; resolves to `{ child, line }`, the line as `ready`
 * matched it. `signal` ends it, by `end` or with this process; where it is `tethered` (on Linux), the kernel sees to that
 * when this process was killed and can't.
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

function said(child, pattern) {
  return new Promise((resolve, reject) => {
    let output = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`${child.spawnargs.join(" ")} ended with ${code}: ${output}`)));
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        output += chunk;
        const line = output.match(pattern);
        if (line) resolve(line);
      });
    }
  });
}
