// Server-side rendering: the packed package in a fresh Next.js application, built and served as in production.

import assert from "node:assert/strict";

import { forEachBrowser, until } from "../e2e/lib/suite.mjs";
import { fresh, run, serve } from "./lib/fresh.mjs";

process.env.NEXT_TELEMETRY_DISABLED = "1";
const app = await fresh("next", [["next", "16.4.6"], "react", "react-dom"]);
await run("npx", ["next", "build"], { cwd: app });
const url = await serve(app, ["node_modules/next/dist/bin/next", "start", "--port", "0", "--hostname", "127.0.0.1"], /(http:\/\/127\.0\.0\.1:\d+)[^]*Ready/);

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
