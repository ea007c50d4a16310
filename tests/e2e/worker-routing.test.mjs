// What a worker touches: what a route wants, and nothing else. Where the browser has static routes, other requests do
// not even reach it.

import assert from "node:assert/strict";

import { headers } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";
import { ask, got, register } from "./lib/worker.mjs";

const spied = (tab) => ask(tab, "spied");
const start = async (tab, options, more = "") => {
  assert.equal(await register(tab, "classic", `/worker-spied.js?more=${more}`, options), null);
  await spied(tab);
};

forEachBrowser("worker routing", (test, name) => {
  const bypasses = name === "chromium";

  test("a request that no route wants is not touched: any method, any mode, navigations too", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, { routes: [{ match: "/s/*" }], bypass: false });
    await got(tab, "/api/categories");
    await got(tab, "/api/login", { method: "POST", body: '{"user":"alice"}', headers: { "Content-Type": "application/json" } });
    await got(tab, "/icon.svg", { mode: "no-cors" });
    await visit("/bare.html");
    const { seen, touched } = await spied(tab);
    assert.deepEqual(["/api/categories", "/api/login", "/icon.svg", "/bare.html"].filter((path) => !seen.includes(path)), []);
    assert.deepEqual(touched, []);
    const path = await origin.script("a", { headers: headers("max-age=60"), body: "hello" });
    assert.equal((await got(tab, path)).body, "hello");
    assert.deepEqual((await spied(tab)).touched, [path, `fetch ${path}`]);
  });

  test("without routes, precache and pages nothing is touched", async ({ visit }) => {
    const tab = await visit();
    await start(tab, {});
    await got(tab, "/api/categories");
    await visit("/bare.html");
    assert.deepEqual((await spied(tab)).touched, []);
  });

  test("where there are static routes, what nothing wants passes the worker by", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, {
      routes: [{ match: "/s/item/:id" }, { match: { url: "/api/products/*", method: "GET" } }, { match: { destination: "image" } }],
      precache: ["/bare.html", "/page.js"],
    });
    const path = await origin.script("item", { headers: headers("max-age=60"), body: "hello" });
    for (const url of ["/api/categories", `${path}/7`, "/s/other", "/api/products/p0001", "/page.js", "/bare.html"]) await got(tab, url);
    await tab.evaluate(() => new Promise((resolve) => {
      const image = new Image();
      image.onload = image.onerror = resolve;
      image.src = "/images/p0001.svg";
    }));
    const { seen, touched } = await spied(tab);
    const wanted = [`${path}/7`, "/api/products/p0001", "/page.js", "/bare.html", "/images/p0001.svg"];
    assert.deepEqual(wanted.filter((path) => !touched.includes(path)), []);
    assert.deepEqual(seen.filter((path) => path === "/api/categories" || path === "/s/other").length, bypasses ? 0 : 2);
  });

  test("with pages to answer, navigations reach the worker and other requests pass by", async ({ origin, visit }) => {
    const tab = await visit();
    await start(tab, { offline: "/bare.html" });
    await got(tab, "/api/categories");
    assert.equal((await spied(tab)).seen.length, bypasses ? 0 : 1);
    await origin.stop();
    const other = await visit("/somewhere/else.html");
    assert.equal(await other.evaluate(() => document.title), "A page without the package");
  });

  for (const [more, why] of [
    ["function", "a route is a function"],
    ["route", "a route was added after serve()"],
    ["listener", "the script has a listener of its own"],
  ]) {
    test(`nothing passes by where ${why}`, async ({ origin, visit }) => {
      const tab = await visit();
      await start(tab, { routes: [{ match: "/s/first" }] }, more);
      await got(tab, "/api/categories");
      assert.deepEqual((await spied(tab)).seen, ["/api/categories"]);
      if (more === "listener") assert.equal((await got(tab, "/own")).body, "own");
      await origin.script("late", { headers: headers("max-age=60"), body: "late" });
      if (more === "route") assert.ok((await got(tab, "/s/late")).via);
    });
  }

  test("a URLPattern is a static route as it is", async ({ visit }) => {
    const tab = await visit();
    await start(tab, { routes: [] }, "pattern");
    await got(tab, "/p/1");
    await got(tab, "/q/1");
    const { seen, touched } = await spied(tab);
    assert.ok(touched.includes("/p/1"));
    assert.equal(seen.includes("/q/1"), !bypasses);
  });
});
