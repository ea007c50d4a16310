#!/usr/bin/env node
// The command line.
import { run } from "../cli.js";

const { output, code } = await run(process.argv.slice(2));
(code ? process.stderr : process.stdout).write(output);
process.exitCode = code;
