// Four tabs and a service worker at work on the same keys, and what each sees of the others: no read goes back in time,
// nothing that was removed comes back, in the end all agree; also after a freeze, the back/forward cache, and a worker
// that was stopped.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { inFreezer } from "./lib/freezer.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";
import { inWorker, register } from "./lib/worker.mjs";

const HAMMER_MS = 4_000;
/** How long a message between contexts may take on a machine that does nothing else but this. */
const GRACE_MS = 500;

/** Tabs with an open cache and the tools for hammering, and a worker beside them. */
async function contexts(visit, count) {
  const tabs = [];
  for (let at = 0; at < count; at += 1) tabs.push(await visit());
  assert.equal(await register(tabs[0], "module", "/worker-hammer.js", {}), null);
  for (const tab of tabs) {
    await open(tab);
    await tab.evaluate(async () => { globalThis.hammering = await import("/hammer.js"); });
  }
  return tabs;
}

forEachBrowser("coherence", (test, name) => {
  test("four tabs and a worker hammer the same keys", async ({ visit }) => {
    const tabs = await contexts(visit, 4);
    const histories = await Promise.all([
      ...tabs.map((tab, at) => tab.evaluate((by, ms) => hammering.hammer(cache, by, ms), `tab${at}`, HAMMER_MS)),
      inWorker(tabs[0], "hammer", "worker", HAMMER_MS),
    ]);
    const seen = histories.flat();
    for (const op of ["set", "get", "peek", "gone"]) assert.ok(seen.some((event) => event.op === op), `no ${op}`);
    const others = histories.map((events, at) =>
      events.filter(({ op, id }) => op === "get" && id && !id.startsWith(at === 4 ? "worker" : `tab${at}`)).length);
    assert.ok(others.every((count) => count > 10), `who saw the others: ${others}`);

    assert.deepEqual(seen.filter(({ whole }) => whole === false), [], "a value in pieces");
    const { keys } = await import("./page/hammer.js");
    for (const { key } of keys) assert.deepEqual(circle(histories, key), null, `${key} went back in time`);
    assert.deepEqual(comebacks(histories, keys), [], "what was removed came back");

    const ends = async () => [
      ...await Promise.all(tabs.map((tab) => tab.evaluate(() => hammering.final(cache)))), await inWorker(tabs[0], "final"),
    ];
    const agreed = await until(async () => {
      const [first, ...rest] = await ends();
      return rest.every((end) => JSON.stringify(end) === JSON.stringify(first)) && first;
    }, 3_000).catch(async () => assert.fail(`no agreement: ${JSON.stringify(await ends(), null, 1)}`));
    const newcomer = await visit();
    await open(newcomer);
    await newcomer.evaluate(async () => { globalThis.hammering = await import("/hammer.js"); });
    assert.deepEqual(await newcomer.evaluate(() => hammering.final(cache)), agreed, "what is stored is what all see");
  }, { timeout: 90_000 });

  test("a change is seen within 50 ms by a tab and the worker", async ({ visit }) => {
    // The last tab is in front, where timers are not slowed down.
    const [watcher, writer] = await contexts(visit, 2);
    const watchers = [watcher.evaluate(() => hammering.watch(cache, "n", 30)), inWorker(watcher, "watch", "n", 30)];
    const set = await writer.evaluate(() => hammering.count(cache, "n", 30));
    for (const seen of await Promise.all(watchers)) {
      const delays = seen.map((at, n) => at && at - set[n]).filter((delay) => typeof delay === "number").sort((a, b) => a - b);
      assert.ok(delays.length > 20, `saw ${delays.length} of 30`);
      const median = delays[Math.floor(delays.length / 2)];
      console.log(`# ${name}: a change is seen after ${median.toFixed(1)} ms in the median, ${delays.at(-1).toFixed(1)} ms at most`);
      assert.ok(median < 50, `${median} ms in the median: ${delays.map(Math.round)}`);
    }
  });

  /** Fills `here`'s memory, lets it sleep, changes everything from `there`; the first reads on waking are in `woken`. */
  async function changeMeanwhile(here, there, event, sleep) {
    await here.evaluate(async (event) => {
      await cache.setMany([["k", 1], ["d", 1], ["t", 1, { tags: ["red"] }], ["m", 1, { tier: "memory" }]]);
      for (const key of ["k", "d", "t", "m"]) cache.peek(key);
      (event === "resume" ? document : window).addEventListener(event, ({ persisted }) => {
        const peeked = ["k", "d", "t", "m"].map((key) => cache.peek(key) ?? null);
        globalThis.woken = cache.getMany(["k", "d", "t", "m", "n"]).then((got) => ({ persisted, peeked, got }));
      });
    }, event);
    await until(() => there.evaluate(async () => (await cache.get("t")) === 1));
    await sleep();
    await there.evaluate(async () => {
      await cache.set("k", 2);
      await cache.delete("d");
      await cache.invalidate({ tags: ["red"] });
      await cache.set("n", 1);
    });
  }
  const woken = (tab) => tab.evaluate(async () => { await until(() => globalThis.woken); return globalThis.woken; });
  const isRight = ({ peeked, got }) => {
    assert.ok(peeked[0] !== 1 && peeked[1] === null && peeked[2] === null, `peek answers ${peeked}`);
    assert.deepEqual([got[0], got[1] ?? null, got[2] ?? null, got[4]], [2, null, null, 1]);
  };

  if (name === "chromium") {
    test("after a freeze the first read sees what others wrote", async ({ origin }) => inFreezer(async (visit) => {
      const [here, there] = [await visit(origin.url), await visit(origin.url)];
      for (const tab of [here, there]) await open(tab);
      await changeMeanwhile(here, there, "resume", () => here.freeze());
      await here.thaw();
      isRight(await woken(here));
    }));
  }

  test("after the back/forward cache too", async ({ visit }) => {
    const [here, there] = [await visit(), await visit()];
    for (const tab of [here, there]) await open(tab);
    await changeMeanwhile(here, there, "pageshow", () => here.goto(new URL("/bare.html", here.url).href));
    await here.back();
    const was = await until(() => here.evaluate(() => globalThis.woken).catch(() => undefined)).catch(() => null);
    console.log(`# ${name}: the page came ${was?.persisted ? "out of the back/forward cache" : "from the server"}`);
    if (was?.persisted) isRight(was);
    // Whichever way it came back, both are in step from here on.
    if (!was) {
      await until(() => here.evaluate(() => "nearcache" in globalThis).catch(() => false));
      await open(here);
    }
    await there.evaluate(() => cache.set("k", 3));
    await until(() => here.evaluate(async () => (await cache.get("k")) === 3));
  });

  test("a worker that was stopped sees what a page wrote meanwhile", async ({ browser, visit }) => {
    const [tab] = await contexts(visit, 1);
    await tab.evaluate(() => cache.set("k", 1));
    await until(async () => (await inWorker(tab, "get", "k")) === 1);
    await browser.stopWorkers();
    await tab.evaluate(async () => { await cache.set("k", 2); await cache.set("d", 1); await cache.delete("d"); });
    assert.deepEqual([await inWorker(tab, "get", "k"), await inWorker(tab, "get", "d")], [2, undefined]);
    await inWorker(tab, "set", "k", 3);
    await until(() => tab.evaluate(async () => (await cache.get("k")) === 3));
  });
});

/** Values of `key` that contexts saw in contrary orders; `null` where one order explains all. */
function circle(histories, key) {
  const after = new Map();
  for (const events of histories) {
    let last;
    for (const { id } of events.filter((event) => event.key === key && event.id && event.op !== "set")) {
      if (last !== undefined && last !== id) after.set(last, (after.get(last) ?? new Set()).add(id));
      last = id;
    }
  }
  const state = new Map();
  const visit = (id, path) => {
    if (state.get(id) === "done") return null;
    if (state.get(id) === "open") return [...path.slice(path.indexOf(id)), id];
    state.set(id, "open");
    for (const next of after.get(id) ?? []) {
      const found = visit(next, [...path, id]);
      if (found) return found;
    }
    state.set(id, "done");
    return null;
  };
  for (const id of after.keys()) {
    const found = visit(id, []);
    if (found) return found;
  }
  return null;
}

/** Reads of values that were stored before a removal began, after it had ended: at once where it was made, else after the grace. */
function comebacks(histories, keys) {
  const written = new Map(histories.flat().filter(({ op }) => op === "set").map(({ id, to }) => [id, to]));
  const found = [];
  for (const [where, events] of histories.entries()) {
    for (const gone of events.filter(({ op }) => op === "gone")) {
      const named = keys.filter(({ key, tag, prefix }) => [key, tag, prefix].includes(gone.key ?? gone.tag ?? gone.prefix)).map(({ key }) => key);
      const known = new Set(events.filter(({ key, id, to }) => named.includes(key) && id && to < gone.from).map(({ id }) => id));
      for (const [who, reads] of histories.entries()) {
        for (const read of reads) {
          if (!named.includes(read.key) || !read.id || (read.op !== "get" && read.op !== "peek")) continue;
          const isBack = who === where && known.has(read.id)
            ? read.from >= gone.to
            : written.get(read.id) < gone.from - GRACE_MS && read.from > gone.to + GRACE_MS;
          if (isBack) found.push({ where, who, gone, read });
        }
      }
    }
  }
  return found.slice(0, 3);
}
