// Telling pages that a response which they were shown stale is another one by now.

import type { Client } from "#glue";
import type { ChangeMessage, ResponseFacts } from "./messages.js";
import type { FetchEventLike } from "./scope.js";

/** A stale answer: what was shown, and to whom. */
interface Shown {
  readonly request: Request;
  readonly facts: Promise<ResponseFacts>;
  readonly clients: Set<string>;
}

/** Stale answers that are remembered; beyond that the oldest is forgotten. */
const MOST = 256;

/**
 * Remembers stale answers, and compares them with what is stored in their place.
 * @internal
 */
export class Changes {
  #client: Client | undefined;
  readonly #tell: (message: ChangeMessage, clients: ReadonlySet<string>) => Promise<void>;
  readonly #shown = new Map<string, Shown>();

  constructor(tell: (message: ChangeMessage, clients: ReadonlySet<string>) => Promise<void>) {
    this.#tell = tell;
  }

  /** Begins to look at what is written. */
  watch(client: Client): void {
    this.#client = client;
    // An event names the cache key: method, URL, and what else the route counts.
    client.on("write", ({ key }) => {
      const [, url] = /^\S+ ([^\x1e\x1f]+)/.exec(key) ?? [];
      if (url !== undefined) this.#written(path(url)).catch(() => {});
    });
  }

  /** Looks at an answer; to be called before `respondWith`, whose reading of the body has to come second. */
  note(event: FetchEventLike, answer: Response | Promise<Response>): void {
    const { request, clientId, resultingClientId } = event;
    const look = (response: Response) => {
      if (request.method !== "GET" || !isStale(response)) return undefined;
      const client = request.mode === "navigate" ? resultingClientId : clientId;
      const before = this.#shown.get(request.url);
      if (before) return void before.clients.add(client);
      const shown = { request, facts: factsOf(response), clients: new Set([client]) };
      this.#shown.set(request.url, shown);
      if (this.#shown.size > MOST) this.#shown.delete(this.#shown.keys().next().value as string);
      return shown.facts.catch(() => this.#shown.delete(request.url)); // a body that breaks off tells nothing
    };
    const work = answer instanceof Response ? look(answer) : answer.then(look, () => {});
    if (work) event.waitUntil(work);
  }

  async #written(path_: string): Promise<void> {
    await Promise.all([...this.#shown].filter(([url]) => path(url) === path_).map(([url, shown]) => this.#compare(url, shown)));
  }

  async #compare(url: string, { request, facts, clients }: Shown): Promise<void> {
    const { headers, credentials } = request;
    // What is stored, fresh or not; it has just been written.
    const stored = await this.#client?.fetch(new Request(url, { headers, credentials, cache: "force-cache" })).catch(() => undefined);
    if (!stored) return;
    const [before, after] = await Promise.all([facts, factsOf(stored)]);
    const names = Object.keys({ ...before, ...after }) as (keyof ResponseFacts)[];
    const changed = names.filter((name) => before[name] !== after[name]);
    // The same: it may have been the write of what was shown, and a change may come yet.
    if (changed.length && this.#shown.delete(url)) await this.#tell({ nearcache: "changed", url, changed, before, after }, clients);
  }
}

/** Whether it was answered from the cache though it is no longer fresh: nothing of it was stored just now. */
function isStale({ headers }: Response): boolean {
  const own = headers.get("cache-status")?.split(/,\s*/).at(-1) ?? "";
  return own.startsWith("nearcache;") && !own.includes("; stored") && /; ttl=(0|-\d+)\b/.test(own);
}

/** What is compared: validators, and the content where there are none. */
async function factsOf(response: Response): Promise<ResponseFacts> {
  const { status, headers } = response;
  const etag = headers.get("etag") ?? undefined;
  const lastModified = headers.get("last-modified") ?? undefined;
  if (etag !== undefined) return { status, etag };
  if (lastModified !== undefined) return { status, lastModified };
  const digest = await crypto.subtle.digest("SHA-256", await response.clone().arrayBuffer());
  return { status, content: btoa(String.fromCharCode(...new Uint8Array(digest))) };
}

function path(url: string): string {
  return url.split(/[?#]/)[0] as string;
}
