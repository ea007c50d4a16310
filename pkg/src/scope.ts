// The few names of a service worker's world that are used here. TypeScript's own "WebWorker" library would
// collide with "DOM", which the pages' side needs.

/** An `ExtendableEvent`. */
export interface ExtendableEventLike extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** A `FetchEvent`. */
export interface FetchEventLike extends ExtendableEventLike {
  readonly request: Request;
  respondWith(response: Response | Promise<Response>): void;
}

/** A `ServiceWorkerGlobalScope`. */
export interface ServiceWorkerScope {
  readonly clients: { claim(): Promise<void> };
  readonly location: { readonly href: string };
  skipWaiting(): Promise<void>;
  addEventListener(type: "install" | "activate", listener: (event: ExtendableEventLike) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEventLike) => void): void;
}
