// The package in Node.js: importing any entry does nothing, values fall back to memory, frameworks render.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createRequire } from "node:module";
import { describe, it } from "node:test";
import { promisify } from "node:util";

import { createElement, Suspense } from "react";
import { prerenderToNodeStream } from "react-dom/static";
import { createSSRApp, h } from "vue";
import { renderToString } from "vue/server-renderer";

const { exports, sideEffects } = createRequire(import.meta.url)("nearcache/package.json");
const entries = Object.keys(exports).filter((name) => !/\.(wasm|json)$/.test(name)).map((name) => name.replace(".", "nearcache"));

describe("in Node.js", () => {
  it("every entry can be imported, and leaves the global object as it was", async () => {
    const before = Object.getOwnPropertyNames(globalThis);
    const listeners = process.listenerCount("exit");
    for (const entry of entries) await import(entry);
    assert.deepEqual(Object.getOwnPropertyNames(globalThis).filter((name) => !before.includes(name)), ["nearcache"], "the classic script's own");
    assert.equal(process.listenerCount("exit"), listeners);
  });

  it("what has side effects is listed, and is there", async () => {
    for (const file of sideEffects) createRequire(import.meta.url).resolve(`../../pkg/${file}`);
  });

  it("values live in memory", async () => {
    const { open } = await import("nearcache");
    const cache = await open({ name: "server" });
    assert.equal(await cache.set("a", new Map([[1, new Date(0)]])), "memory");
    assert.deepEqual(await cache.get("a"), new Map([[1, new Date(0)]]));
    assert.equal(await cache.getOrSet("b", () => 1), 1);
    await assert.rejects(cache.get(""), { name: "NearcacheError", code: "invalid-key" });
    await cache.close();
  });

  it("an open cache does not keep the process alive", async () => {
    const script = 'const { open } = await import("nearcache"); await (await open({ name: "open" })).set("a", 1); console.log("end");';
    const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script], { timeout: 10_000 });
    assert.equal(stdout, "end\n");
  });

  it("React waits under Suspense, and shows to each request what it was given", async () => {
    const { open } = await import("nearcache");
    const { useCached, useSuspenseCached } = await import("nearcache/react");
    const cache = await open({ name: "react" });
    const Waited = ({ who }) => useSuspenseCached(cache, "a", async () => `loaded for ${who}`);
    const Given = ({ who }) => useCached(cache, "b", () => "never", { initial: who }).data;
    const rendered = async (who) => {
      const { prelude } = await prerenderToNodeStream(createElement("p", null, createElement(Suspense, null, createElement(Waited, { who })), createElement(Given, { who })));
      return (await prelude.toArray()).join("");
    };
    assert.equal(await rendered("one"), "<p><!--$-->loaded for one<!--/$-->one</p>");
    assert.equal(await rendered("two"), "<p><!--$-->loaded for one<!--/$-->two</p>");
    await cache.set("a", "changed");
    assert.equal(await rendered("two"), "<p><!--$-->changed<!--/$-->two</p>");
    await cache.delete("a");
    assert.equal(await rendered("two"), "<p><!--$-->loaded for two<!--/$-->two</p>");
  });

  it("Vue waits for what it shows", async () => {
    const { open } = await import("nearcache");
    const { useCached } = await import("nearcache/vue");
    const cache = open({ name: "vue" });
    const rendered = (loaded) => renderToString(createSSRApp({ setup() {
      const { data, status } = useCached(cache, "a", async () => loaded);
      return () => h("p", `${status.value}: ${data.value}`);
    } }));
    assert.equal(await rendered("one"), "<p>success: one</p>");
    await (await cache).delete("a");
    assert.equal(await rendered("two"), "<p>success: two</p>");
  });
});
