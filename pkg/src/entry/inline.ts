// For set-ups that cannot serve a wasm file: the bytes are inside the script.
import bytes from "#wasm";
import { use } from "../ready.js";

use(bytes);

export * from "../index.js";
