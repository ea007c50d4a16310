// docs/from-workbox.md: each snippet is bundled and run, and what both sides claim is checked on both.

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { manifest } from "nearcache/vite";

import { browsers } from "./lib/browser.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { got } from "./lib/worker.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const guide = readFileSync(here("../../docs/from-workbox.md"), "utf8");
const folders = mkdtempSync(join(tmpdir(), "nearcache-from-workbox-"));
after(() => rm(folders, { recursive: true }));
const core = dirname(createRequire(import.meta.url).resolve("workbox-core/package.json"));

/** By name and side: the worker's script and the page's. */
const snippets = new Map();
for (const [, side, name, page, script] of guide.matchAll(/```js (workbox|nearcache) (\w+)( page)?\n([\s\S]*?)```/g)) {
  const found = snippets.get(`${name} ${side}`) ?? { name, side };
  snippets.set(`${name} ${side}`, { ...found, [page ? "page" : "worker"]: script });
}

/** Where a snippet's site for one browser is: a check changes it. */
const site = ({ name, side }, browser) => join(folders, `${name}-${side}-${browser}`);

const files = {
  "index.html": '<!doctype html><title>The shop</title><link rel="icon" href="data:,"><script src="/page.js"></script>',
  "offline.html": '<!doctype html><title>Offline</title><link rel="icon" href="data:,">',
  "app.js": "app 1", "fonts/a.woff": "0123456789", "data/a.json": "1", "news/a.json": "1", "style.css": "p {}",
};
const write = (folder, name, text) => {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
};
const bundled = async (contents, list) => {
  const { outputFiles: [{ text }] } = await build({
    stdin: { contents, resolveDir: here("../..") }, bundle: true, write: false, format: "iife", logLevel: "error",
    alias: { "workbox-core": core },
    define: { "process.env.NODE_ENV": '"production"', "self.__WB_MANIFEST": list, __NEARCACHE_PRECACHE__: list },
  });
  return text;
};
const tools = readFileSync(here("page/page.js"), "utf8").replace(/^import .*$/gm, "").replace(/nearcache, .*rawStores, /, "");
/** Builds a snippet's site. */
async function publish({ folder, worker, page = "" }) {
  for (const [name, text] of Object.entries(files)) write(folder, name, text);
  write(folder, "page.js", `globalThis.updated = []; globalThis.asked = []; globalThis.show = (url) => updated.push(new URL(url).pathname);
    globalThis.ask = (text) => (asked.push(text), globalThis.yes === true);\n${tools}\n${await bundled(page, "[]")}`);
  await release({ folder, worker });
}
/** Builds its worker, with the list of the files as they are now. */
async function release({ folder, worker }) {
  const list = await manifest(folder, { ignore: ["/sw.js", "/data/*", "/news/*", "/fonts/*"] });
  write(folder, "sw.js", await bundled(worker, JSON.stringify(list)));
}
for (const name of browsers) {
  for (const snippet of snippets.values()) await publish({ ...snippet, folder: site(snippet, name) });
}

const title = async (tab) => tab.evaluate(() => document.title);
const body = async (tab, path, init) => (await got(tab, path, init)).body;
const times = async (origin, path) => (await origin.log({ path })).length;
/** Workbox stores after it has answered: nothing may be asked again before. */
const stored = async ({ tab, side }, path) => {
  if (side === "workbox") await until(() => tab.evaluate(async (path) => !!(await caches.match(path)), path), 10_000);
};
const cacheFirst = async (at) => {
  const { origin, tab } = at;
  for (let n = 0; n < 3; n += 1) {
    assert.equal(await body(tab, "/fonts/a.woff"), "0123456789");
    await stored(at, "/fonts/a.woff");
  }
  assert.equal(await times(origin, "/fonts/a.woff"), 1);
  await origin.stop();
  assert.equal(await body(tab, "/fonts/a.woff"), "0123456789");
};

/** What holds on both sides, by the snippet's name. */
const checks = {
  async precaching({ origin, visit, tab }) {
    await origin.stop();
    assert.equal(await body(tab, "/app.js"), "app 1");
    assert.equal(await title(await visit("/?utm_source=mail")), "The shop");
  },
  async routing(at) {
    const { origin, visit, tab } = at;
    assert.equal(await body(tab, "/data/a.json"), "1");
    await stored(at, "/data/a.json");
    assert.equal(await title(await visit("/shop/items/7")), "The shop");
    assert.notEqual(await title(await visit("/shop/admin/7")), "The shop");
    await origin.stop();
    assert.equal(await body(tab, "/data/a.json"), "1");
    assert.equal(await title(await visit("/shop/items/8")), "The shop");
  },
  async strategies(at) {
    const { tab, folder } = at;
    assert.deepEqual([await body(tab, "/data/a.json"), await body(tab, "/news/a.json")], ["1", "1"]);
    await stored(at, "/news/a.json");
    write(folder, "data/a.json", "22");
    write(folder, "news/a.json", "22");
    assert.deepEqual([await body(tab, "/data/a.json"), await body(tab, "/news/a.json")], ["22", "1"]);
    await until(async () => (await body(tab, "/news/a.json")) === "22");
    await cacheFirst(at);
    await until(async () => (await body(tab, "/data/a.json")) === "22");
  },
  expiration: cacheFirst,
  async cacheable(at) {
    for (let n = 0; n < 2; n += 1) assert.equal((await got(at.tab, "/fonts/none.woff")).status, 404);
    assert.equal(await times(at.origin, "/fonts/none.woff"), 2);
    await cacheFirst(at);
  },
  async ranges({ origin, tab }) {
    assert.equal(await body(tab, "/fonts/a.woff"), "0123456789");
    const part = () => got(tab, "/fonts/a.woff", { headers: { Range: "bytes=2-4" } });
    await until(async () => (await times(origin, "/fonts/a.woff")) === 1);
    await origin.stop();
    const { status, body: text, headers } = await until(() => part().catch(() => undefined));
    assert.deepEqual([status, text, headers["content-range"]], [206, "234", "bytes 2-4/10"]);
  },
  async sync({ origin, tab, side }) {
    await origin.script("orders", { headers: [["Content-Type", "text/plain"]], body: "done" });
    const order = () => got(tab, "/s/orders", { method: "POST", body: "one" });
    assert.equal(await body(tab, "/s/orders", { method: "POST", body: "zero" }), "done");
    if (side === "workbox") return; // it lets the page's request fail, and Firefox has no Background Sync
    await origin.offline();
    assert.equal((await order()).status, 202);
    await origin.offline(false);
    await until(async () => (await origin.asked("orders")).length === 2, 10_000);
    assert.deepEqual((await origin.asked("orders")).map(({ body }) => body), ["zero", "one"]);
  },
  async updates(at) {
    const { tab, folder } = at;
    await body(tab, "/news/a.json");
    await stored(at, "/news/a.json");
    write(folder, "news/a.json", "22");
    assert.equal(await body(tab, "/news/a.json"), "1");
    await until(() => tab.evaluate(() => updated.length));
    assert.deepEqual(await tab.evaluate(() => updated), ["/news/a.json"]);
  },
  async preload({ origin, visit }) {
    const path = await origin.script("page", { headers: [["Content-Type", "text/html"]], body: "<!doctype html><title>page</title><link rel=icon href=data:,>" });
    assert.equal(await title(await visit(path)), "page");
    const asked = await origin.asked("page");
    assert.deepEqual(asked.map(({ headers }) => headers["service-worker-navigation-preload"]), ["true"]);
  },
  async recipes({ origin, visit }) {
    await origin.stop();
    assert.equal(await title(await visit("/anywhere.html")), "Offline");
  },
  async window({ tab, folder, worker }) {
    await tab.reload(); // workbox-window takes a version for an update only where the page was controlled from the start
    assert.equal(await body(tab, "/app.js"), "app 1");
    write(folder, "app.js", "app 2");
    await release({ folder, worker });
    await tab.evaluate(async () => void (await navigator.serviceWorker.getRegistration()).update());
    await until(() => tab.evaluate(() => asked.length));
    assert.equal(await body(tab, "/app.js"), "app 1");
    await tab.evaluate(() => (globalThis.yes = true));
    write(folder, "app.js", "app 3");
    await release({ folder, worker });
    await tab.evaluate(async () => void (await navigator.serviceWorker.getRegistration()).update());
    await until(() => tab.evaluate(() => globalThis.yes === undefined && document.readyState === "complete").catch(() => false), 10_000);
    assert.equal(await body(tab, "/app.js"), "app 3");
  },
  core: cacheFirst,
  async moving({ tab }) {
    await tab.evaluate(async () => {
      await caches.open("workbox-precache-v2-http://elsewhere/");
      await (await navigator.serviceWorker.getRegistration()).unregister();
    });
    await tab.reload();
    await tab.evaluate(() => navigator.serviceWorker.register("/sw.js").then(() => {}));
    await until(() => tab.evaluate(async () => !(await caches.keys()).some((name) => name.startsWith("workbox-"))));
  },
};

forEachBrowser("from Workbox", (test, name) => {
  test("every snippet has a check, and every check a snippet", async () => {
    assert.deepEqual([...new Set([...snippets.values()].map(({ name }) => name))].sort(), Object.keys(checks).sort());
  });
  for (const snippet of snippets.values()) {
    const app = site(snippet, name);
    const own = { ...snippet, folder: app };
    test(`${snippet.name}: ${snippet.side}`, async ({ origin, visit }) => {
      const tab = await visit();
      if (snippet.name !== "window") await tab.evaluate(() => navigator.serviceWorker.register("/sw.js").then(() => {}));
      await until(() => tab.evaluate(async () => (await navigator.serviceWorker.getRegistration())?.active?.state === "activated"), 10_000);
      if (await tab.evaluate(() => !navigator.serviceWorker.controller)) await tab.reload();
      await until(() => tab.evaluate(() => navigator.serviceWorker.controller !== null));
      await checks[snippet.name]({ ...own, origin, visit, tab });
    }, { app, mounts: { "/pkg": PACKAGE } });
  }
});
