// A dedicated worker that writes until it is killed, and tells what is kept. The page has compiled the wasm.
import { init, open } from "/pkg/dist/entry/slim.js";
import { write } from "./writer.js";

addEventListener("message", async ({ data: { prefix, n, module } }) => {
  await init(module);
  const cache = await open({ name: "test" });
  postMessage("ready");
  // A store that others keep busy for too long is no finding here.
  await write(cache, prefix, n, (key, at) => postMessage({ key, at })).catch((error) => { if (error.code !== "tier-failed") throw error; });
});
