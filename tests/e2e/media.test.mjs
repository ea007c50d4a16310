// Media through the worker: ranges are answered from what is stored, parts are kept and joined.

import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

import { Unsupported } from "./lib/call.mjs";
import { openFaucet } from "./lib/faucet.mjs";
import { load, play, seek, wav } from "./lib/media.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { got, register } from "./lib/worker.mjs";

const SECONDS = 60;
const sound = wav(SECONDS);
const folder = mkdtempSync(join(tmpdir(), "nearcache-media-"));
writeFileSync(join(folder, "tone.wav"), sound);
const LARGE = 400_000_000;
after(() => rm(folder, { recursive: true }));

const path = "/media/tone.wav";
const mounts = { "/pkg": PACKAGE, "/media": folder };
// The origin says `no-cache` of its files; the route knows better.
const routes = [{ match: "/media/*", ttl: "1h" }];
const last = sound.length - 1;

/** A part of the sound through plain `fetch`: status, Content-Range, our Cache-Status, and whether the bytes are the right ones. */
async function part(tab, range) {
  const answer = await tab.evaluate(async (path, range) => {
    const response = await fetch(path, { headers: { Range: range } });
    const bytes = new Uint8Array(await response.arrayBuffer());
    const sum = bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7);
    return { status: response.status, held: response.headers.get("content-range"), status_: response.headers.get("cache-status"), length: bytes.length, sum };
  }, path, range);
  const [, first, end] = answer.held?.match(/^bytes (\d+)-(\d+)\//) ?? [];
  const expected = sound.subarray(Number(first), Number(end) + 1);
  const right = answer.length === expected.length && answer.sum === expected.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7);
  return { status: answer.status, held: answer.held, right, hit: /nearcache; hit/.test(answer.status_ ?? "") };
}

/** What is stored of it. */
const stored = (tab) => tab.evaluate(async () => {
  const cache = await nearcache.open({ name: "test" });
  const found = [];
  for await (const [, { url, status }] of cache.entries()) if (url?.includes("/media/")) found.push(status);
  await cache.close();
  return found;
});

const asked = async (origin) => (await origin.log({ path })).map(({ status, headers }) => [headers.range ?? "", status]);

forEachBrowser("media", (test) => {
  const withWorker = (title, body) => test(title, async (frame) => {
    const tab = await frame.visit();
    assert.equal(await register(tab, "module", "/worker-module.js", { routes }), null);
    await body({ ...frame, tab });
  }, { mounts });

  withWorker("after one full fetch a media element plays and seeks without the origin", async ({ origin, tab }) => {
    const first = await got(tab, path);
    assert.equal(first.status, 200);
    await until(async () => (await stored(tab)).length === 1);
    assert.equal(await load(tab, path), SECONDS);
    for (const second of [50, 5, 33, 59, 0]) {
      assert.ok(Math.abs(await seek(tab, second) - second) < 0.5, `second ${second}`);
    }
    assert.ok(await play(tab) > 0.5);
    assert.deepEqual(await asked(origin), [["", 200]]);
  });

  withWorker("after one full fetch ranges are answered with 206 by the worker, also with the origin stopped", async ({ origin, tab }) => {
    await got(tab, path);
    await until(async () => (await stored(tab)).length === 1);
    await origin.offline();
    for (const [range, status, held] of [
      ["bytes=0-", 206, `bytes 0-${last}/${last + 1}`],
      ["bytes=100000-199999", 206, `bytes 100000-199999/${last + 1}`],
      ["bytes=-1000", 206, `bytes ${last - 999}-${last}/${last + 1}`],
      [`bytes=${last}-${last + 50}`, 206, `bytes ${last}-${last}/${last + 1}`],
    ]) assert.deepEqual(await part(tab, range), { status, held, right: true, hit: true }, range);
    const beyond = await got(tab, path, { headers: { Range: `bytes=${last + 1}-` } });
    assert.deepEqual([beyond.status, beyond.headers["content-range"]], [416, `bytes */${last + 1}`]);
    assert.equal(await load(tab, path), SECONDS);
    assert.ok(Math.abs(await seek(tab, 40) - 40) < 0.5);
    await origin.offline(false);
    assert.equal((await asked(origin)).length, 1);
  });

  withWorker("without one: what the element has loaded is not loaded again", async ({ name, origin, tab }) => {
    if (name === "webkit") throw new Unsupported("WebKitGTK's media element asks for the whole");
    assert.equal(await load(tab, path), SECONDS);
    for (const second of [50, 5, 33]) assert.ok(Math.abs(await seek(tab, second) - second) < 0.5, `second ${second}`);
    assert.ok(await play(tab) > 0.5);
    await until(async () => (await stored(tab)).length > 0);
    const before = await asked(origin);
    assert.ok(before.every(([range, status]) => range.startsWith("bytes=") && status === 206), JSON.stringify(before));
    for (const second of [50, 33, 5]) assert.ok(Math.abs(await seek(tab, second) - second) < 0.5, `second ${second} again`);
    assert.deepEqual(await asked(origin), before);
    // Another element on it costs nothing either.
    assert.equal(await load(tab, path), SECONDS);
    await seek(tab, 50);
    assert.deepEqual(await asked(origin), before);
  });

  withWorker("parts are stored, joined, and a second seek into them costs nothing", async ({ origin, tab }) => {
    const [a, b, c] = ["bytes=0-299999", "bytes=300000-599999", `bytes=600000-${last}`];
    for (const range of [a, c]) {
      assert.deepEqual([(await part(tab, range)).hit, (await part(tab, range)).hit], [false, true], range);
    }
    assert.deepEqual(await stored(tab), [206, 206]);
    assert.deepEqual(await part(tab, "bytes=1000-1999"), { status: 206, held: `bytes 1000-1999/${last + 1}`, right: true, hit: true });
    assert.equal((await part(tab, b)).hit, false);
    // It is answered before it is joined with both others and stored.
    await until(async () => (await stored(tab)).length === 1);
    assert.deepEqual(await asked(origin), [[a, 206], [c, 206], [b, 206]]);
    // Over the seam.
    assert.deepEqual(await part(tab, "bytes=299000-301000"), { status: 206, held: `bytes 299000-301000/${last + 1}`, right: true, hit: true });
    assert.equal((await asked(origin)).length, 3);
  });

  withWorker("a part is completed to the whole by asking for the rest of it", async ({ origin, tab }) => {
    await part(tab, "bytes=0-399999");
    await until(async () => (await stored(tab)).length === 1);
    const right = () => tab.evaluate(async (path) => {
      const response = await fetch(path);
      const bytes = new Uint8Array(await response.arrayBuffer());
      return [response.status, bytes.length, bytes.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7)];
    }, path);
    const expected = [200, sound.length, sound.reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 7)];
    assert.deepEqual(await right(), expected);
    assert.deepEqual(await asked(origin), [["bytes=0-399999", 206], ["bytes=400000-", 206]]);
    assert.deepEqual(await right(), expected);
    assert.equal(await load(tab, path), SECONDS);
    await seek(tab, 45);
    assert.equal((await asked(origin)).length, 2);
  });

  test("a body of 400 MB streams through, and whoever reads slowly holds it back", async ({ browser, visit }) => {
    const faucet = await openFaucet({ length: LARGE, announced: true });
    const tab = await visit();
    const routes = [{ match: faucet.url, strategy: "network-only" }];
    assert.equal(await register(tab, "module", "/worker-module.js", { routes }), null);
    const status = await tab.evaluate(async (url) => {
      const response = await fetch(url);
      globalThis.reader = response.body.getReader();
      globalThis.first = await reader.read();
      return response.headers.get("cache-status");
    }, faucet.url);
    assert.match(status, /nearcache; fwd/, "it did not come through the worker");
    const held = await faucet.atRest();
    const length = await tab.evaluate(async () => {
      let { length } = first.value;
      for (let part = await reader.read(); !part.done; part = await reader.read()) length += part.value.length;
      return length;
    });
    await faucet.close();
    assert.equal(length, LARGE);
    // Chromium's pipes take some 64 MB each, one before the worker and one behind it. Firefox holds nothing back, worker or not.
    if (browser.name === "chromium") assert.ok(held < LARGE / 2, `${Math.round(held / 1e6)} MB had left the origin while nobody read`);
  });
});
