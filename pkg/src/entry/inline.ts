// For set-ups that cannot serve a wasm file, and for Node.js, where bundlers of servers would lose it: the bytes are
// inside the script.
import bytes from "#wasm";
import { use } from "../ready.js";

use(bytes);

export * from "../index.js";
