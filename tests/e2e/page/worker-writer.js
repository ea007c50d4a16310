// A dedicated worker that writes until it is killed, and tells what is kept. The page has compiled the wasm.
import { init, open } from "/pkg/dist/entry/slim.js";
import { write } from "./writer.js";

addEventListener("message", async ({ data: { prefix, n, module } }) => {
  await init(module);
  const cache = await open({ name: "test" });
  postMessage("ready");
  await write(cache, prefix, n, (key, at) => postMessage({ key, at }));
});
