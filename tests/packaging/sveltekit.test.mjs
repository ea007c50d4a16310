// Server-side rendering: the packed package in a fresh SvelteKit application, built and served as in production.

import assert from "node:assert/strict";

import { forEachBrowser, until } from "../e2e/lib/suite.mjs";
import { fresh, run, serve } from "./lib/fresh.mjs";

const app = await fresh("sveltekit", [["@sveltejs/kit", "2.70.4"], ["@sveltejs/vite-plugin-svelte", "7.3.1"], "svelte", "vite"]);
await run("npx", ["vite", "build", "--logLevel", "warn"], { cwd: app });
const url = await serve(app, ["node_modules/vite/bin/vite.js", "preview", "--port", "4300", "--host", "127.0.0.1"], /(http:\/\/127\.0\.0\.1:\d+)/);

forEachBrowser("a fresh SvelteKit app", (test) => {
  test("is rendered on the server, where values live in memory", async () => {
    assert.match(await (await fetch(url)).text(), /<p id="first">the server<\/p>/);
  });

  test("is hydrated, and goes on in the browser", async ({ visit }) => {
    const tab = await visit(url);
    for (const visit of ["the first", "the next"]) {
      await until(() => tab.evaluate(() => document.querySelector("#first")?.textContent === "the loader"));
      if (visit === "the first") await tab.reload();
    }
  });
});
