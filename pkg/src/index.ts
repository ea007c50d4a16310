// What every entry file gives.
export type { NearCache } from "./cache.js";
export { NearcacheError, type ErrorCode, type ErrorDetails, type ErrorExtras } from "./errors.js";
export { open } from "./open.js";
export { init, type WasmSource, type WasmSourceLike } from "./ready.js";
export type * from "./types.js";
