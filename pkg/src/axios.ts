// The axios adapter.

import { getAdapter, type AxiosAdapter } from "axios";

import type { NearCache } from "./cache.js";
import type { CacheSource } from "./observe.js";

/**
 * Sends axios' requests through `cache.fetch`, by axios' own `fetch` adapter: its options, interceptors, progress, time-out
 * and cancellation work as ever. The response's `cache-status` header tells where it came from.
 *
 * @example
 * const client = axios.create({ adapter: adapter(cache) });
 * const { headers } = await client.get("/api/categories");
 * assert.match(headers["cache-status"], /nearcache/);
 */
export function adapter(cache: CacheSource): AxiosAdapter {
  const fetch = async (input: URL | RequestInfo, init?: RequestInit) => handedOn(await cache, input, init);
  return (config) => getAdapter("fetch", { ...config, env: { ...config.env, fetch } })(config);
}

/** A network that fails is told as `fetch` does: axios knows it by that, and makes it `ERR_NETWORK`. */
function handedOn(cache: NearCache, input: URL | RequestInfo, init: RequestInit | undefined): Promise<Response> {
  return cache.fetch(input, init).catch((error: unknown) => {
    if ((error as { code?: unknown }).code !== "origin-unreachable") throw error;
    throw new TypeError("Failed to fetch", { cause: error });
  });
}
