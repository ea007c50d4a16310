// Starts the origin with the shop and says where it is: `node www/serve.mjs [port]`, from 8080 or the next free one.
// With REAL=1 in the environment on nginx, memcached and redis.

import { Origin, REAL } from "../tests/e2e/lib/origin.mjs";
import { mounts } from "./mounts.mjs";

const ATTEMPTS = 20;

async function start(port) {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await Origin.start({ app: "www", mounts, fast: false, port: port + attempt });
    } catch (error) {
      if (attempt === ATTEMPTS || !/cannot listen/.test(error.message)) throw error;
    }
  }
}

const origin = await start(Number(process.argv[2] ?? 8080));
if (REAL) console.log("On", await origin.parts());
console.log(`The shop is open at ${origin.url}/ (Ctrl+C closes it)`);

setInterval(() => {}, 1 << 30); // the origin ends with this process, and does not keep it alive
