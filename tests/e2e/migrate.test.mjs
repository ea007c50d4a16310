// A raised version with a `migrate` hook: what older ones stored is brought along, entry by entry, once, and nothing is
// lost when it is interrupted. Read from the raw stores.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { fetched, headers, open } from "./lib/cache.mjs";
import { filled, narrowing } from "./lib/quota.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const TIERS = ["memory", "cookie", "session", "local", "indexeddb", "cache-storage"];

/** What is stored under the names of a version. */
const of = (tab, version) => tab.evaluate(async (start) => (await rawStores()).filter((line) => decodeURIComponent(line.split(" ")[1]).startsWith(start)), `nearcache:test:${version}:`);

/** Opens the cache with a hook of the page's, and counts its calls by key. */
const migrate = (tab, version, hook, options = {}) => tab.evaluate(async (version, options, hook) => {
  globalThis.calls = [];
  const inner = (0, eval)(`(${hook})`);
  const migrate = (entry) => { calls.push(entry.key); return inner(entry); };
  globalThis.errors = [];
  globalThis.cache = await nearcache.open({ name: "test", ...options, version, migrate });
  cache.on("error", ({ code, message, tier }) => errors.push({ code, message, tier }));
}, version, options, String(hook));

const migration = (tab) => tab.evaluate(() => cache.stats().migration);

forEachBrowser("migration", (test, name) => {
  test("each entry is brought along, changed, renamed or dropped", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab, { version: 1, partition: "alice", tiers: TIERS });
    const path = await origin.script("a", { headers: headers("max-age=600", '"1"'), body: "hello" });
    await fetched(tab, path);
    await tab.evaluate(async (tiers) => {
      for (const tier of tiers) await cache.set(`${tier}/a`, { name: "Ada", in: tier }, { tier, tags: ["old"], ttl: "1h" });
      await cache.set("large", { name: "x".repeat(50_000) }, { tier: "indexeddb" });
      await cache.set("bytes", new Uint8Array([1, 2, 255]));
      await cache.set("dropped", { name: "nobody" });
      await cache.flush();
      await cache.close();
    }, TIERS);
    await tab.reload();
    await migrate(tab, 3, (entry) => {
      if (entry.key === "dropped") return undefined;
      if (entry.kind === "response") return { ...entry, tags: ["response"] };
      if (entry.value instanceof Uint8Array) return entry;
      const { name, ...rest } = entry.value;
      return Promise.resolve({ ...entry, key: `new/${entry.key}`, tags: [...entry.tags, `from${entry.oldVersion}`], value: { ...rest, fullName: name } });
    }, { partition: "alice", tiers: TIERS });
    const durable = TIERS.filter((tier) => tier !== "memory");
    assert.deepEqual(await migration(tab), { migrated: durable.length + 3, dropped: 1, failed: 0, left: 0 });
    const got = await tab.evaluate(async (tiers) => ({
      values: await cache.getMany(tiers.map((tier) => `new/${tier}/a`)),
      old: await cache.getMany([...tiers.map((tier) => `${tier}/a`), "dropped"]),
      large: (await cache.get("new/large")).fullName.length,
      bytes: [...await cache.get("bytes")],
      infos: await Array.fromAsync(cache.entries({ prefix: "new/" }), ([key, { tier, tags, expires }]) => [key, tier, tags, expires > Date.now()]),
    }), durable);
    assert.deepEqual(got.values, durable.map((tier) => ({ in: tier, fullName: "Ada" })));
    assert.deepEqual(got.old, Array(durable.length + 1).fill(null));
    assert.deepEqual([got.large, got.bytes], [50_000, [1, 2, 255]]);
    const chosen = (tier) => ["cookie", "session", "local"].includes(tier) ? tier : "indexeddb";
    assert.deepEqual(got.infos.filter(([key]) => key !== "new/large").sort(), durable.map((tier) => [`new/${tier}/a`, chosen(tier), ["old", "from1"], true]).sort());
    const response = await fetched(tab, path);
    assert.deepEqual([response.body, response.via.hit, (await origin.asked("a")).length], ["hello", true, 1]);
    assert.equal(await tab.evaluate(() => cache.invalidate({ tags: ["response"] })), 1);
    assert.deepEqual(await of(tab, 1), [], "the old version is still there");
    // Opened again, there is nothing to be done.
    await tab.evaluate(() => cache.close());
    await migrate(tab, 3, () => undefined, { partition: "alice", tiers: TIERS });
    assert.deepEqual([await tab.evaluate(() => calls), await tab.evaluate(() => cache.get("new/large").then(({ fullName }) => fullName.length))], [[], 50_000]);
  });

  test("a hook that throws, rejects, returns nonsense or never ends costs its entries, and is told once", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { version: 1 });
    await tab.evaluate(() => cache.setMany(["throws", "rejects", "nonsense", "tags", "key", "value", "hangs", "good"].map((key) => [key, key])));
    await tab.evaluate(() => cache.close());
    await migrate(tab, 2, (entry) => {
      switch (entry.value) {
        case "throws": throw new TypeError("cannot read it");
        case "rejects": return Promise.reject(new Error("cannot read it"));
        case "nonsense": return 17;
        case "tags": return { ...entry, tags: "red" };
        case "key": return { ...entry, key: "" };
        case "value": return { ...entry, value: () => {} };
        case "hangs": return new Promise(() => {});
        default: return entry;
      }
    });
    assert.deepEqual(await migration(tab), { migrated: 1, dropped: 0, failed: 7, left: 0 });
    assert.equal(await tab.evaluate(() => cache.get("good")), "good");
    await until(() => tab.evaluate(() => errors.length > 0));
    const [error, ...more] = await tab.evaluate(() => errors);
    assert.deepEqual([error.code, error.tier, more], ["migration-failed", "indexeddb", []]);
    assert.match(error.message, /7/);
    assert.deepEqual(await of(tab, 1), []);
  });

  test("two tabs at once call it once for each entry", async ({ visit }) => {
    const tabs = [await visit(), await visit()];
    await open(tabs[0], { version: 1 });
    await tabs[0].evaluate(() => cache.setMany(Array.from({ length: 300 }, (_, n) => [`k${n}`, n])));
    await tabs[0].evaluate(() => cache.close());
    await Promise.all(tabs.map((tab) => migrate(tab, 2, async (entry) => ({ ...entry, value: entry.value + 1 }))));
    const calls = (await Promise.all(tabs.map((tab) => tab.evaluate(() => calls)))).flat();
    assert.deepEqual([calls.length, new Set(calls).size], [300, 300]);
    for (const tab of tabs) {
      const values = await tab.evaluate(() => cache.getMany(Array.from({ length: 300 }, (_, n) => `k${n}`)));
      assert.deepEqual(values, Array.from({ length: 300 }, (_, n) => n + 1));
    }
  });

  test("killed half-way, it goes on at the next start, and nothing is lost", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { version: 1 });
    await tab.evaluate(() => cache.setMany(Array.from({ length: 400 }, (_, n) => [`k${n}`, { n, fill: "x".repeat(n % 3 ? 10 : 9_000) }])));
    await tab.evaluate(() => cache.close());
    const kills = await tab.evaluate(async () => {
      let kills = 0;
      for (let round = 0; round < 30; round += 1) {
        const worker = new Worker("/worker-migrate.js", { type: "module" });
        const calls = await new Promise((resolve) => {
          let calls = 0;
          worker.onmessage = ({ data }) => (data === "done" ? resolve(-1) : (calls += 1) === 40 + round && resolve(calls));
        });
        worker.terminate();
        if (calls < 0) break;
        kills += 1;
      }
      return kills;
    });
    assert.ok(kills >= 3, `only ${kills} were killed`);
    await migrate(tab, 2, (entry) => ({ ...entry, value: { ...entry.value, migrated: true } }));
    const values = await tab.evaluate(() => cache.getMany(Array.from({ length: 400 }, (_, n) => `k${n}`)));
    assert.deepEqual(values.map((value) => [value?.n, value?.fill.length, value?.migrated]), Array.from({ length: 400 }, (_, n) => [n, n % 3 ? 10 : 9_000, true]));
    assert.deepEqual(await of(tab, 1), []);
  });

  test("what is newer stays, and another partition's waits for its own hook", async ({ visit }) => {
    const tab = await visit();
    for (const partition of ["alice", "bob"]) {
      await open(tab, { version: 1, partition });
      await tab.evaluate((partition) => cache.set("k", `old of ${partition}`), partition);
      await tab.evaluate(() => cache.close());
    }
    await open(tab, { version: 2, partition: "carol" });
    await tab.evaluate(() => cache.close());
    // Without a hook, what is older is dropped.
    await until(async () => (await of(tab, 1)).length === 0);
    for (const partition of ["alice", "bob"]) {
      await open(tab, { version: 1, partition });
      await tab.evaluate((partition) => cache.set("k", `old of ${partition}`), partition);
      await tab.evaluate(() => cache.close());
    }
    await migrate(tab, 2, (entry) => entry, { partition: "alice" });
    await tab.evaluate(async () => { await cache.set("k", "new of alice"); await cache.close(); });
    assert.ok((await of(tab, 1)).some((line) => line.includes("old of bob")));
    // An old tab writes once more, before what is there now.
    await tab.evaluate(async () => {
      const now = Date.now;
      Date.now = () => now() - 60_000;
      const old = await nearcache.open({ name: "test", version: 1, partition: "alice" });
      await old.set("k", "older");
      await old.set("other", "other");
      await old.close();
      Date.now = now;
    });
    await migrate(tab, 2, (entry) => entry, { partition: "alice" });
    assert.deepEqual(await tab.evaluate(() => cache.getMany(["k", "other"])), ["new of alice", "other"]);
    await migrate(tab, 2, (entry) => entry, { partition: "bob" });
    assert.equal(await tab.evaluate(() => cache.get("k")), "old of bob");
  });

  const tiers = ["memory", "indexeddb"];
  const rename = (entry) => ({ ...entry, key: `new/${entry.key}` });

  /** Lets `body` find four entries that found no room when they were migrated; it gets what empties the disk and opens the cache anew. */
  const onFullDisk = async ({ browser, origin, visit }, body) => {
    const tab = await visit();
    const narrow = narrowing({ browser, origin, tab });
    await narrow(12 << 20);
    try {
      // What is full is the disk of the new version, which is there: Firefox makes no database without room.
      await migrate(tab, 2, rename, { tiers });
      await tab.evaluate(() => cache.close());
      await open(tab, { version: 1, tiers });
      await tab.evaluate(async () => {
        for (let n = 0; n < 4; n += 1) await cache.set(`k${n}`, { n, fill: noise(900_000) }, { tags: [n % 2 ? "odd" : "even"] });
        await cache.close();
      });
      const empty = await filled(tab);
      await migrate(tab, 2, rename, { tiers });
      assert.deepEqual(await migration(tab), { migrated: 0, dropped: 0, failed: 0, left: 4 }, "the disk was not full");
      await body(tab, async () => {
        await tab.evaluate(() => cache.close());
        await empty();
        await migrate(tab, 2, rename, { tiers });
      });
    } finally {
      await narrow(0);
    }
  };
  const stored = (tab) => tab.evaluate(async () => (await Array.fromAsync(cache.entries())).map(([key, { tier }]) => `${key} ${tier}`));

  test("what a full disk refuses is there all the same, and brought along when there is room", (context) => onFullDisk(context, async (tab, again) => {
    const read = () => tab.evaluate(async () => (await cache.getMany([0, 1, 2, 3].map((n) => `new/k${n}`))).map((value) => value?.n));
    assert.deepEqual(await read(), [0, 1, 2, 3]);
    await again();
    assert.deepEqual(await read(), [0, 1, 2, 3]);
    assert.deepEqual(await stored(tab), [0, 1, 2, 3].map((n) => `new/k${n} indexeddb`));
    assert.deepEqual(await of(tab, 1), []);
  }));

  for (const [what, remove, stays] of [
    ["delete", () => cache.delete("new/k1"), [0, 2, 3]], ["a prefix", () => cache.invalidate({ prefix: "new/k1" }), [0, 2, 3]],
    ["tags", () => cache.invalidate({ tags: ["odd"] }), [0, 2]], ["a pattern", () => cache.invalidate({ match: /k[12]$/ }), [0, 3]],
    ["a function", () => cache.invalidate({ match: (key, { tags }) => tags.includes("even") && key !== "new/k0" }), [0, 1, 3]],
    ["two calls at once", () => Promise.all([cache.delete("new/k1"), cache.invalidate({ prefix: "new/k2" })]), [0, 3]], ["clear", () => cache.clear(), []],
  ]) {
    test(`what found no room and was removed by ${what} does not come back`, (context) => onFullDisk(context, async (tab, again) => {
      await tab.evaluate(`async () => void (await (${remove})())`);
      const old = (await tab.evaluate(() => indexedDB.databases())).filter(({ name }) => name.startsWith("nearcache:test:1:"));
      assert.equal(old.length, what === "clear" ? 0 : 1);
      await again();
      assert.deepEqual(await stored(tab), stays.map((n) => `new/k${n} indexeddb`));
    }));
  }

  for (const [what, remove, then, stays] of [
    ["delete", () => cache.delete("new/k1").then(String, ({ code }) => code), "false", [0, 2, 3]],
    ["clear", () => cache.clear().then(() => "cleared", ({ code }) => code), "cleared", []],
  ]) test(`what found no room and could not be removed by ${what} is told, and goes the next time`, (context) => onFullDisk(context, async (tab, again) => {
    await tab.evaluate(() => {
      const { open } = IDBFactory.prototype;
      globalThis.heal = () => (IDBFactory.prototype.open = open);
      IDBFactory.prototype.open = function (name, ...rest) {
        const request = open.call(this, name, ...rest);
        if (name.startsWith("nearcache:test:1:")) request.addEventListener("success", (event) => {
          event.stopImmediatePropagation();
          request.result.close();
          Object.defineProperty(request, "error", { value: new DOMException("not now", "UnknownError") });
          request.dispatchEvent(new Event("error"));
        });
        return request;
      };
    });
    assert.equal(await tab.evaluate(remove), "tier-failed");
    await tab.evaluate(() => void heal());
    assert.equal(await tab.evaluate(remove), then, "from this version all was gone already");
    await again();
    assert.deepEqual(await stored(tab), stays.map((n) => `new/k${n} indexeddb`));
  }));

  test("what a tab of the older version writes meanwhile is brought along another time", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { version: 1 });
    await tab.evaluate(() => { globalThis.old = cache; return old.set("k", 1); });
    await migrate(tab, 2, async (entry) => {
      if (!globalThis.isLate) await old.set("late", 2);
      globalThis.isLate = true;
      return entry;
    });
    assert.equal(await tab.evaluate(() => cache.get("k")), 1);
    await tab.evaluate(async () => { await old.close(); await cache.close(); });
    await migrate(tab, 2, (entry) => entry);
    assert.deepEqual(await tab.evaluate(() => cache.getMany(["k", "late"])), [1, 2]);
    assert.deepEqual(await of(tab, 1), []);
  });

  test("a response keeps what its route's limit and its origin's groups know it by, whatever its tags become", async ({ origin, visit }) => {
    const tab = await visit();
    const route = () => tab.evaluate(() => void cache.route("/s/*", { maxEntries: 2 }));
    const scripted = (id, ...more) => origin.script(id, { headers: [...headers("max-age=600"), ...more], body: id });
    const [a, b, c] = [await scripted("a", ["Cache-Groups", '"g"']), await scripted("b"), await scripted("c")];
    const post = await origin.script("post", { headers: [...headers("no-store"), ["Cache-Group-Invalidation", '"g"']], body: "done" });
    await open(tab, { version: 1 });
    await route();
    for (const path of [b, a]) await fetched(tab, path);
    await tab.evaluate(async () => { await cache.flush(); await cache.close(); });
    await migrate(tab, 2, (entry) => ({ ...entry, tags: ["mine"] }));
    await route();
    assert.equal((await fetched(tab, a)).via.hit, true, "so that b makes room");
    await fetched(tab, c);
    await tab.evaluate(() => cache.flush());
    assert.equal(await tab.evaluate(async () => (await Array.fromAsync(cache.entries())).length), 2);
    assert.equal((await fetched(tab, a)).via.hit, true);
    await fetched(tab, post, { method: "POST" });
    await fetched(tab, a);
    assert.equal((await origin.asked("a")).length, 2);
    assert.equal(await tab.evaluate(() => cache.invalidate({ tags: ["mine"] })), 0, "a new response has the tags of its route");
  });

  test("what a worker removed from a store that it lacks does not come back, when it migrates before a page does", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { version: 1 });
    await tab.evaluate(async () => {
      await cache.setMany([["kept", 1, { tier: "local" }], ["removed", 2, { tier: "local" }], ["elsewhere", 3]]);
      await cache.close();
    });
    const worker = (version, calls) => tab.evaluate(async (version, calls) => {
      const worker = new Worker("/worker-calls.js", { type: "module" });
      await new Promise((resolve) => {
        worker.onmessage = resolve;
        worker.postMessage({ options: { name: "test", version }, calls });
      });
      worker.terminate();
    }, version, calls);
    await worker(1, [["delete", "removed"]]);
    await worker(2, []);
    await migrate(tab, 2, (entry) => entry);
    assert.deepEqual(await tab.evaluate(() => cache.getMany(["kept", "removed", "elsewhere"])), [1, null, 3]);
  });

  test("a hook that is none is refused", async ({ visit }) => {
    const tab = await visit();
    const error = await tab.evaluate(() => refusal(() => nearcache.open({ name: "test", migrate: "yes" })));
    assert.deepEqual([error.code, error.typed], ["invalid-option", true]);
  });

  test("a later release's records are left alone or dropped, and harm nobody", async ({ visit }) => {
    const fixture = JSON.parse(await readFile(new URL("./fixtures/layout-later.json", import.meta.url), "utf8"));
    const tab = await visit();
    await tab.evaluate(async (fixture) => (await import("/layout.js")).restore(fixture), fixture);
    await open(tab);
    assert.deepEqual(await tab.evaluate(async () => [await cache.getMany(["small", "large", "local", "cached"]), await cache.getOrSet("small", () => 1)]), [[null, null, null, null], 1]);
    const lines = await tab.evaluate(() => rawStores());
    assert.ok(lines.some((line) => line.includes("/meta v:small =") && line.includes("of a later release")), "its database was changed");
    assert.ok(lines.some((line) => line.includes("/index small =")));
    assert.deepEqual(lines.filter((line) => /^(local nearcache:test:1::v:local|cache-storage .*cached) /.test(line)), []);
    const { local, "cache-storage": cached } = await tab.evaluate(() => cache.stats().tiers);
    assert.deepEqual([local.corrupt, cached.corrupt], [1, 1]);
    // Later data under its own version is nobody's here.
    assert.ok(lines.some((line) => line.startsWith("local nearcache:test:2::v:local = ")));
  });
});
