import type { Client } from "#glue";

/** Something fetched at install. */
export interface PrecacheItem {
  /** Relative to the worker's script. */
  url: string;
  /** Changes with the content; without one it is fetched anew at each install. */
  revision?: string | null;
}

/** The entry that remembers which revisions are stored. */
const REVISIONS = "nearcache:precache";

/**
 * What is kept from install on: a cache-first route in front of all others, and the revisions it has.
 * @internal
 */
export class Precache {
  readonly #raw: Client;
  readonly #items: Map<string, string | null>;

  constructor(raw: Client, items: readonly (string | PrecacheItem)[], base: string) {
    this.#raw = raw;
    this.#items = new Map(
      items.map((item) => {
        const { url, revision = null } = typeof item === "string" ? { url: item } : item;
        return [whole(url, base), revision];
      }),
    );
    if (this.#items.size) raw.route((request: Request) => this.has(request), { strategy: "cache-first" });
  }

  /** Whether `request` is for something that is kept. */
  has({ method, url }: Request): boolean {
    return method === "GET" && this.#items.has(whole(url));
  }

  /** Fetches what is missing or of another revision; what arrived is not fetched again when the install is retried. */
  async fill(): Promise<void> {
    if (!this.#items.size) return;
    const stored = await this.#revisions();
    const missing = [...this.#items].filter(([url, revision]) => revision === null || stored[url] !== revision);
    const results = await Promise.allSettled(missing.map(([url, revision]) => this.#fetch(url, revision, stored)));
    await this.#raw.flush(); // no revision is noted before its response is stored
    await this.#raw.set(REVISIONS, stored);
    const failed = results.find((result) => result.status === "rejected");
    if (failed) throw failed.reason;
  }

  /** Drops what an older worker had stored and this one does not list. */
  async prune(): Promise<void> {
    const stored = await this.#revisions();
    const old = Object.keys(stored).filter((url) => !this.#items.has(url));
    if (!old.length) return;
    for (const url of old) {
      await this.#raw.invalidate({ url });
      delete stored[url];
    }
    await this.#raw.set(REVISIONS, stored);
  }

  /**
   * The stored response of `url`, whatever cache mode the request has: a reload would ask the network first.
   * When there is none, fails with `error`, if that is given.
   */
  answer(url: string, error?: unknown): Promise<Response> {
    return this.#raw.fetch(url).catch((own: unknown) => {
      throw error ?? own;
    });
  }

  async #fetch(url: string, revision: string | null, stored: Record<string, string | null>): Promise<void> {
    const response = await this.#raw.fetch(url, { cache: "reload" });
    if (!response.ok) throw new TypeError(`${url} answered ${response.status}, so it cannot be precached.`);
    await response.arrayBuffer(); // what has been read to its end is on its way into the store
    stored[url] = revision;
  }

  async #revisions(): Promise<Record<string, string | null>> {
    return ((await this.#raw.get(REVISIONS)) ?? {}) as Record<string, string | null>;
  }
}

/** The absolute URL without its fragment, which no server sees. */
function whole(url: string, base?: string): string {
  const parsed = new URL(url, base);
  parsed.hash = "";
  return parsed.href;
}
