// Matchers of routes on this side of the wasm boundary: for what is decided before a request gets there.

import type { StaticCondition } from "./scope.js";
import type { RouteMatcher } from "./types.js";

/** What separates the parts of a path pattern: `*` stands for anything, `:name` for the rest of a segment. */
const PARTS = /\*|:[^/]*|[^*:]+/g;
/** What `URLPattern` would not take as itself. */
const SYNTAX = /[{}()?+\\]/g;

/** A path pattern of `route()` as a regular expression. */
export function pathRegExp(pattern: string): RegExp {
  const part = (text: string) => (text === "*" ? ".*" : text[0] === ":" ? "[^/]+" : text.replace(/[\\^$.|?+()[\]{}]/g, "\\$&"));
  return new RegExp(`^${pattern.replace(PARTS, part)}$`, "s");
}

/** `match` as a function that does not throw. */
export function predicate(match: RouteMatcher, origin: string): (request: Request) => boolean {
  if (typeof match === "string" && match[0] === "/") {
    const path = pathRegExp(match);
    return ({ url }) => url.startsWith(`${origin}/`) && path.test(new URL(url).pathname);
  }
  if (typeof match === "string") return ({ url }) => bare(url).startsWith(match);
  if (match instanceof RegExp) return ({ url }) => bare(url).search(match) >= 0;
  if (typeof match === "function") {
    return (request) => {
      try {
        return Boolean(match(request));
      } catch {
        return false;
      }
    };
  }
  if ("test" in match) return ({ url }) => match.test(bare(url));
  const { url, method, destination, mode } = match;
  const address = url === undefined ? () => true : predicate(url, origin);
  return (request) =>
    address(request) &&
    (method === undefined || method.toUpperCase() === request.method.toUpperCase()) &&
    (destination === undefined || destination === request.destination) &&
    (mode === undefined || mode === request.mode);
}

/** Without its fragment, as Rust's matchers see it. */
const bare = (url: string): string => url.split("#")[0] as string;

/**
 * A condition of the static routing API that holds for everything that `match` matches, and perhaps for more:
 * what it does not hold for may pass the worker by. `undefined` where there is none.
 */
export function condition(match: RouteMatcher): StaticCondition | undefined {
  if (!("URLPattern" in globalThis)) return undefined;
  if (typeof match === "string") {
    const init = match[0] === "/" ? { pathname: wildcards(match) } : beginning(match);
    return init && { urlPattern: new URLPattern(init) };
  }
  if (match instanceof URLPattern) return match.hasRegExpGroups === false ? { urlPattern: match } : undefined;
  if (match instanceof RegExp || typeof match === "function" || "test" in match) return undefined;
  const { url, destination, mode } = match;
  const found: StaticCondition = {
    ...(url === undefined ? {} : condition(url)),
    ...(destination === undefined ? {} : { requestDestination: destination }),
    ...(mode === undefined ? {} : { requestMode: mode }),
  };
  return Object.keys(found).length ? found : undefined;
}

/** A path pattern in the syntax of `URLPattern`, every name widened to anything. */
function wildcards(pattern: string): string {
  return pattern.replace(PARTS, (text) => (text[0] === "*" || text[0] === ":" ? "*" : text.replace(SYNTAX, "\\$&")));
}

/** The URLs that begin with `text`, where that is more than a part of a host's name. */
function beginning(text: string): Record<string, string> | undefined {
  if (!URL.canParse(text)) return undefined;
  const { origin, protocol, hostname, port, pathname } = new URL(text);
  if (origin === "null" || !text.startsWith(`${origin}/`)) return undefined;
  return { protocol: protocol.slice(0, -1), hostname, port, pathname: `${wildcards(pathname)}*` };
}
