// The cases played natively, against the pure policy, by cargo.

import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";

/** Runs `runner.rs`; resolves to a Map of case id → why it failed, `null` where it passed. */
export function native(cases) {
  const { stdout, stderr, error } = spawnSync("cargo", ["test", "--quiet", "--test", "http", "conformance", "--", "--nocapture"],
    { cwd: fileURLToPath(new URL("../../", import.meta.url)), encoding: "utf8", env: { ...process.env, CONFORMANCE_TABLE: "unchecked" }, maxBuffer: 1 << 26 });
  if (error) throw error;
  const summary = stderr.match(/^(\d+) cases, (\d+) failed$/m);
  if (!summary) throw new Error(`cargo test did not play the cases:\n${stdout}${stderr}`);
  const failed = new Map([...stderr.matchAll(/^case (\S+) failed: (.*)$/gm)].map(([, id, why]) => [id, why]));
  const played = cases.filter(({ browsers }) => !browsers);
  if (Number(summary[1]) !== played.length) throw new Error(`cargo played ${summary[1]} of ${played.length} cases`);
  console.log(`native: ${played.length - failed.size} of ${played.length} passed, ${cases.length - played.length} are not for it`);
  return new Map(played.map(({ id }) => [id, failed.get(id) ?? null]));
}
