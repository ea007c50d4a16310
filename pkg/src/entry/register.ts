// For pages with a service worker: a few kilobytes, without the wasm.
export { NearcacheError } from "../errors.js";
export { register, type InstallProgress, type Registered, type RegisterOptions, type QueuedWrite, type WriteEvent } from "../register.js";
