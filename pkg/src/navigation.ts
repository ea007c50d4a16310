// Which navigations an application with routes of its own answers by its one page.

import { pathRegExp } from "./match.js";

/** The page that answers navigations, and which. */
export interface NavigationFallback {
  /** Relative to the worker's script; precached. */
  url: string;
  /** Tested against path and query; a text is a path pattern as in `route()`. Default: all navigations. */
  allow?: readonly (string | RegExp)[];
  /** Navigations that are left alone, even where `allow` has them. Default: none. */
  deny?: readonly (string | RegExp)[];
}

/** Whether a navigation to `url` is answered by the fallback. */
export function falls({ allow, deny = [] }: NavigationFallback, url: string): boolean {
  const { pathname, search } = new URL(url);
  const hits = (pattern: string | RegExp) =>
    typeof pattern === "string" ? pathRegExp(pattern).test(pathname) : (pathname + search).search(pattern) >= 0;
  return (allow?.some(hits) ?? true) && !deny.some(hits);
}
