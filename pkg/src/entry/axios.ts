// For axios.
export { adapter } from "../axios.js";
export type { CacheSource } from "../observe.js";
