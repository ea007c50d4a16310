// For pages with a service worker: a few kilobytes, without the wasm.
export { NearcacheError } from "../errors.js";
export { onChanged, register, type InstallProgress, type QueuedWrite, type Registered } from "../register.js";
export type { RegisterOptions, ResponseChange, ResponseFacts, WriteEvent } from "../register.js";
