// For pages, module workers and bundlers: the wasm is a file beside this one.
import { use } from "../ready.js";

// Bundlers look for this very expression; it is evaluated when the first cache opens.
use(() => new URL("../../wasm/nearcache_bg.wasm", import.meta.url));

export * from "../index.js";
