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

/** What tells one response of a URL from another. */
export interface ResponseFacts {
  readonly status: number;
  readonly etag?: string;
  /** Only without an ETag. */
  readonly lastModified?: string;
  /** The SHA-256 of the body; only without either. */
  readonly content?: string;
}

/** A response that a page was shown stale, and what is stored in its place by now. */
export interface ResponseChange {
  /** As it was requested. */
  url: string;
  /** Which of the facts are others. */
  changed: (keyof ResponseFacts)[];
  before: ResponseFacts;
  after: ResponseFacts;
}

/** A change, as it is sent. */
export type ChangeMessage = { nearcache: "changed" } & ResponseChange;

/** From the worker to its pages. */
export type WorkerMessage =
  | ChangeMessage
  | ({ nearcache: "progress" } & InstallProgress) | { nearcache: "failed"; message: string } | WriteMessage;

/** From a page to its worker: let it take over; send what waits; list it, to the message's port. */
export type PageMessage = { nearcache: "take-over" } | { nearcache: "replay" } | { nearcache: "writes" };

/** What `data` says, if it is one of ours. */
export function message<T extends { nearcache: string }>(data: unknown): T | undefined {
  return typeof data === "object" && data !== null && "nearcache" in data ? (data as T) : undefined;
}
