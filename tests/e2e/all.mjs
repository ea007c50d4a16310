// Every test in one process, so that each browser starts once: `node --test tests/e2e/all.mjs`.

import { readdir } from "node:fs/promises";

for (const name of (await readdir(new URL(".", import.meta.url))).sort()) {
  if (name.endsWith(".test.mjs")) await import(new URL(name, import.meta.url));
}
