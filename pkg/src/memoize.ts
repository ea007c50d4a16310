// The keys of memoised calls.

import { NearcacheError } from "./errors.js";
import type { MemoizeOptions } from "./types.js";

/** Whatever it takes and returns. */
type Anything = (...args: never[]) => unknown;

/**
 * The function that says which key a call has. `names` holds the source of each function that goes by its own
 * name: two different ones under one name (as minifiers make them) would answer each other's calls.
 */
export function keyFor<A extends readonly unknown[]>(
  fn: Anything,
  key: MemoizeOptions<A>["key"],
  names: Map<string, string>,
): (...args: A) => string {
  if (typeof key === "function") return key;
  const name = key ?? fn.name;
  if (!name) throw invalid("a function without a name needs one");
  if (key === undefined) {
    const source = String(fn);
    if ((names.get(name) ?? source) !== source) throw invalid(`there are two different functions named ${name}, so name them`);
    names.set(name, source);
  }
  return (...args) => `${name}(${args.map((arg) => written(arg, [])).join()})`;
}

/** JSON with sorted names, and without the silent losses (`Map` → `{}`, `NaN` → `null`) that would mix up calls. */
function written(value: unknown, outer: readonly unknown[]): string {
  if (value === null || value === undefined || typeof value === "boolean" || typeof value === "number") return String(value);
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value instanceof Date) return `Date(${value.getTime()})`;
  if (typeof value === "object" && !outer.includes(value)) {
    const inner = [...outer, value];
    if (Array.isArray(value)) return `[${value.map((item) => written(item, inner)).join()}]`;
    const prototype: unknown = Object.getPrototypeOf(value);
    if (prototype === null || prototype === Object.prototype) {
      const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${members.map(([name, item]) => `${JSON.stringify(name)}:${written(item, inner)}`).join()}}`;
    }
  }
  throw new NearcacheError("invalid-key", "An argument of a memoised call can't be part of a key; give memoize() a `key` function.");
}

function invalid(why: string): NearcacheError {
  return new NearcacheError("invalid-option", `Option \`key\` of memoize(): ${why}.`, { details: { option: "key" } });
}
