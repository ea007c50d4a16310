// What a service worker and its pages say to each other.

import type { QueuedWrite } from "./queue.js";

/** How far an install has come. */
export interface InstallProgress {
  /** Precached responses that are there. */
  done: number;
  /** All that are listed. */
  total: number;
  /** The one that has just arrived. */
  url?: string;
}

/** What has become of a write of an offline queue. */
export interface WriteEvent {
  what: "queued" | "sent" | "conflict" | "failed";
  write: QueuedWrite;
  /** What the server answered, if it did. */
  status?: number;
}

/** An event of the queue, as it is sent. */
export type WriteMessage = { nearcache: "write" } & WriteEvent;

/** From the worker to its pages. */
export type WorkerMessage = ({ nearcache: "progress" } & InstallProgress) | { nearcache: "failed"; message: string } | WriteMessage;

/** From a page to its worker: let it take over; send what waits; list it, to the message's port. */
export type PageMessage = { nearcache: "take-over" } | { nearcache: "replay" } | { nearcache: "writes" };

/** What `data` says, if it is one of ours. */
export function message<T extends { nearcache: string }>(data: unknown): T | undefined {
  return typeof data === "object" && data !== null && "nearcache" in data ? (data as T) : undefined;
}
