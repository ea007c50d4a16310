import { NearCache } from "./cache.js";
import { announce, opened } from "./opened.js";
import { ready } from "./ready.js";
import { clientOf } from "./start.js";
import type { OpenOptions } from "./types.js";

/**
 * Starts the wasm if need be, opens the tiers, and resolves to a cache that is ready.
 *
 * @example
 * const shop = await open({ name: "shop", version: 2, partition: "ada", budgets: { memory: "8MB" } });
 * await shop.set("cart", ["lamp"], { ttl: "7d" });
 * await shop.close();
 */
export async function open(options: OpenOptions): Promise<NearCache> {
  // A promised key that fails is the caller's to know, and one that is none must not open in the clear.
  const [Client, encrypt] = await Promise.all([ready(), options?.encrypt]);
  const { raw, side } = clientOf(Client, options?.encrypt ? { ...options, encrypt: (encrypt ?? null) as CryptoKey } : options);
  await raw.ready();
  const cache = new NearCache(() => raw, options, side);
  opened().add(cache);
  announce();
  return cache;
}
