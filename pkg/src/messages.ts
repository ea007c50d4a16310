// What a service worker and its pages say to each other.

/** How far an install has come. */
export interface InstallProgress {
  /** Precached responses that are there. */
  done: number;
  /** All that are listed. */
  total: number;
  /** The one that has just arrived. */
  url?: string;
}

/** From the worker to its pages. */
export type WorkerMessage = ({ nearcache: "progress" } & InstallProgress) | { nearcache: "failed"; message: string };

/** From a page to its worker. */
export type PageMessage = { nearcache: "take-over" };

/** What `data` says, if it is one of ours. */
export function message<T extends { nearcache: string }>(data: unknown): T | undefined {
  return typeof data === "object" && data !== null && "nearcache" in data ? (data as T) : undefined;
}
