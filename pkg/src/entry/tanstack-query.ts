// For TanStack Query's persistence.
export type { CacheSource } from "../observe.js";
export { persister, storage, type PersisterOptions, type QueryStorage } from "../tanstack-query.js";
