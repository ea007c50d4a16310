// The first answers of a worker that has just been started: from IndexedDB, while the wasm is not yet needed, whose
// start takes longer than all the rest. Only the plainest cases, for which Rust would come to the same; whatever is not
// certain is left to it (decision 0031).

import { milliseconds } from "./duration.js";
import { isOlder, storedHead, storedVersion, type StoredHead } from "./record.js";
import type { OpenOptions, RouteOptions } from "./types.js";

/** Fields by which a request asks for something else than what is stored, or for somebody. */
const WISHES = ["authorization", "cache-control", "pragma", "range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range"];
/** How long IndexedDB may take: it has been seen to stall for ever without an error. Milliseconds. */
const PATIENCE = 1_000;
/** As src/http/freshness.rs has it. */
const CLOCK_SLACK = 2_000;

/** @internal */
export class EarlyAnswers {
  readonly #options: OpenOptions;
  readonly #origin: string;
  readonly #isOff: boolean;
  readonly #given: string[] = [];
  #database: Promise<IDBDatabase> | undefined;

  constructor(options: OpenOptions, own: string) {
    const { tiers, origin, encrypt } = options;
    this.#options = options;
    this.#origin = own;
    this.#isOff = Boolean(origin?.identity ?? encrypt) || !(tiers?.includes("indexeddb") ?? true);
  }

  /** Opens the database, ahead of the first request. */
  prepare(): void {
    if (!this.#isOff) this.#open().catch(() => {});
  }

  /** The answer by `route`, if there turns out to be one; `undefined` when it is certain that there is none. */
  answer(request: Request, route: RouteOptions): Promise<Response | undefined> | undefined {
    const { method, url, cache, credentials, headers } = request;
    const isPlain = method === "GET" && cache === "default" && credentials !== "omit" && !WISHES.some((name) => headers.has(name));
    if (this.#isOff || !isPlain || route.key || !url.startsWith(`${this.#origin}/`)) return undefined;
    const key = `r:GET ${url.split("#")[0]}\x1f`;
    const answer = async () => {
      const [record, apart, cleared, variants] = await this.#read(key);
      const form: unknown = record?.[0];
      const stored = typeof form === "string" ? storedHead(form) : undefined;
      if (!stored || variants !== 1 || (typeof cleared === "string" && isOlder(stored.version, storedVersion(cleared)))) return undefined;
      const made = head(request, route, stored, Date.now());
      const body = (record as unknown[]).length > 1 ? record?.[1] : apart;
      if (!made || !(body instanceof ArrayBuffer || body instanceof Blob)) return undefined;
      this.#given.push(key);
      return new Response(body, made);
    };
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, PATIENCE));
    return Promise.race([answer().catch(() => undefined), late]);
  }

  /** Lets go of the database; the keys that were answered from it. */
  close(): string[] {
    this.#database?.then((database) => database.close(), () => {});
    this.#database = undefined;
    return this.#given.splice(0);
  }

  /** Record, body where it stands apart, the note of a `clear`, and how many variants there are, two standing for more; in one transaction. */
  async #read(key: string): Promise<[record: unknown[] | undefined, apart: unknown, cleared: unknown, variants: number]> {
    const transaction = (await this.#open()).transaction(["meta", "body"]);
    const [meta, body] = [transaction.objectStore("meta"), transaction.objectStore("body")];
    const variants = meta.getAllKeys(IDBKeyRange.bound(key, `${key}\uffff`), 2);
    const asked = [meta.get(key), body.get(key), meta.get("!cleared")] as const;
    await settled(asked[2]);
    const [record, apart, cleared] = asked.map(({ result }) => result as unknown);
    return [Array.isArray(record) ? record : undefined, apart, cleared, variants.result.length];
  }

  #open(): Promise<IDBDatabase> {
    const { name, version = 1, partition } = this.#options;
    // What the stores are called, as src/options.rs has it.
    const named = async (digest: string) => open(`nearcache:${encodeURIComponent(name)}:${version}:${digest}:`);
    return (this.#database ??= partition ? digested(partition).then(named) : named(""));
  }
}

async function digested(text: string): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)), 0, 16);
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What is sent of `stored` beside its body; `undefined` where Rust has to decide. */
function head(request: Request, route: RouteOptions, stored: StoredHead, now: number): ResponseInit | undefined {
  const { strategy = "http", statuses } = route;
  const { status, statusText, headers, requestTime, responseTime } = stored;
  const control = (headers.get("cache-control") ?? "").toLowerCase();
  const maxAge = /^(?:[^"]*,)?[ \t]*max-age=(\d+)[ \t]*(?:,|$)/.exec(control);
  const isRead = control.split("max-age").length === (maxAge ? 2 : 1);
  const [age, date, vary] = [headers.get("age"), headers.get("date"), headers.get("vary")];
  const isSimple =
    stored.method === "GET" && status === 200 && stored.isOwn && stored.chosenBy === 0 && (statuses?.includes(status) ?? true) &&
    !control.includes("no-store") && !/no-cache\s*=/.test(control) && isRead && (age === null || /^\d+$/.test(age)) &&
    now >= responseTime - CLOCK_SLACK && (date === null || date.toUpperCase().endsWith(" GMT")) &&
    !vary?.split(",").some((name) => /^(\*|cookie|sec-fetch-.*)$/i.test(name.trim()) || request.headers.has(name.trim()));
  if (!isSimple) return undefined;
  // RFC 9111 §4.2.3
  const apparent = Math.floor(Math.max(0, responseTime - Date.parse(date ?? "")) / 1000) * 1000;
  const initial = Math.max(apparent || 0, Number(age) * 1000 + responseTime - requestTime);
  const current = initial + Math.max(0, now - responseTime);
  const ttl = route.ttl === undefined ? undefined : milliseconds(route.ttl);
  const lifetime = ttl ?? (control.includes("no-cache") ? 0 : maxAge ? Math.min(Number(maxAge[1]), 2 ** 31) * 1000 : undefined);
  const isFresh = lifetime !== undefined && current < lifetime;
  const holds = { "cache-only": true, "cache-first": ttl === undefined || isFresh, "http": isFresh, "stale-while-revalidate": isFresh, "network-first": false, "network-only": false };
  if (!holds[strategy]) return undefined;
  // Without a lifetime of its own it holds for as long as Rust said when it was stored.
  const left = Math.floor((lifetime ?? (stored.expires ?? responseTime) - responseTime + initial) / 1000) - Math.floor(current / 1000);
  headers.set("age", String(Math.floor(current / 1000)));
  headers.append("cache-status", `nearcache; hit; ttl=${left}; detail=indexeddb`);
  return { status, statusText, headers };
}

/** Opens what is there: nothing is made, nor held against who wants to delete it. */
async function open(name: string): Promise<IDBDatabase> {
  const request = indexedDB.open(name);
  request.onupgradeneeded = () => request.transaction?.abort();
  const database = await settled(request);
  database.onversionchange = () => database.close();
  return database;
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
