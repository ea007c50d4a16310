// What a build folder holds, as a worker's precache list. Runs in Node.js, at build time.

import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";

import { pathRegExp } from "./match.js";
import type { PrecacheItem } from "./precache.js";

/** Which files are listed, and how. */
export interface ManifestOptions {
  /** What the folder is served under. Default `"/"`. */
  base?: string;
  /**
   * Files that are left out, by path below the folder: path patterns as in `route()` (`"/admin/*"`), or regular
   * expressions. Source maps and files whose name begins with a dot always are. Default: none.
   */
  ignore?: readonly (string | RegExp)[];
  /** The largest file that is listed, in bytes. Default 5 MB. */
  maxSize?: number;
  /** Whether the worker checks each file's hash. Say `false` where a server or an edge changes files. Default `true`. */
  integrity?: boolean;
}

/** What stands for the list in a worker's script. */
const PLACE = /(?:\b(?:self|globalThis)\.)?\b__NEARCACHE_PRECACHE__\b/g;
const ALWAYS = [/\.map$/, /(^|\/)\./];

/**
 * The files below `folder`, by path. The same files give the same list.
 *
 * @example
 * const files = await manifest("dist", { base: "/shop/", ignore: ["/sw.js"] });
 * assert.deepEqual(files.map(({ url }) => url), ["/shop/index.html"]);
 */
export async function manifest(folder: string, options: ManifestOptions = {}): Promise<PrecacheItem[]> {
  const { base = "/", ignore = [], maxSize = 5 * 1024 * 1024, integrity = true } = options;
  const left = [...ALWAYS, ...ignore.map((pattern) => (typeof pattern === "string" ? pathRegExp(pattern) : pattern))];
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => `/${relative(folder, join(entry.parentPath, entry.name)).replaceAll("\\", "/")}`)
    .filter((path) => !left.some((pattern) => path.search(pattern) >= 0));
  const items = await Promise.all(
    paths.sort().map(async (path): Promise<PrecacheItem[]> => {
      const content = await readFile(join(folder, path));
      if (content.length > maxSize) return [];
      const hash = createHash("sha384").update(content).digest("base64");
      const url = base.replace(/\/*$/, "") + encodeURI(path).replaceAll("?", "%3F").replaceAll("#", "%23");
      return [{ url, revision: hash.slice(0, 16), ...(integrity ? { integrity: `sha384-${hash}` } : {}) }];
    }),
  );
  return items.flat();
}

/**
 * Puts `items` where `file` says `__NEARCACHE_PRECACHE__`.
 *
 * @example
 * await inject("dist/sw.js", await manifest("dist", { ignore: ["/sw.js"] }));
 */
export async function inject(file: string, items: readonly PrecacheItem[]): Promise<void> {
  const script = await readFile(file, "utf8");
  const list = JSON.stringify(items);
  const filled = script.replace(PLACE, () => list);
  if (filled === script) throw new Error(`${file} does not say __NEARCACHE_PRECACHE__: pass it to serve() as "precache".`);
  await writeFile(file, filled);
}
