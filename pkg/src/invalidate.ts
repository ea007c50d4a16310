// Telling a stage cache (API Gateway) to drop what it keeps: a request with `Cache-Control: max-age=0`, on purpose.

import type { CacheEntry, InvalidateOptions, InvalidateRequest, OriginInvalidation } from "./types.js";

/** Whether `match` picks an entry. */
export function matches(match: InvalidateOptions["match"], key: string, info: CacheEntry): boolean {
  return match instanceof RegExp ? key.search(match) >= 0 : (match?.(key, info) ?? false);
}

/** The addresses of the stored responses that `what` names. */
export function addressed(what: InvalidateOptions, entries: Iterable<[string, CacheEntry, ...unknown[]]>): Set<string> {
  const { url, tags = [], match } = what;
  const found = new Set<string>();
  if (url !== undefined) found.add(new Request(url).url);
  for (const [key, info] of entries) {
    if (info.kind !== "response") continue;
    const tagged = info.tags.some((tag) => tags.includes(tag));
    if (tagged || matches(match, key, info)) found.add(info.url);
  }
  return found;
}

/** Asks the origin to drop one; never rejects. */
export async function dropAtOrigin(url: string, request: InvalidateRequest): Promise<OriginInvalidation> {
  try {
    const init = typeof request === "function" ? await request(url) : request === true ? {} : request;
    const headers = new Headers(init.headers);
    headers.set("Cache-Control", "max-age=0");
    const response = await fetch(url, { ...init, headers, cache: "no-store" });
    await response.body?.cancel();
    const warning = response.headers.get("Warning") ?? undefined;
    const unopposed = response.ok && warning === undefined;
    const accepted = unopposed && response.type === "cors" ? undefined : unopposed;
    return { url, status: response.status, accepted, warning };
  } catch (cause) {
    return { url, status: 0, accepted: false, cause };
  }
}
