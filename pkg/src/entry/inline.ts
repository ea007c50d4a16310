// For set-ups that cannot serve a wasm file, and for Node.js, where bundlers of servers would lose it: the bytes are
// inside the script.
import text from "#wasm";
import { gunzip, gunzipNow } from "../gunzip.js";
import { use } from "../ready.js";

const bytes = () => Uint8Array.fromBase64?.(text) ?? Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));

use(() => gunzip(bytes()), () => gunzipNow(bytes()));

export * from "../index.js";
