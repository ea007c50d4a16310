// What a newcomer writes first, typed; the test finds the results on the window.
import type { NearCache, NearcacheError, open } from "nearcache";
import { open as openInline } from "nearcache/inline";

declare global {
  interface Window {
    main(): Promise<{ note: unknown; cold: string | null; warm: string | null; code: string; inline: unknown }>;
  }
}

export const main = (start: typeof open, Refusal: typeof NearcacheError): Window["main"] => async () => {
  const cache: NearCache = await start({ name: "app", tiers: ["memory", "indexeddb"] });
  await cache.set("note", { text: "hello" }, { ttl: "5m", tags: ["notes"] });
  const cold = await cache.fetch("/api/categories");
  await cold.json();
  const warm = await cache.fetch("/api/categories");
  const code = await cache.get("").catch((error: unknown) => (error instanceof Refusal ? error.code : "other"));
  const other = await openInline({ name: "inline" });
  await other.set("n", 1);
  return {
    note: await cache.get<{ text: string }>("note"),
    cold: cold.headers.get("cache-status"),
    warm: warm.headers.get("cache-status"),
    code: String(code),
    inline: await other.get<number>("n"),
  };
};
