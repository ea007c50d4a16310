// The few names of a service worker's world that are used here. TypeScript's own "WebWorker" library would
// collide with "DOM", which the pages' side needs.

/** An `ExtendableEvent`. */
export interface ExtendableEventLike extends Event {
  waitUntil(work: Promise<unknown>): void;
}

/** An `InstallEvent`; only some browsers have static routes. */
export interface InstallEventLike extends ExtendableEventLike {
  addRoutes?(rules: StaticRule | StaticRule[]): Promise<void>;
}

/** A `FetchEvent`. */
export interface FetchEventLike extends ExtendableEventLike {
  readonly request: Request;
  readonly clientId: string;
  readonly resultingClientId: string;
  readonly preloadResponse?: Promise<Response | undefined>;
  respondWith(response: Response | Promise<Response>): void;
}

/** An `ExtendableMessageEvent`. */
export interface MessageEventLike extends ExtendableEventLike {
  readonly data: unknown;
  readonly ports: readonly MessagePort[];
}

/** A `RouterRule` of the static routing API. */
export interface StaticRule {
  condition: StaticCondition;
  source: "network";
}

/** A `RouterCondition`, as far as it is used. */
export interface StaticCondition {
  urlPattern?: object;
  requestMode?: RequestMode;
  requestDestination?: RequestDestination;
  or?: StaticCondition[];
  not?: StaticCondition;
}

/** A `Client`. */
export interface ClientLike {
  readonly id: string;
  postMessage(message: unknown): void;
}

/** A `ServiceWorkerGlobalScope`. */
export interface ServiceWorkerScope {
  readonly clients: {
    claim(): Promise<void>;
    get(id: string): Promise<ClientLike | undefined>;
    matchAll(options?: { includeUncontrolled?: boolean; type?: "window" | "all" }): Promise<ClientLike[]>;
  };
  readonly location: { readonly href: string; readonly origin: string };
  readonly registration: {
    readonly scope: string;
    readonly active: object | null;
    readonly navigationPreload?: { enable(): Promise<void>; disable(): Promise<void> };
    readonly sync?: { register(tag: string): Promise<void> };
  };
  /** This worker, where the browser says. */
  readonly serviceWorker?: { readonly state: string };
  readonly onfetch?: unknown;
  skipWaiting(): Promise<void>;
  addEventListener(type: "install", listener: (event: InstallEventLike) => void): void;
  addEventListener(type: "activate", listener: (event: ExtendableEventLike) => void): void;
  addEventListener(type: "fetch", listener: (event: FetchEventLike) => void): void;
  addEventListener(type: "message", listener: (event: MessageEventLike) => void): void;
  addEventListener(type: "sync", listener: (event: ExtendableEventLike & { readonly tag: string }) => void): void;
}
