// The frame of every end-to-end test: the same body in each browser, each time with an origin of its own.
//
// An own origin process means an own port, hence an own web origin: no test sees what another stored. Cookies, which
// ports share, are cleared. Browsers start once a process and are shared by its tests.

import assert from "node:assert/strict";
import { after, describe, it } from "node:test";

import { browsers, launch } from "./browser.mjs";
import { Unsupported } from "./call.mjs";
import { Origin } from "./origin.mjs";

const running = new Map();

after(() => Promise.all([...running.values()].map(async (browser) => (await browser).close())));

/** The one browser of this name in this process. */
function shared(name) {
  if (!running.has(name)) running.set(name, launch(name));
  return running.get(name);
}

/**
 * Describes a subject once a browser. `define` gets `test(title, body, options)`; the body gets
 *
 * - `origin`: an {@link Origin}, fresh
 * - `visit(path = "/")`: opens a tab at a path of the origin, or at a whole URL
 * - `name`, `browser`: which browser it is, and the browser itself
 *
 * A test fails where a tab saw an uncaught error or a `console.error`. Options: `app`, `mounts`, `timeout`,
 * and `expected`, a pattern of errors that a browser itself is known to write.
 */
export function forEachBrowser(subject, define) {
  for (const name of browsers) {
    describe(`${subject} (${name})`, () => {
      define((title, body, { timeout = 60_000, ...options } = {}) =>
        it(title, { timeout }, async (test) => {
          try {
            await inBrowser(name, options, body);
          } catch (error) {
            if (!(error instanceof Unsupported)) throw error;
            test.skip(error.message);
          }
        }), name);
    });
  }
}

async function inBrowser(name, { expected, ...options }, body) {
  const browser = await shared(name);
  const origin = await Origin.start(options);
  const tabs = [];
  const visit = async (path = "/") => {
    const tab = await browser.newTab(new URL(path, origin.url).href);
    tab.url = origin.url;
    tabs.push(tab);
    return tab;
  };
  try {
    await body({ name, browser, origin, visit });
    const errors = tabs.flatMap((tab) => tab.errors()).filter(({ kind, text }) => kind !== "network" && !expected?.test(text));
    assert.deepEqual(errors, [], "the page had errors");
  } finally {
    await Promise.allSettled(tabs.map((tab) => tab.close()));
    await browser.clearCookies().catch(() => {});
    await origin.stop();
  }
}

/** Waits until a condition holds; resolves to what it gave. */
export async function until(condition, milliseconds = 5_000) {
  const end = Date.now() + milliseconds;
  for (;;) {
    const value = await condition();
    if (value) return value;
    if (Date.now() > end) throw new Error(`still not so after ${milliseconds} ms: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
