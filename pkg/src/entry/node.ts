// For Node.js (server-side rendering, tests): nothing happens on import; the memory tier is all there is.
import { use } from "../ready.js";

use(async () => (await import("node:fs/promises")).readFile(new URL("../../wasm/nearcache_bg.wasm", import.meta.url)));

export * from "../index.js";
