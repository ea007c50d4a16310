// Nobody else's data: secrets are in no store in the clear, and what is cleared is gone from every tier, tab and worker.
// Read from the raw stores.

import assert from "node:assert/strict";

import { fetched, open } from "./lib/cache.mjs";
import { inFreezer } from "./lib/freezer.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { inWorker, register } from "./lib/worker.mjs";

const TIERS = ["memory", "cookie", "session", "local", "indexeddb", "cache-storage"];
const SECRETS = { token: "t0ken-Ab3XyZ9-secret", apiKey: "k3y-Q7wErTy-secret", cookie: "c00kie-Mn8VcX-secret", body: "b0dy-Lk2JhG-secret" };

/** What is stored in this tab, as lines; cookies of the application itself left out. */
const stored = (tab) => tab.evaluate(async () => (await rawStores()).filter((line) => !line.startsWith("cookie app=")));

/** The forms in which a text could be stored. */
const forms = (text) => [text, encodeURIComponent(text), Buffer.from(text).toString("base64").replace(/=+$/, "").slice(0, -2), Buffer.from(text).toString("hex"), [...text].reverse().join("")];

function assertNowhere(lines, text, what = text) {
  for (const form of forms(text)) assert.deepEqual(lines.filter((line) => line.includes(form)).map((line) => line.slice(0, 300)), [], `${what} is stored in the clear`);
}

/** A marked value in each of these tiers. */
const fill = (tab, mark, tiers) => tab.evaluate(async (mark, tiers) => {
  for (const tier of tiers) await cache.set(`${mark}/${tier}`, `secret of ${mark}`, { tier });
  for (const tier of tiers) cache.peek(`${mark}/${tier}`);
}, mark, tiers);

const left = async (tab, mark) => (await stored(tab)).filter((line) => line.includes(`secret of ${mark}`));

forEachBrowser("partitions", (test, name) => {
  test("no secret of a request is stored in the clear", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, { partition: "alice" });
    await tab.evaluate((cookie) => { document.cookie = `app=${cookie}`; }, SECRETS.cookie);
    const vary = (names) => [["Content-Type", "text/plain"], ["Date", "{now}"], ["Cache-Control", "max-age=600"], ["Vary", names]];
    const path = await origin.script("a", { headers: vary("Authorization, X-Api-Key, Cookie"), body: "answer" });
    const other = await origin.script("b", { headers: vary("Authorization"), body: "answer" });
    await tab.evaluate(() => cache.route({ url: "/s/c", method: "POST" }, { key: { body: true }, ttl: "1h" }));
    const posted = await origin.script("c", { headers: [["Content-Type", "text/plain"], ["Date", "{now}"], ["Cache-Control", "max-age=600"]], body: "answer" });
    const headers = { Authorization: `Bearer ${SECRETS.token}`, "X-Api-Key": SECRETS.apiKey };
    for (const url of [path, other]) {
      await fetched(tab, url, { headers });
      await tab.evaluate(() => cache.flush());
      assert.equal((await fetched(tab, url, { headers })).body, "answer");
    }
    await fetched(tab, posted, { method: "POST", body: JSON.stringify({ password: SECRETS.body }) });
    await tab.evaluate(() => cache.flush());
    const lines = await stored(tab);
    assert.ok(lines.some((line) => line.includes("/s/b")), "nothing was stored");
    for (const [what, secret] of Object.entries(SECRETS)) assertNowhere(lines, secret, what);
    // Another's answer is not given to whoever asks with another token.
    await fetched(tab, other, { headers: { ...headers, Authorization: "Bearer other" } });
    assert.equal((await origin.asked("b")).length, 2);
  });

  test("the page's clear empties a worker's memory, and other tabs' session storage", async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    assert.equal(await register(one, "module", "/worker-hammer.js", {}), null);
    for (const tab of [one, two]) await open(tab);
    await fill(one, "one", TIERS);
    await fill(two, "two", TIERS);
    await inWorker(one, "set", "worker", "secret of worker", { tier: "memory" });
    assert.equal((await inWorker(one, "get", "one/indexeddb")), "secret of one");
    await one.evaluate(() => cache.clear());
    await until(async () => (await left(two, "two")).length === 0);
    for (const tab of [one, two]) for (const mark of ["one", "two", "worker"]) assert.deepEqual(await left(tab, mark), []);
    assert.deepEqual(await two.evaluate((tiers) => tiers.map((tier) => cache.peek(`two/${tier}`) ?? null), TIERS), TIERS.map(() => null));
    assert.equal(await inWorker(one, "get", "worker"), undefined);
    assert.equal(await inWorker(one, "get", "one/indexeddb"), undefined);
  });

  test("a worker's clear empties localStorage, which it cannot reach, of an open page", async ({ visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-hammer.js", {}), null);
    await open(tab);
    await fill(tab, "alice", TIERS);
    await inWorker(tab, "clear");
    await until(async () => (await left(tab, "alice")).filter((line) => !line.startsWith("cookie")).length === 0);
    assert.deepEqual(await tab.evaluate((tiers) => tiers.map((tier) => cache.peek(`alice/${tier}`) ?? null), TIERS), TIERS.map(() => null));
  });

  test("and of one that was closed meanwhile, before it is read", async ({ visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-hammer.js", {}), null);
    await open(tab);
    await fill(tab, "alice", ["local", "indexeddb"]);
    await tab.evaluate(() => cache.close());
    await inWorker(tab, "clear");
    assert.equal((await left(tab, "alice")).length, 1, "localStorage was reached");
    await open(tab);
    assert.deepEqual(await tab.evaluate(() => [cache.peek("alice/local") ?? null, cache.has("alice/local")].slice(0, 1)), [null]);
    assert.deepEqual(await tab.evaluate(() => cache.getMany(["alice/local", "alice/indexeddb"])), [null, null]);
    await until(async () => (await left(tab, "alice")).length === 0);
    await tab.evaluate(async () => { await cache.set("new", 1, { tier: "local" }); await cache.close(); });
    await open(tab);
    assert.equal(await tab.evaluate(() => cache.get("new")), 1, "the note outlives what it is about");
  });

  test("no store is called by a partition's name, before and after it is cleared", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { partition: "alice@example.com" });
    await fill(tab, "a", TIERS);
    for (const clear of [false, true]) {
      if (clear) await tab.evaluate(() => cache.clear());
      const named = await tab.evaluate(async () => [
        ...(await indexedDB.databases()).map(({ name }) => name), ...await caches.keys(), ...Object.keys(localStorage), ...Object.keys(sessionStorage), document.cookie,
      ]);
      assert.ok(named.some((name) => name.startsWith("nearcache:test:1:")));
      for (const name of ["alice", "example.com"]) assertNowhere([...named, ...await stored(tab)], name);
    }
  });

  test("what a worker deletes in localStorage while no page is open is gone at a page's first read", async ({ browser, visit }) => {
    const tab = await visit();
    assert.equal(await register(tab, "module", "/worker-hammer.js", {}), null);
    await open(tab);
    await tab.evaluate(async () => {
      for (const key of ["deleted", "p/a", "tagged", "kept", "again"]) await cache.set(key, key, { tier: "local", tags: key === "tagged" ? ["t"] : [] });
      await cache.close();
    });
    // A worker that has heard of none of them.
    await browser.stopWorkers();
    await inWorker(tab, "delete", "deleted");
    await inWorker(tab, "delete", "again");
    await inWorker(tab, "invalidate", { prefix: "p/" });
    await inWorker(tab, "invalidate", { tags: ["t"] });
    await inWorker(tab, "set", "again", "anew");
    assert.equal((await stored(tab)).filter((line) => line.startsWith("local nearcache:")).length, 5, "localStorage was reached");
    await open(tab);
    const keys = ["deleted", "p/a", "tagged", "kept", "again"];
    assert.deepEqual(await tab.evaluate((keys) => keys.map((key) => cache.peek(key) ?? null), keys), [null, null, null, "kept", "anew"]);
    assert.deepEqual(await tab.evaluate((keys) => cache.getMany(keys), keys), [null, null, null, "kept", "anew"]);
    await until(async () => (await stored(tab)).filter((line) => line.startsWith("local nearcache:")).length === 1);
    // The notes are gone, and what is written afterwards stays.
    await tab.evaluate(async () => { await cache.set("deleted", "new", { tier: "local" }); await cache.close(); });
    assert.deepEqual((await stored(tab)).filter((line) => line.includes("/meta n:")), []);
    await open(tab);
    assert.equal(await tab.evaluate(() => cache.get("deleted")), "new");
  });

  /** A tab that sleeps while another clears: when it is awake nothing of it is left, in its memory and session storage too. */
  async function clearMeanwhile(here, there, sleep, wake) {
    for (const tab of [here, there]) await open(tab, { partition: "alice", tiers: TIERS });
    await fill(here, "alice", TIERS);
    await until(() => there.evaluate(async () => (await cache.get("alice/indexeddb")) !== undefined));
    await sleep();
    await there.evaluate(() => cache.clear());
    await wake();
    await here.evaluate(() => globalThis.cache ?? null);
    const all = await here.evaluate((tiers) => Promise.all(tiers.map(async (tier) => [cache.peek(`alice/${tier}`) ?? null, await cache.get(`alice/${tier}`) ?? null])), TIERS);
    assert.deepEqual(all, TIERS.map(() => [null, null]));
    await until(async () => (await left(here, "alice")).length === 0);
  }

  if (name === "chromium") {
    test("a tab that was frozen while another cleared keeps nothing", async ({ origin }) => inFreezer(async (visit) => {
      const [here, there] = [await visit(origin.url), await visit(origin.url)];
      await clearMeanwhile(here, there, () => here.freeze(), () => here.thaw());
    }));
  }

  test("a tab in the back/forward cache keeps nothing either", async ({ visit }) => {
    const [here, there] = [await visit(), await visit()];
    await clearMeanwhile(here, there, () => here.goto(new URL("/bare.html", here.url).href), async () => {
      await here.back();
      await until(() => here.evaluate(() => "nearcache" in globalThis));
      if (!await here.evaluate(() => "cache" in globalThis)) await open(here, { partition: "alice", tiers: TIERS });
    });
  });
});
