// However the command that serves the shop ends, its services end with it. `REAL=1 node --test www/real/parts.test.mjs`

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { until } from "../../tests/e2e/lib/suite.mjs";

const serve = fileURLToPath(new URL("../serve.mjs", import.meta.url));
const root = fileURLToPath(new URL("../../", import.meta.url));

/** The processes below one, with what they run. */
function below(pid) {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  return children.flatMap((child) => [{ pid: child, runs: readFileSync(`/proc/${child}/comm`, "utf8").trim() }, ...below(child)]);
}

describe("real parts", () => {
  for (const [how, signal, cleans] of [["Ctrl+C", "SIGINT", true], ["a polite end", "SIGTERM", true], ["a kill", "SIGKILL", false]]) {
    it(`end by ${how} of the command that started them`, { timeout: 60_000 }, async () => {
      const command = spawn(process.execPath, [serve, "0"], { cwd: root, env: { ...process.env, REAL: "1" }, stdio: ["ignore", "pipe", "inherit"] });
      let said = "";
      for await (const chunk of command.stdout) if ((said += chunk).includes("open at")) break;
      const url = said.match(/http:\S+/)[0];
      assert.equal((await fetch(`${url}api/products`)).headers.get("server")?.split("/")[0], "nginx");

      const processes = below(command.pid);
      for (const name of [/^nearcache-origi/, /^nginx$/, /^memcached$/, /^(redis|valkey)-server$/]) {
        assert.ok(processes.some(({ runs }) => name.test(runs)), `${name} runs not: ${JSON.stringify(processes)}`);
      }
      const temporary = readlinkSync(`/proc/${processes.find(({ runs }) => runs === "nginx").pid}/cwd`);
      assert.ok(existsSync(temporary));

      command.kill(signal);
      await once(command, "exit");
      await until(() => processes.every(({ pid }) => !existsSync(`/proc/${pid}`)));
      if (cleans) assert.ok(!existsSync(temporary), temporary);
    });
  }
});
