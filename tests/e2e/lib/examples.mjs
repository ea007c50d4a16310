// The examples in the published declarations: `@example` in the comment of each public function and method.

import { readdirSync, readFileSync } from "node:fs";

const dist = new URL("../../../pkg/dist/", import.meta.url);

/** A comment, and the function, method or property that it is for. */
const DECLARED = /\/\*\*((?:(?!\*\/)[^])*)\*\/\s*(?:export declare function |readonly |)(\w+)[<(:]/g;

/** All examples, as `{ file, name, code }`. */
export function examples() {
  return readdirSync(dist).filter((file) => file.endsWith(".d.ts")).flatMap((file) =>
    [...readFileSync(new URL(file, dist), "utf8").matchAll(DECLARED)].flatMap(([, comment, name]) => {
      const code = comment.match(/@example([^]*)/)?.[1].replace(/^ *\* ?/gm, "").trim();
      return code ? [{ file: file.replace(".d.ts", ""), name, code }] : [];
    }));
}

/** What the package's entries let a program call, by name. */
export async function callable(entries) {
  const names = new Set();
  for (const entry of entries) {
    const module = await import(entry);
    for (const [name, value] of Object.entries(module)) {
      if (name !== "default" && typeof value === "function" && !isClass(value)) names.add(name);
    }
  }
  const { open } = await import("nearcache");
  const cache = await open({ name: "callable" });
  const methods = [...Object.getOwnPropertyNames(cache), ...Object.getOwnPropertyNames(Object.getPrototypeOf(cache))];
  for (const name of methods) if (name !== "constructor" && typeof cache[name] === "function") names.add(name);
  await cache.close();
  return [...names].sort();
}

const isClass = (value) => /^class\b/.test(String(value));
