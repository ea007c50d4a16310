// What the applications have in common: a cache that is opened with the page, a loader that counts, a look at the text.

import { open } from "nearcache";

export const root = document.querySelector("#root");
/** A promise, as an application without top-level await has it. */
export const opening = open({ name: "app", tiers: ["memory", "indexeddb"] });

/** How often the loader ran, what it waits for, what it gives, and what it fails with. */
export const origin = { loads: 0, gate: undefined, value: "one", failure: undefined };
export async function load(key) {
  origin.loads += 1;
  const { value, failure } = origin;
  await origin.gate;
  if (failure) throw new Error(failure);
  return { key, value };
}

/** Lets no load end until `origin.release()`. */
function hold() {
  origin.gate = new Promise((resolve) => { origin.release = resolve; });
}

/** Resolves when the page shows `text`; fails with what it shows instead. */
export async function shows(text) {
  const end = Date.now() + 5_000;
  while (root.textContent !== text) {
    if (Date.now() > end) throw new Error(`shows ${root.textContent} instead of ${text}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Object.assign(globalThis, { origin, hold, shows, opening });
