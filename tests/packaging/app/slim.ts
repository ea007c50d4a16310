// Bundlers that copy a file that is imported, as esbuild does with its loader "file".
import wasm from "nearcache/nearcache.wasm";
import { init, NearcacheError, open } from "nearcache/slim";
import { main } from "./use.js";

const start: typeof open = async (options) => {
  await init(() => new URL(wasm, import.meta.url));
  return open(options);
};
window.main = main(start, NearcacheError);
