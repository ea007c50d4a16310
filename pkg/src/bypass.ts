// Static routes: the browser itself sends to the network what the worker would leave alone, and need not start it.

import type { InstallEventLike, ServiceWorkerScope, StaticCondition } from "./scope.js";

/**
 * Watches for other `fetch` listeners than ours, which a bypass would take requests from. Returns whether there are
 * any, and stops watching.
 */
export function watchOthers(scope: ServiceWorkerScope): () => boolean {
  const target = scope as { addEventListener: (type: string, ...rest: unknown[]) => void };
  const before = target.addEventListener;
  let others = false;
  target.addEventListener = (type, ...rest) => {
    others ||= type === "fetch";
    before.call(scope, type, ...rest);
  };
  return () => {
    target.addEventListener = before;
    return others || Boolean(scope.onfetch);
  };
}

/**
 * Lets pass by the worker what none of `wanted` holds for. Best effort: rejects in a browser that has static routes but
 * not this condition, or not so many of them; then the worker is asked as ever.
 */
export async function bypass(event: InstallEventLike, wanted: readonly (StaticCondition | undefined)[]): Promise<void> {
  const known = wanted.filter((condition) => condition !== undefined);
  if (!known.length || known.length < wanted.length) return;
  await event.addRoutes?.([{ condition: { not: { or: known } }, source: "network" }]);
}
