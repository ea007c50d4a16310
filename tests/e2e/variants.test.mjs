// Vary: one URL, several stored responses, each chosen and renewed for itself, and not too many of them.

import assert from "node:assert/strict";

import { fetched, headers, open, reopened } from "./lib/cache.mjs";
import { forEachBrowser } from "./lib/suite.mjs";

const BOUND = 16;
const vary = ["Vary", "Accept-Language"];

/** A response in a language. */
const said = (language, cacheControl = "max-age=60", text = `hello in ${language}`) =>
  ({ headers: [...headers(cacheControl, `"${language}-${text.length}"`), vary], body: text });

const inLanguage = (tab, path, language, init = {}) => fetched(tab, path, { ...init, headers: { "Accept-Language": language } });

/** How many responses are stored. */
const stored = (tab) => tab.evaluate(async () => {
  await cache.flush();
  let count = 0;
  for await (const [, { kind }] of cache.entries()) count += kind === "response" ? 1 : 0;
  return count;
});

forEachBrowser("variants", (test) => {
  test("are stored side by side, and each answers its own requests", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const languages = ["de", "en", "fr"];
    const path = await origin.script("a", languages.map((language) => said(language)));
    for (const language of languages) await inLanguage(tab, path, language);
    await reopened(tab);
    for (const language of [...languages, ...languages.toReversed()]) {
      const got = await inLanguage(tab, path, language);
      assert.deepEqual([got.via.hit, got.body], [true, `hello in ${language}`], got.headers["cache-status"]);
    }
    const asked = await origin.asked("a");
    assert.deepEqual(asked.map((request) => request.headers["accept-language"]), languages);
    assert.equal(await stored(tab), 3);
  });

  test("a language that none is in is asked for, with every ETag; the 304 says which one it is", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [said("de"), said("en"), said("en")]);
    const { headers: { etag: german } } = await inLanguage(tab, path, "de");
    const { headers: { etag: english } } = await inLanguage(tab, path, "en");
    const got = await inLanguage(tab, path, "en-GB");
    assert.deepEqual([got.body, got.via["fwd-status"]], ["hello in en", 304], got.headers["cache-status"]);
    const [, , third] = await origin.asked("a");
    assert.deepEqual(third.headers["if-none-match"].split(", ").toSorted(), [german, english].toSorted());
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ requests, notModified }, { requests: 3, notModified: 1 });
    for (const language of ["de", "en"]) assert.equal((await inLanguage(tab, path, language)).body, `hello in ${language}`);
    assert.equal((await origin.asked("a")).length, 3);
  });

  test("a 304 freshens the variant that it names, and no other", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [said("de", "max-age=0"), said("en", "max-age=0"), said("de"), said("en")]);
    await inLanguage(tab, path, "de");
    await inLanguage(tab, path, "en");
    const german = await inLanguage(tab, path, "de");
    assert.deepEqual([german.body, german.via.fwd, german.via["fwd-status"]], ["hello in de", "stale", 304]);
    assert.equal((await inLanguage(tab, path, "de")).via.hit, true);
    const english = await inLanguage(tab, path, "en");
    assert.deepEqual([english.body, english.via.fwd, english.via["fwd-status"]], ["hello in en", "stale", 304]);
    assert.equal((await inLanguage(tab, path, "en")).via.hit, true);
    const { requests, notModified } = await origin.counts(path);
    assert.deepEqual({ requests, notModified }, { requests: 4, notModified: 2 });
  });

  test("a new response replaces the variant of its request, and no other", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", [said("de"), said("en"), said("de", "max-age=60", "neu")]);
    await inLanguage(tab, path, "de");
    await inLanguage(tab, path, "en");
    const renewed = await inLanguage(tab, path, "de", { cache: "reload" });
    assert.equal(renewed.body, "neu");
    await reopened(tab);
    const kept = [await inLanguage(tab, path, "de"), await inLanguage(tab, path, "en")];
    assert.deepEqual(kept.map(({ body, via }) => [body, via.hit]), [["neu", true], ["hello in en", true]]);
    assert.deepEqual([(await origin.asked("a")).length, await stored(tab)], [3, 2]);
  });

  test("invalidating the URL takes all of them", async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const path = await origin.script("a", ["de", "en", "de"].map((language) => said(language)));
    await inLanguage(tab, path, "de");
    await inLanguage(tab, path, "en");
    assert.equal(await stored(tab), 2);
    assert.equal(await tab.evaluate((url) => cache.invalidate({ url }), path), 2);
    assert.match((await inLanguage(tab, path, "de")).via.fwd, /miss/);
    assert.equal((await origin.asked("a")).length, 3);
  });

  test(`at most ${BOUND} of a URL: the longest unchanged make room`, async ({ origin, visit }) => {
    const tab = await visit();
    await open(tab);
    const languages = Array.from({ length: BOUND + 4 }, (_, at) => `x-${String(at).padStart(2, "0")}`);
    const path = await origin.script("a", [...languages, languages[0]].map((language) => said(language)));
    for (const language of languages) await inLanguage(tab, path, language);
    assert.equal(await stored(tab), BOUND);
    for (const language of languages.slice(-BOUND)) {
      assert.equal((await inLanguage(tab, path, language)).body, `hello in ${language}`);
    }
    assert.equal((await origin.asked("a")).length, languages.length);
    const gone = await inLanguage(tab, path, languages[0]);
    assert.deepEqual([gone.body, gone.via.fwd], [`hello in ${languages[0]}`, "vary-miss"]);
    assert.deepEqual([(await origin.asked("a")).length, await stored(tab)], [languages.length + 1, BOUND]);
    await reopened(tab);
    assert.equal(await stored(tab), BOUND);
  });
});
