// For set-ups that cannot serve a wasm file, and for Node.js, where bundlers of servers would lose it: the bytes are
// inside the script.
import text from "#wasm";
import { use } from "../ready.js";

use(() => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)));

export * from "../index.js";
