// URLs that don't parse, and responses that contradict themselves: an error or the careful reading, never a crash.

import assert from "node:assert/strict";

import { fetched, headers, open, refused } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

forEachBrowser("odd requests and responses", (test) => {
  test("a URL that doesn't parse", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    for (const url of ["http://", "http://[::1", "https://user:pass@127.0.0.1:bad/"]) {
      const error = await refused(tab, url);
      assert.equal(error?.typed, true, `${url}: ${JSON.stringify(error)}`);
      assert.match(error.code, /^invalid-/);
    }
    assert.equal((await fetched(tab, "/api/categories")).status, 200);
  });

  for (const [what, lines, stored] of [
    ["max-age twice", [["Cache-Control", "max-age=60, max-age=0"]], false],
    ["no-store and max-age", [["Cache-Control", "no-store, max-age=60"]], false],
    ["no-cache and max-age", [["Cache-Control", "max-age=60, no-cache"]], false],
    ["a max-age that is no number", [["Cache-Control", "max-age=soon"]], false],
    ["a negative max-age", [["Cache-Control", "max-age=-60"]], false],
    ["an Expires of 0", [["Expires", "0"]], false],
    ["an Expires before its Date", [["Date", "{now}"], ["Expires", "{now-60}"]], false],
    ["a past Expires and a max-age", [["Date", "{now}"], ["Expires", "{now-60}"], ["Cache-Control", "max-age=60"]], true],
    ["a max-age beyond all numbers", [["Cache-Control", "max-age=99999999999999999999"]], true],
    ["an Age beyond its max-age", [["Cache-Control", "max-age=60"], ["Age", "61"]], false],
    ["a Date in the future", [["Date", "{now+3600}"], ["Cache-Control", "max-age=60"]], true],
    ["two Vary lines, one with *", [["Cache-Control", "max-age=60"], ["Vary", "Accept"], ["Vary", "*"]], false],
    ["unknown directives, upper case, white space", [["Cache-Control", "  FOO=bar ,, MAX-AGE=60 , baz=\"a, b\" "]], true],
  ]) {
    test(`${what}: ${stored ? "answered from the cache" : "asked again"}`, async ({ origin, visit }) => {
      const tab = await visit();
      await open(tab);
      const path = await origin.script("odd", { headers: [["Content-Type", "text/plain"], ...lines], body: "body" });
      for (let turn = 0; turn < 2; turn += 1) assert.equal((await fetched(tab, path)).body, "body");
      assert.equal((await origin.asked("odd")).length, stored ? 1 : 2);
    });
  }

  test("Vary keeps variants apart", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const lines = [...headers("max-age=60"), ["Vary", "X-Language"]];
    const path = await origin.script("vary", [{ headers: lines, body: "one" }, { headers: lines, body: "two" }]);
    const bodies = [];
    for (const language of ["en", "de", "en", "de"]) bodies.push((await fetched(tab, path, { headers: { "X-Language": language } })).body);
    assert.deepEqual(bodies, ["one", "two", "one", "two"]);
    assert.equal((await origin.asked("vary")).length, 2);
  });

  test("statuses without a body, redirects and errors pass through unharmed", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const target = await origin.script("target", { headers: headers("max-age=60"), body: "target" });
    const redirect = await origin.script("redirect", { status: 302, headers: [["Location", target]] });
    const empty = await origin.script("empty", { status: 204, headers: headers("max-age=60") });
    const missing = await origin.script("missing", { status: 404, headers: headers("no-store"), body: "none" });
    for (let turn = 0; turn < 2; turn += 1) {
      const got = await fetched(tab, redirect);
      assert.deepEqual([got.status, got.body, got.redirected, new URL(got.url).pathname], [200, "target", true, target]);
      assert.deepEqual((({ status, body }) => [status, body])(await fetched(tab, empty)), [204, ""]);
      assert.deepEqual((({ status, body }) => [status, body])(await fetched(tab, missing)), [404, "none"]);
    }
    assert.equal((await origin.asked("missing")).length, 2);
  });
});
