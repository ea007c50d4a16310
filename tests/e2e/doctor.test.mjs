// doctor(): each finding on a real answer that deserves it, and none on answers that don't.

import assert from "node:assert/strict";

import { forEachBrowser } from "./lib/suite.mjs";

const examine = (tab, url, init) =>
  tab.evaluate(async ([url, init]) => {
    const { doctor } = await import("/pkg/dist/entry/doctor.js");
    const { findings, ...found } = await doctor(url, init).catch(({ name, code }) => ({ name, code }));
    return { ...found, codes: findings?.map(({ code }) => code), complete: findings?.every(({ what, remedy }) => what && remedy) };
  }, [url, init]);

const json = ["Content-Type", "application/json"];
const etag = ["ETag", '"1"'];
const minute = ["Cache-Control", "max-age=60"];

/** Answers of the own origin, and what is found of them. */
const answers = {
  healthy: [[[json, etag, minute]], [], { fresh: 60_000, revalidates: true }],
  "by date": [[[json, ["Last-Modified", "Tue, 01 Sep 2026 00:00:00 GMT"], ["Expires", "Tue, 01 Sep 2026 00:01:00 GMT"], ["Date", "Tue, 01 Sep 2026 00:00:30 GMT"]]], [], { fresh: 30_000, revalidates: true }],
  "asked each time": [[[json, etag, ["Cache-Control", "no-cache"]]], [], { fresh: 0, revalidates: true }],
  "says nothing": [[[json]], ["no-freshness", "no-validator"], {}],
  "no-store": [[[json, etag, ["Cache-Control", "no-store"]]], ["not-stored"], {}],
  "varies by anything": [[[json, etag, minute, ["Vary", "Accept, *"]]], ["vary-any"], { revalidates: true }],
  "varies by cookie": [[[json, etag, minute, ["Vary", "Accept-Encoding, Cookie"]]], ["vary-cookie"], { revalidates: true }],
  "a new tag each time": [[[json, etag, minute], [json, ["ETag", '"2"'], minute]], ["validator-in-vain"], { revalidates: false }],
  "now weak, now strong": [[[json, etag, minute], [json, ["ETag", 'W/"1"'], minute]], ["weak-etag"], { revalidates: false }, { match304: false }],
  "cookies forwarded": [[[json, etag, minute]], ["validator-in-vain"], { revalidates: false }, { match304: false }],
  "private, at an edge": [[[json, etag, ["Cache-Control", "private, max-age=60"], ["Age", "3"]]], ["private-at-the-edge"], { edgeHit: true }],
  "app.3f2a91bc.js": [[[json, etag, minute]], ["not-immutable"], {}],
};

forEachBrowser("doctor", (test) => {
  for (const [name, [responses, codes, facts, options]] of Object.entries(answers)) {
    test(`${name}: ${codes.join(", ") || "nothing to find"}`, async ({ origin, visit }) => {
      const url = await origin.script(name.replaceAll(/,? /g, "-"), responses.map((headers) => ({ headers, body: "{}" })), options);
      const found = await examine(await visit(), url);
      assert.deepEqual(found.codes, codes, JSON.stringify(found));
      for (const [fact, value] of Object.entries(facts)) assert.equal(found[fact], value, fact);
      assert.ok(found.complete && found.status === 200);
    });
  }

  test("of another origin: what is hidden, and what a preflight forbids", async ({ origin, visit }) => {
    const tab = await visit();
    const url = `${origin.crossUrl}/api/products/p0007`;
    assert.deepEqual((await examine(tab, url)).codes, ["unreachable"]);
    await origin.switch({ cors: { allowOrigin: "reflect" } });
    assert.ok((await examine(tab, url)).codes.includes("hidden-headers"));
    await origin.switch({ cors: { allowOrigin: "reflect", exposeHeaders: ["ETag", "Age", "Date", "Vary", "X-Cache"] } });
    const { codes, revalidates, edgeHit } = await examine(tab, url);
    assert.deepEqual([codes, revalidates, edgeHit], [[], true, true]);
  }, { expected: /CORS|Cross-Origin|ERR_FAILED/ });

  test("what can't be asked is refused, and an abort ends it", async ({ visit }) => {
    const tab = await visit();
    assert.deepEqual(await examine(tab, "http://["), { name: "NearcacheError", code: "invalid-request" });
    const name = await tab.evaluate(async () => {
      const { doctor } = await import("/pkg/dist/entry/doctor.js");
      return doctor("/api/products/p0007", { signal: AbortSignal.abort() }).catch(({ name }) => name);
    });
    assert.equal(name, "AbortError");
  });
});
