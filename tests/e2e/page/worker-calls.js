// A dedicated worker that opens a cache, bringing older versions along as they are, and makes the calls it is told.
import { open } from "/pkg/dist/entry/web.js";

addEventListener("message", async ({ data: { options, calls } }) => {
  const cache = await open({ ...options, migrate: (entry) => entry });
  for (const [method, ...args] of calls) await cache[method](...args);
  await cache.close();
  postMessage("done");
});
