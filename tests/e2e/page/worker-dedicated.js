// A dedicated worker with a cache of its own on the same stores; runs what the page sends it.
import { open } from "/pkg/dist/entry/web.js";

addEventListener("message", async ({ data: { key, value } }) => {
  const cache = await open({ name: "test" });
  const found = await cache.get(key);
  await cache.set(`${key}/answer`, value);
  postMessage({ found, tiers: cache.stats().tiers });
});
