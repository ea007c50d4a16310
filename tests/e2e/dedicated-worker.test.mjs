// A dedicated worker: the tiers that exist there, the same entries as in the page.

import assert from "node:assert/strict";

import { open } from "./lib/cache.mjs";
import { forEachBrowser, until } from "./lib/suite.mjs";

forEachBrowser("dedicated worker", (test) => {
  test("reads what the page wrote, and is read; Web Storage is not there, and is said not to be", async ({ visit }) => {
    const tab = await visit();
    await open(tab);
    const { found, tiers } = await tab.evaluate(async () => {
      await cache.set("question", { n: 6 });
      const worker = new Worker("/worker-dedicated.js", { type: "module" });
      return new Promise((resolve, reject) => {
        worker.onmessage = ({ data }) => resolve(data);
        worker.onerror = ({ message }) => reject(new Error(message));
        worker.postMessage({ key: "question", value: 42 });
      });
    });
    assert.deepEqual(found, { n: 6 });
    assert.equal(tiers.indexeddb.available, true);
    for (const name of ["local", "session"]) assert.notEqual(tiers[name]?.available, true, name);
    assert.equal(await until(() => tab.evaluate(() => cache.get("question/answer"))), 42);
  });
});
