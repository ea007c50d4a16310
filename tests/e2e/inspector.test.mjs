// <nearcache-inspector>: it shows what is there, by keyboard and by screen reader too, and takes away what it is told to.

import assert from "node:assert/strict";

import { AXE, violations } from "./lib/axe.mjs";
import { open } from "./lib/cache.mjs";
import { PACKAGE } from "./lib/origin.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

const shots = new URL("../../target/screenshots/", import.meta.url).pathname;
const mounts = { "/pkg": PACKAGE, ...AXE };

/** A cache with something of everything, and an inspector that is given it. */
async function inspected(tab, attach = "property") {
  await open(tab, { tiers: ["memory", "session", "local", "indexeddb", "cache-storage"] });
  await tab.evaluate(async (attach) => {
    await import("/pkg/dist/entry/inspector.js");
    await cache.set("user/1", { name: "Ada", likes: ["tea"] }, { tags: ["users"], ttl: "1h" });
    await cache.set("user/2", { name: "Bob" }, { tags: ["users"], ttl: "1h", tier: "local" });
    await cache.set("draft", "a letter", { tier: "session" });
    await (await cache.fetch("/api/categories")).arrayBuffer();
    await cache.flush();
    globalThis.inspector = document.createElement("nearcache-inspector");
    if (attach === "property") inspector.cache = cache;
    if (attach === "attribute") inspector.setAttribute("cache", "test");
    document.body.replaceChildren(inspector);
    /** The first element in the inspector, by what it says if `text` is given. */
    globalThis.inside = (selector, text) => [...inspector.shadowRoot.querySelectorAll(selector)].find((element) => !text || element.textContent.includes(text));
    globalThis.keys = () => [...inspector.shadowRoot.querySelectorAll("tr[data-key]")].map(({ dataset }) => dataset.key);
    globalThis.searched = (text) => {
      const input = inside("#search");
      input.value = text;
      input.dispatchEvent(new Event("input"));
    };
  }, attach);
  await shows(tab, 4);
}

const keys = (tab) => tab.evaluate(() => keys());
const shows = (tab, count) => until(async () => (await keys(tab)).length === count);
const clicks = (tab, selector, text) => tab.evaluate((selector, text) => inside(selector, text).click(), selector, text);
const focused = (tab) => tab.evaluate(() => inspector.shadowRoot.activeElement?.textContent);
const says = (tab, selector, text) => until(() => tab.evaluate((selector, text) => Boolean(inside(selector, text)), selector, text));

forEachBrowser("inspector", (test) => {
  for (const attach of ["property", "attribute", "nothing"]) {
    test(`shows the cache that it is given by ${attach}`, async ({ visit }) => {
      const tab = await visit();
      await inspected(tab, attach);
      assert.equal(await tab.evaluate(() => inspector.cache === cache), true);
      const [response, ...values] = await keys(tab);
      assert.ok(response.startsWith("GET http"));
      assert.deepEqual(values, ["draft", "user/1", "user/2"]);
      const row = await tab.evaluate(() => [...inside('tr[data-key="user/1"]').children].map((cell) => cell.textContent));
      assert.deepEqual([row[1], row[4]], ["IndexedDB", "users"]);
      assert.match(row[2], /^(1 h|59 min)$/);
      assert.match(row[3], /^\d+ B$/);
    });
  }

  test("an attribute finds a cache that is opened later, and lets go of one that is closed", async ({ visit }) => {
    const tab = await visit();
    await tab.evaluate(async () => {
      await import("/pkg/dist/entry/inspector.js");
      document.body.innerHTML = '<nearcache-inspector cache="later"></nearcache-inspector>';
      globalThis.inspector = document.querySelector("nearcache-inspector");
    });
    assert.match(await tab.evaluate(() => inspector.shadowRoot.textContent), /No cache of the name “later” is open/);
    await open(tab, { name: "other" });
    assert.equal(await tab.evaluate(() => inspector.cache), undefined);
    await open(tab, { name: "later", partition: "ada" });
    assert.deepEqual(await tab.evaluate(() => [inspector.cache === cache, inspector.cache.name, inspector.cache.partition]), [true, "later", "ada"]);
    await tab.evaluate(() => cache.close());
    assert.equal(await tab.evaluate(() => inspector.cache), undefined);
  });

  test("a cache set before the element is defined is taken, and outlives being moved", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const taken = await tab.evaluate(async () => {
      const element = document.createElement("nearcache-inspector");
      element.cache = cache;
      document.body.append(element);
      await import("/pkg/dist/entry/inspector.js");
      document.body.prepend(element);
      return element.cache === cache && !Object.hasOwn(element, "cache");
    });
    assert.equal(taken, true);
  });

  test("search and tiers narrow the list, what is found can be invalidated", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await tab.evaluate(() => searched("users"));
    assert.deepEqual(await keys(tab), ["user/1", "user/2"]);
    await clicks(tab, ".choices button", "Local");
    assert.deepEqual(await keys(tab), ["user/2"]);
    await clicks(tab, "button", "Invalidate all shown");
    await says(tab, ".said", "1 entry removed");
    assert.deepEqual(await tab.evaluate(async () => [await cache.has("user/1"), await cache.has("user/2")]), [true, false]);
    await clicks(tab, ".choices button", "All");
    await tab.evaluate(() => searched("no such thing"));
    await says(tab, "p", "Nothing matches.");
  });

  test("an entry opens to all that is known, is read on request, deleted, and its tag invalidated", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await clicks(tab, ".row", "/api/categories");
    await says(tab, ".status", "nearcache; hit; ttl=");
    const before = await tab.evaluate(() => cache.stats().hits);
    await clicks(tab, "button", "Read it");
    await says(tab, "pre", '"slug"');
    assert.match(await tab.evaluate(() => inside(".content").textContent), /Cache-Status.*nearcache; hit; ttl=\d+; detail=/s);
    assert.equal(await tab.evaluate(() => cache.stats().hits), before + 1);
    await clicks(tab, "button", "Delete");
    await shows(tab, 3);
    assert.equal(await focused(tab), "draft");
    await clicks(tab, ".row", "user/1");
    await clicks(tab, "button", "Read it");
    await says(tab, "pre", '"name": "Ada"');
    await clicks(tab, "button", "Invalidate the tag");
    await shows(tab, 1);
    assert.deepEqual(await keys(tab), ["draft"]);
  });

  test("it follows what happens, other tabs included", async ({ visit }) => {
    const [tab, other] = [await visit(), await visit()];
    await inspected(tab);
    await open(other, { tiers: ["memory", "session", "local", "indexeddb", "cache-storage"] });
    await clicks(tab, "[role=tab]", "Events");
    await other.evaluate(() => cache.invalidate({ tags: ["users"] }));
    await says(tab, '[data-type="invalidate"]', "2 entries removed");
    await tab.evaluate(() => cache.get("draft"));
    await says(tab, '[data-type="hit"]', "draft in Memory");
    await clicks(tab, "button", "Pause");
    await tab.evaluate(() => cache.get("nothing"));
    assert.equal(await tab.evaluate(() => new Promise((resolve) => setTimeout(() => resolve(inside('[data-type="miss"]')), 300))), undefined);
    await clicks(tab, "button", "Pause");
    await says(tab, '[data-type="miss"]', "nothing");
    await clicks(tab, "[role=tab]", "Entries");
    await shows(tab, 2);
  });

  test("storage says how full each tier is", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await clicks(tab, "[role=tab]", "Storage");
    await says(tab, '.tiers [data-tier="local"] .meter', "of 2.0 MB");
    const cells = await tab.evaluate(() => [...inside('.tiers [data-tier="local"]').querySelectorAll("td.number")].map((cell) => cell.textContent));
    assert.deepEqual(cells, ["1", "0", "1", "0", "0"]);
    await says(tab, "dd", "callers got another caller's answer");
  });

  test("of many entries it shows some, and more on request", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await tab.evaluate(() => cache.setMany(Array.from({ length: 1000 }, (_, n) => [`many/${n}`, n, { tags: ["many"] }])));
    await shows(tab, 100);
    await says(tab, "p", "1,004 entries");
    await clicks(tab, "button", "Show more");
    await shows(tab, 200);
    await tab.evaluate(() => searched("many/99"));
    await shows(tab, 11);
    await tab.evaluate(() => searched("many"));
    await clicks(tab, "button", "Invalidate all shown");
    await says(tab, ".said", "1,000 entries removed");
    await tab.evaluate(() => searched(""));
    await shows(tab, 4);
  });

  test("it does not work while nobody sees it, and is up to date when somebody does", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await tab.evaluate(async () => {
      inspector.hidden = true;
      await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
      const { entries } = cache;
      globalThis.listed = 0;
      cache.entries = function (...args) {
        listed += 1;
        return entries.apply(this, args);
      };
      await cache.set("unseen", 1);
    });
    // It would have drawn by now.
    await tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 400)));
    assert.equal(await tab.evaluate(() => listed), 0);
    await tab.evaluate(() => { inspector.hidden = false; });
    await shows(tab, 5);
  });

  test("clearing asks once more", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await clicks(tab, ".clear");
    assert.equal((await keys(tab)).length, 4);
    await clicks(tab, ".clear");
    await says(tab, ".said", "Nothing is left");
    await shows(tab, 0);
  });

  test("keys are enough", async ({ visit }) => {
    const tab = await visit();
    await inspected(tab);
    await tab.evaluate(() => inside("[role=tab]").focus());
    await tab.press("ArrowRight", "ArrowRight");
    assert.equal(await focused(tab), "Storage");
    await tab.press("ArrowRight");
    assert.equal(await focused(tab), "Entries");
    await tab.press("Tab");
    assert.equal(await tab.evaluate(() => inspector.shadowRoot.activeElement.id), "search");
    await tab.press("u", "s", "e", "r", "/", "2");
    await shows(tab, 1);
    await tab.evaluate(() => inside(".row").focus());
    await tab.press("Enter");
    await says(tab, ".details", "Cache-Status");
    await tab.press("Tab", "Tab", "Tab", "Tab"); // its tag, invalidate, read, delete
    assert.equal(await focused(tab), "Delete");
    await tab.press("Enter");
    await shows(tab, 0);
    assert.equal(await tab.evaluate(() => cache.has("user/2")), false);
  });

  test("axe finds nothing, light and dark, wide and on a phone, and nothing sticks out", async ({ name, visit }) => {
    const tab = await visit();
    await inspected(tab);
    await tab.evaluate(() => {
      document.documentElement.lang = "en";
      document.documentElement.style.colorScheme = "light dark";
      document.body.innerHTML = "<main><h1>A page</h1></main>";
      document.querySelector("main").append(inspector);
    });
    await tab.evaluate(async () => {
      for (const key of ["draft", "user/1", "user/3"]) await cache.get(key);
      await (await cache.fetch("/api/categories", { cache: "no-cache" })).arrayBuffer();
    });
    for (const view of ["Entries", "Events", "Storage"]) {
      await clicks(tab, "[role=tab]", view);
      if (view === "Entries") await clicks(tab, ".row", "user/1");
      for (const dark of [false, true]) {
        for (const width of [1024, 390]) {
          await tab.screenshot(`${shots}${name}-inspector-${view.toLowerCase()}-${width}${dark ? "-dark" : ""}.png`, { width, height: 700, dark });
          assert.deepEqual(await violations(tab, "nearcache-inspector"), [], `${view}, ${width} px, ${dark ? "dark" : "light"}`);
          const over = await tab.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
          assert.equal(over, 0, `${view} at ${width} px`);
        }
      }
    }
  }, { mounts });

  test("importing it costs nothing where there are no elements", async () => {
    const { NearcacheInspector } = await import(new URL(`../../${PACKAGE}/dist/entry/inspector.js`, import.meta.url));
    assert.equal(typeof NearcacheInspector, "function");
  });
});
