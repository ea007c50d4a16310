// Runs a command beside the real services, whose folder it finds in REAL_PARTS: `node www/real/with.mjs cargo test …`

import { spawn } from "node:child_process";
import { once } from "node:events";

import { Parts } from "./parts.mjs";

const [program, ...args] = process.argv.slice(2);
const parts = await Parts.start();
const child = spawn(program, args, { stdio: "inherit", env: { ...process.env, REAL_PARTS: parts.folder } });
const [code] = await once(child, "exit");
await parts.stop();
process.exitCode = code ?? 1;
