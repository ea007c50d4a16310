// For service workers: the bytes are inside the script, since a worker that starts offline cannot fetch them.
export * from "./inline.js";
export { serve } from "../worker.js";
export type { PrecacheItem, ServeOptions, ServeRoute } from "../worker.js";
