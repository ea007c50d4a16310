// Server-side rendering: the packed package in a fresh Next.js application, built and served as in production.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { join } from "node:path";
import { after } from "node:test";

import { forEachBrowser, until } from "../e2e/lib/suite.mjs";
import { fresh, run } from "./lib/fresh.mjs";

const env = { ...process.env, NEXT_TELEMETRY_DISABLED: "1" };
const app = await fresh("next", [["next", "16.4.6"], "react", "react-dom"]);
const next = join(app, "node_modules/next/dist/bin/next");
await run(process.execPath, [next, "build"], { cwd: app, env });

const server = spawn(process.execPath, [next, "start", "--port", "0", "--hostname", "127.0.0.1"], { cwd: app, env, stdio: ["ignore", "pipe", "inherit"] });
after(() => server.kill());
const url = await new Promise((resolve, reject) => {
  let output = "";
  server.once("exit", (code) => reject(new Error(`Next.js ended with ${code}: ${output}`)));
  server.stdout.on("data", (chunk) => {
    output += chunk;
    const address = output.match(/http:\/\/127\.0\.0\.1:\d+/);
    if (address && output.includes("Ready")) resolve(address[0]);
  });
});

forEachBrowser("a fresh Next.js app", (test) => {
  test("is rendered on the server, where values live in memory", async () => {
    const html = await (await fetch(url)).text();
    assert.match(html, /<p id="first">the server<\/p>/);
    assert.match(html, /<p id="waited">the loader<\/p>/);
  });

  test("is hydrated, and goes on in the browser", async ({ visit }) => {
    const tab = await visit(url);
    for (const visit of ["the first", "the next"]) {
      const text = () => tab.evaluate(() => [...document.querySelectorAll("p")].map((p) => p.textContent).join());
      await until(async () => (await text()) === "the loader,the loader");
      if (visit === "the first") await tab.reload();
    }
  });
});
