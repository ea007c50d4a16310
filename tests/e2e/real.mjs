// With real services in the places of layers (`REAL=1`): every test whose requests pass the layers, in one process.
// The others ask for files and for scripted responses, which pass none. `REAL=1 node --test tests/e2e/real.mjs`

import { readFile, readdir } from "node:fs/promises";

for (const name of (await readdir(new URL(".", import.meta.url))).sort()) {
  const file = new URL(name, import.meta.url);
  if (name.endsWith(".test.mjs") && /["'`/]\/?(api|images)\//.test(await readFile(file, "utf8"))) await import(file);
}
