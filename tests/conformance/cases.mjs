// The cases of `cases/`, and how each is put to a browser: its routes, and which it cannot play.

import { readdirSync, readFileSync } from "node:fs";

const folder = new URL("cases/", import.meta.url);

/** Where the cases can be played. The browsers' are `<browser> <place>`. */
export const PLACES = ["page", "worker"];

/** How often a case may be played; each time under an id of its own, so with nothing stored. */
export const ATTEMPTS = 2;

/** All cases, in the order of the files. */
export const cases = readdirSync(folder).filter((name) => name.endsWith(".json")).sort()
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), "utf8")))
  .map((one, number) => ({ ...one, number }));

/** Why an environment ("firefox worker") cannot play a case; `undefined` where it can. */
export function reasonAgainst({ native }, environment) {
  if (typeof native === "string" || native === undefined) return native;
  return Object.entries(native).find(([name]) => [environment, ...environment.split(" ")].includes(name))?.[1];
}

/** The id of a case's script, and with it its part of the origin's paths. */
export const scriptOf = ({ number }, attempt) => `c${number}-${attempt}`;

/** Whether a case is about another origin than the page's. */
export const isCross = ({ steps }) => steps.some(({ response }) => ["opaque", "cors"].includes(response?.kind));

/** Seconds that a case waits. */
export const span = ({ steps }) => Math.max(0, ...steps.map(({ at = 0 }) => at));

const names = ({ steps }) => steps.flatMap(({ response }) => Object.keys(response?.headers ?? {}));

/** Cases that can be played side by side, those that need the cache to themselves, and those that need the origin too. */
export function batches(chosen) {
  const clears = (one) => names(one).includes("clear-site-data");
  const grouped = (one) => names(one).some((name) => name.startsWith("cache-group"));
  const rest = chosen.filter((one) => !clears(one) && !grouped(one)).sort((a, b) => span(b) - span(a));
  return [
    { cases: rest, atOnce: 32 },
    { cases: chosen.filter(grouped), atOnce: 1 },
    ...chosen.filter(clears).map((one) => ({ cases: [one], atOnce: 1 })),
  ].filter((batch) => batch.cases.length > 0);
}

/** Members of `rule`, as options of `cache.route()`. Those that have none keep their cases from browsers. */
const OPTIONS = {
  ttl: (seconds) => ({ ttl: seconds * 1000 }),
  swr: (seconds) => ({ staleWhileRevalidate: seconds * 1000 }),
  sie: (seconds) => ({ staleIfError: seconds * 1000 }),
  statuses: (statuses) => ({ statuses }),
  opaque: (word) => ({ opaque: word === "store" }),
  methods: () => ({ key: {} }),
};

/** The routes of all these cases, as `serve()` takes them. */
export function routes(chosen, crossUrl) {
  return chosen.filter(({ rule, strategy }) => rule || strategy).flatMap((one) => {
    const options = Object.entries(one.rule ?? {}).map(([name, value]) => {
      if (!OPTIONS[name]) throw new Error(`${one.id}: no public option is the rule's "${name}"; give it a "native" reason`);
      return OPTIONS[name](value);
    });
    const route = Object.assign({}, ...options, one.strategy && { strategy: one.strategy });
    return Array.from({ length: ATTEMPTS }, (_, attempt) => {
      const path = `/s/${scriptOf(one, attempt)}/`;
      return { match: isCross(one) ? crossUrl + path : `${path}*`, ...route };
    });
  });
}
