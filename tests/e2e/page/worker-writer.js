// A dedicated worker that writes until it is killed, and tells what is kept.
import { open } from "/pkg/dist/entry/web.js";
import { write } from "./writer.js";

addEventListener("message", async ({ data: { prefix, n } }) => {
  const cache = await open({ name: "test" });
  postMessage("ready");
  await write(cache, prefix, n, (key, at) => postMessage({ key, at }));
});
