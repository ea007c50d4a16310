// For libraries, and for applications that load the wasm themselves: call `init(source)` before `open()`.
export * from "../index.js";
