// Encryption at rest: nothing that tells is in any raw store, whoever has the key reads everything, and whoever has
// another one drops it.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const DURABLE = ["session", "local", "indexeddb", "cache-storage"];

/** Opens a cache in the page with a key made of these bytes. */
const sealed = (tab, options = {}, byte = 7) => tab.evaluate(async (options, byte) => {
  globalThis.keyOf = (byte) => crypto.subtle.importKey("raw", new Uint8Array(32).fill(byte), "AES-GCM", false, ["encrypt", "decrypt"]);
  globalThis.cache = await nearcache.open({ name: "test", ...options, encrypt: await keyOf(byte) });
}, options, byte);

const lines = (tab) => tab.evaluate(async () => (await rawStores()).filter((line) => line !== "cookie "));

/** The forms in which a text could be stored. */
const forms = (text) => [text, encodeURIComponent(text), ...[0, 1, 2].map((at) => Buffer.from("x".repeat(at) + text).toString("base64").slice(at ? 4 : 0, -4)), Buffer.from(text).toString("hex"), Buffer.from(text, "utf16le").toString("latin1")];

function assertNowhere(lines, ...texts) {
  for (const text of texts) {
    for (const form of forms(text)) assert.deepEqual(lines.filter((line) => line.includes(form)).map((line) => line.slice(0, 200)), [], `${text} is stored in the clear`);
  }
}

const TELLING = ["s3cret-value", "s3cret-key", "s3cret-tag", "s3cret-header", "s3cret-body", "s3cret-path", "s3cret-user", "s3cret-large"];

/** Everything of a kind that could be told, in each tier. */
async function fill(tab, origin) {
  const path = await origin.script("s3cret-path", { headers: [...headers("max-age=600", '"1"'), ["X-Told", "s3cret-header"]], body: "s3cret-body" });
  const large = await origin.script("s3cret-large", { headers: headers("max-age=600"), body: "s3cret-large ".repeat(120_000) });
  const homes = await tab.evaluate(async (tiers) => {
    const homes = [];
    for (const tier of tiers) homes.push(await cache.set(`s3cret-key/${tier}`, { text: "s3cret-value", tier }, { tier, tags: ["s3cret-tag"] }));
    homes.push(await cache.set("s3cret-key/large", { text: "s3cret-value".repeat(1_000) }, { tags: ["s3cret-tag"] }));
    homes.push(await cache.set("s3cret-key/blob", new Blob(["s3cret-value"], { type: "text/s3cret-value" })));
    homes.push(await cache.set("s3cret-key/bytes", new TextEncoder().encode("s3cret-value".repeat(500)).buffer));
    return homes;
  }, DURABLE);
  await fetched(tab, path);
  await fetched(tab, large);
  await tab.evaluate(() => cache.flush());
  return { path, large, homes };
}

/** All of it, as a reader sees it. */
const read = (tab) => tab.evaluate(async (tiers) => ({
  values: await cache.getMany(tiers.map((tier) => `s3cret-key/${tier}`)),
  large: (await cache.get("s3cret-key/large"))?.text.length,
  blob: await cache.get("s3cret-key/blob").then(async (blob) => blob && [blob.type, await blob.text()]),
  bytes: (await cache.get("s3cret-key/bytes"))?.byteLength,
  tags: await Array.fromAsync(cache.entries({ prefix: "s3cret-key/" }), ([, { tags }]) => tags.length),
}), DURABLE);

const ALL = {
  values: DURABLE.map((tier) => ({ text: "s3cret-value", tier })), large: 12_000, blob: ["text/s3cret-value", "s3cret-value"], bytes: 6_000,
};

forEachBrowser("encryption", (test) => {
  test("no store shows a value, key, tag, header, URL or partition; with the key all of it is read", async ({ origin, visit }) => {
    const tab = await visit();
    await sealed(tab, { partition: "s3cret-user" });
    const { path, large, homes } = await fill(tab, origin);
    assert.deepEqual(homes, [...DURABLE, "indexeddb", "indexeddb", "indexeddb"]);
    const raw = await lines(tab);
    for (const store of DURABLE) assert.ok(raw.some((line) => line.startsWith(`${store} nearcache:test:1:`)), `nothing is in ${store}`);
    assertNowhere(raw, ...TELLING);
    await tab.evaluate(() => cache.close());
    await tab.reload();
    await sealed(tab, { partition: "s3cret-user" });
    assert.deepEqual(await tab.evaluate(() => cache.peek("s3cret-key/indexeddb")), { text: "s3cret-value", tier: "indexeddb" });
    const { tags, ...rest } = await read(tab);
    assert.deepEqual([rest, tags.reduce((sum, n) => sum + n)], [ALL, DURABLE.length + 1]);
    for (const [url, told] of [[path, "s3cret-header"], [large, undefined]]) {
      const response = await fetched(tab, url);
      assert.deepEqual([response.via.hit, response.headers["x-told"]], [true, told]);
    }
    assert.equal((await origin.asked("s3cret-large")).length, 1);
    // What names and tags are for.
    assert.equal(await tab.evaluate(() => cache.invalidate({ tags: ["s3cret-tag"] })), DURABLE.length + 1);
    assert.equal(await tab.evaluate(() => cache.invalidate({ prefix: "s3cret-key/" })), 2);
    assert.equal(await tab.evaluate((url) => cache.invalidate({ url }), new URL(path, origin.url).href), 1);
    await tab.evaluate(() => cache.clear());
    assert.deepEqual((await lines(tab)).filter((line) => /^(session|local) nearcache:|\/(meta|body) s:|^cache-storage /.test(line)), []);
  });

  test("each record has a vector of its own: equal values look different, and so do two writes of one", async ({ visit }) => {
    const tab = await visit();
    await sealed(tab);
    const seen = new Set();
    for (let n = 0; n < 5; n += 1) {
      await tab.evaluate(() => cache.setMany([["a", "same", { tier: "local" }], ["b", "same", { tier: "local" }]]));
      for (const line of (await lines(tab)).filter((line) => line.startsWith("local nearcache:test:1::s:"))) seen.add(line.split(":").at(-1).slice(0, 16));
    }
    assert.equal(seen.size, 10);
  });

  test("another key, and none, drop what is there, and count it; readers see a miss", async ({ origin, visit }) => {
    const tab = await visit();
    for (const [what, byte] of [["another", 8], ["none", null]]) {
      await sealed(tab);
      const { path } = await fill(tab, origin);
      await tab.evaluate(() => cache.close());
      const before = (await origin.asked("s3cret-path")).length;
      await (byte === null ? open(tab) : sealed(tab, {}, byte));
      const { values, large, blob, tags } = await read(tab);
      assert.deepEqual([values, large, blob, tags], [DURABLE.map(() => null), undefined, undefined, []], what);
      assert.equal((await fetched(tab, path)).status, 200);
      assert.equal((await origin.asked("s3cret-path")).length, before + 1);
      const tiers = await tab.evaluate(() => cache.stats().tiers);
      for (const tier of DURABLE) assert.ok(tiers[tier].corrupt > 0, `${tier} counts nothing under ${what}`);
      await until(async () => (await lines(tab)).filter((line) => line.includes("s:") && /^(local|session) /.test(line)).length === 0);
      await tab.evaluate(async () => { await cache.clear(); await cache.close(); });
    }
  });

  test("records exchanged, cut or altered are dropped and counted", async ({ visit }) => {
    const tab = await visit();
    await sealed(tab, { tiers: ["memory", "local"] });
    await tab.evaluate(() => cache.setMany([["a", 1, { tier: "local" }], ["b", 2, { tier: "local" }], ["c", 3, { tier: "local" }], ["d", 4, { tier: "local" }]]));
    await tab.evaluate(async () => {
      await cache.close();
      const [a, b, c] = Object.keys(localStorage).filter((key) => key.startsWith("nearcache:"));
      const [one, two, three] = [a, b, c].map((key) => localStorage.getItem(key));
      localStorage.setItem(a, two);
      localStorage.setItem(b, one);
      localStorage.setItem(c, three.replace(/[A-Z](?=[a-z])/, (letter) => (letter === "A" ? "B" : "A")));
    });
    await sealed(tab, { tiers: ["memory", "local"] });
    const got = await tab.evaluate(() => cache.getMany(["a", "b", "c", "d"]));
    assert.equal(got.filter((value) => value === null).length, 3, JSON.stringify(got));
    assert.equal(await tab.evaluate(() => cache.stats().tiers.local.corrupt), 3);
  });

  test("what was stored in the clear is encrypted when it is opened with a key", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const { path } = await fill(tab, origin);
    await tab.evaluate(async () => { await cache.set("s3cret-key/cookie", "s3cret-value", { tier: "cookie" }); await cache.close(); });
    assert.ok((await lines(tab)).some((line) => line.includes("s3cret-value")));
    await tab.reload();
    await sealed(tab);
    const { tags, ...rest } = await read(tab);
    assert.deepEqual([rest, tags.length], [ALL, DURABLE.length + 3]);
    assert.equal((await fetched(tab, path)).via.hit, true);
    await until(async () => (await lines(tab)).every((line) => !line.startsWith("cookie")));
    assertNowhere(await lines(tab), ...TELLING);
  });

  test("an older version in the clear is migrated into an encrypted one", async ({ visit }) => {
    const tab = await visit();
    await open(tab, { version: 1 });
    await tab.evaluate(async () => { await cache.setMany([["s3cret-key/a", "s3cret-value"], ["s3cret-key/b", "s3cret-value", { tier: "local" }]]); await cache.close(); });
    await tab.evaluate(async () => {
      const encrypt = await crypto.subtle.generateKey({ name: "AES-GCM", length: 128 }, false, ["encrypt", "decrypt"]);
      globalThis.cache = await nearcache.open({ name: "test", version: 2, encrypt, migrate: (entry) => ({ ...entry, value: `${entry.value}!` }) });
    });
    assert.deepEqual(await tab.evaluate(() => cache.getMany(["s3cret-key/a", "s3cret-key/b"])), ["s3cret-value!", "s3cret-value!"]);
    assertNowhere(await lines(tab), ...TELLING);
  });

  test("tabs with the same key stay in step", async ({ visit }) => {
    const [one, two] = [await visit(), await visit()];
    for (const tab of [one, two]) await sealed(tab);
    await one.evaluate(() => cache.set("k", { n: 1 }, { tags: ["t"] }));
    await until(async () => (await two.evaluate(() => cache.get("k")))?.n === 1);
    await two.evaluate(() => cache.set("k", { n: 2, fill: "x".repeat(9_000) }));
    await until(async () => (await one.evaluate(() => cache.get("k")))?.n === 2);
    await one.evaluate(() => cache.invalidate({ key: "k" }));
    await until(async () => (await two.evaluate(() => cache.get("k"))) === undefined);
    await reopened(two).catch(() => {});
  });

  test("what it cannot seal stays in memory, or is refused where the tier was named", async ({ origin, visit }) => {
    const tab = await visit();
    await sealed(tab);
    const got = await tab.evaluate(async () => ({
      home: await cache.set("regexp", /a/),
      value: String(await cache.get("regexp")),
      refused: await refusal(() => cache.set("regexp", /a/, { tier: "indexeddb" })),
      cookie: await refusal(() => cache.set("k", 1, { tier: "cookie" })),
      large: await refusal(() => cache.set("k", new ArrayBuffer(33 << 20), { tier: "indexeddb" })),
    }));
    assert.deepEqual([got.home, got.value, got.refused.code, got.cookie.code, got.large.code], ["memory", "/a/", "not-cloneable", "tier-unavailable", "too-large"]);
  });

  test("a key that is none is refused, and a promised one is waited for", async ({ visit }) => {
    const tab = await visit();
    const outcomes = await tab.evaluate(async () => {
      const make = (name, usages) => crypto.subtle.generateKey({ name, length: 256, hash: "SHA-256" }, false, usages);
      const keys = ["text", 1, {}, { algorithm: { name: "AES-GCM" }, usages: ["encrypt", "decrypt"] }, await make("AES-GCM", ["encrypt"]), await make("AES-CBC", ["encrypt", "decrypt"]), await make("HMAC", ["sign"]), Promise.resolve("text"), Promise.resolve(undefined), Promise.resolve(null)];
      return Promise.all(keys.map((encrypt) => refusal(() => nearcache.open({ name: "test", encrypt }))));
    });
    for (const outcome of outcomes) assert.match(`${outcome?.code} ${outcome?.message}`, /^invalid-option .*`encrypt`/);
    assert.deepEqual(await tab.evaluate(() => indexedDB.databases()), []);
    const withCookies = await tab.evaluate(async () => refusal(async () => nearcache.open({
      name: "test", tiers: ["memory", "cookie"], encrypt: await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]),
    })));
    assert.match(`${withCookies.code} ${withCookies.message}`, /^invalid-option .*`tiers`/);
    assert.equal(await tab.evaluate(async () => {
      const encrypt = crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
      const cache = await nearcache.open({ name: "promised", encrypt });
      return cache.set("k", 1);
    }), "indexeddb");
    assert.equal((await tab.evaluate(() => refusal(() => nearcache.open({ name: "test", encrypt: Promise.reject(new TypeError("mine")) })))).message, "mine");
  });
});
