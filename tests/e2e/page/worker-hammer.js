// A service worker that joins the hammering when a page tells it to: `{ call, args }`, the first argument is the cache.
import { serve } from "/pkg/dist/entry/worker.js";
import * as hammering from "./hammer.js";
import { write } from "./writer.js";

const cache = serve({ name: "test" });
const tools = { ...hammering, write: (cache, prefix, n) => write(cache, prefix, n, () => {}) };

addEventListener("message", (event) => {
  const { call, args } = event.data;
  if (!call) return;
  const work = call in tools ? tools[call](cache, ...args) : cache[call](...args);
  event.waitUntil(Promise.resolve(work).then((result) => event.ports[0].postMessage({ result }), (error) => event.ports[0].postMessage({ error: String(error) })));
});
