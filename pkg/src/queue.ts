// Writes that wait for the network: kept in order, sent once, with the server's word on each told to the application.

import type { Client } from "#glue";
import { milliseconds } from "./duration.js";
import { NearcacheError } from "./errors.js";
import { locked } from "./locked.js";
import type { WriteMessage } from "./messages.js";
import { isSealed, QueueStore, type StoredWrite } from "./queue-store.js";
import type { ServiceWorkerScope } from "./scope.js";
import type { Sealer } from "./seal.js";
import type { Duration, QueueStats } from "./types.js";

/** A write that waits, or waited. */
export interface QueuedWrite {
  /** Its place in the order. */
  readonly id: number;
  readonly queue: string;
  readonly url: string;
  readonly method: string;
  /** Without secrets. */
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: ArrayBuffer | null;
  /** The value of its idempotency header. */
  readonly key: string;
  /** As `Date.now()` counts. */
  readonly queuedAt: number;
  /** How often it was sent. */
  readonly attempts: number;
}

/** What to send in place of a write that the server's state has overtaken. */
export interface ResolvedWrite {
  body?: BodyInit | null;
  /** Set over the write's own, such as a new `If-Match`. */
  headers?: HeadersInit;
}

/** What a route does with POST, PUT, PATCH and DELETE while the network is away. */
export interface QueueOptions {
  /** Writes of one queue are sent in order, those of several side by side. Default `"writes"`. */
  name?: string;
  /** How long a write is tried before it counts as failed. Default `"7d"`. */
  maxAge?: Duration;
  /** The header by which a server knows a write that it has seen. Default `"Idempotency-Key"`. */
  idempotencyHeader?: string;
  /** Headers that are not stored, besides `Authorization` and the usual tokens. Default: none. */
  secrets?: readonly string[];
  /** The headers that are not stored, asked for whenever a write is sent from the queue. */
  headers?: (write: QueuedWrite) => HeadersInit | PromiseLike<HeadersInit>;
  /**
   * Who is signed in, such as a user's id. A write is sent only while it is who it was when it was queued. Default:
   * whoever it is, so give one where several people use a device.
   */
  owner?: () => string | undefined | PromiseLike<string | undefined>;
  /** A write from the queue was accepted. */
  onSent?: (write: QueuedWrite, response: Response) => void | PromiseLike<void>;
  /** The server answered 409 or 412. What is returned is sent in its place; nothing: the write is dropped. */
  onConflict?: (write: QueuedWrite, response: Response) => ResolvedWrite | void | PromiseLike<ResolvedWrite | void>;
  /** The server refused it for good, or it became too old (`timeout`). The write is dropped. */
  onFailure?: (write: QueuedWrite, reason: Response | NearcacheError) => void | PromiseLike<void>;
}

const WRITES = ["POST", "PUT", "PATCH", "DELETE"];
const SECRETS = ["authorization", "proxy-authorization", "x-api-key", "x-amz-security-token", "x-csrf-token", "x-xsrf-token"];
/** Answers that another attempt may change. */
const PASSING = [408, 425, 429, 500, 502, 503, 504];
/** 401 may be a token that has just expired; a fresh one is asked for. */
const UNAUTHORIZED = 401;
const CONFLICTS = [409, 412];
/** A conflict that comes back this often does not resolve. */
const MOST_CONFLICTS = 10;
const FIRST_BREAK = 1_000;
const LONGEST_BREAK = 3_600_000;
/** Starts the tags of Background Sync. */
const TAG = "nearcache:";

/**
 * The queues of a worker. One replay a queue at a time, in any context; a write is taken off only after the server's
 * answer is on disk, so a worker that dies sends it again only while there is no answer, with the same key.
 * @internal
 */
export class WriteQueue {
  readonly #scope: ServiceWorkerScope;
  readonly #client: () => Client;
  readonly #store: QueueStore;
  readonly #name: string;
  readonly #queues = new Map<string, QueueOptions>();
  readonly #replays = new Map<string, Promise<boolean>>();
  readonly #pending = new Map<string, number>();
  readonly #counts = { sent: 0, conflicts: 0, failed: 0 };
  readonly #tell: (message: WriteMessage) => Promise<void>;
  #next = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `seals`: what encrypts the writes, where they are to be. */
  constructor(scope: ServiceWorkerScope, client: () => Client, name: string, seals: () => Sealer | undefined, tell: (message: WriteMessage) => Promise<void>) {
    this.#scope = scope;
    this.#client = client;
    this.#name = `nearcache-writes:${name}:${scope.registration.scope}`;
    this.#store = new QueueStore(this.#name, seals);
    this.#tell = tell;
  }

  /** Makes a queue known; each name stands for one. */
  add(options: QueueOptions): void {
    const { name = "writes", maxAge } = options;
    if ((this.#queues.get(name) ?? options) !== options) {
      throw new NearcacheError("invalid-option", `routes[].queue.name: ${JSON.stringify(name)} names two queues; give each its own.`, { details: { option: "queue.name" } });
    }
    longest(maxAge);
    this.#queues.set(name, options);
  }

  /** Whether a queue may take the request. A form that is sent by navigating expects a page, and is not queued. */
  static takes({ method, mode }: Request): boolean {
    return WRITES.includes(method) && mode !== "navigate";
  }

  /** Whether it is time to look into the queues: once after the start, and whenever a break is over. */
  isDue(): boolean {
    return this.#queues.size > 0 && Date.now() >= this.#next;
  }

  stats(): QueueStats {
    return { pending: [...this.#pending.values()].reduce((sum, count) => sum + count, 0), ...this.#counts };
  }

  /** Everything that waits, in order. */
  async list(): Promise<QueuedWrite[]> {
    return this.#queues.size ? (await this.#store.all()).map(shown) : [];
  }

  /** Sends it, or keeps it: because the network is away, or because others wait that came before. */
  async handle(request: Request, options: QueueOptions): Promise<Response> {
    const { name = "writes", idempotencyHeader = "Idempotency-Key" } = options;
    const key = request.headers.get(idempotencyHeader) ?? crypto.randomUUID();
    const body = await request.clone().arrayBuffer();
    const headers = new Headers(request.headers);
    headers.set(idempotencyHeader, key);
    const write = { url: request.url, method: request.method, body: body.byteLength ? body : null, credentials: request.credentials };
    if (!(await this.#waiting(name, options))) {
      try {
        return await this.#client().fetch(new Request(request, write.body ? { headers, body } : { headers }));
      } catch (error) {
        if (!["origin-unreachable", "timeout"].includes((error as NearcacheError).code)) throw error;
      }
    }
    for (const secret of [...SECRETS, ...(options.secrets ?? [])]) headers.delete(secret);
    const kept = {
      ...write, queue: name, headers: [...headers], key, owner: await options.owner?.(),
      queuedAt: Date.now(), attempts: 0, next: 0, isTold: false,
    };
    const id = await this.#store.add(kept);
    this.#pending.set(name, (this.#pending.get(name) ?? 0) + 1);
    this.#later(Date.now() + FIRST_BREAK);
    await this.#wake(name);
    await this.#tell({ nearcache: "write", what: "queued", write: shown({ ...kept, id }) });
    return Response.json({ queued: true, id, key }, { status: 202, statusText: "Accepted", headers: { "Nearcache-Queued": key } });
  }

  /** Sends what waits in all queues. With `force` breaks of our own making are over; those that servers ask for are not. */
  async replayAll(force = false): Promise<void> {
    const due = await Promise.all([...this.#queues.keys()].map((name) => this.replay(name, force)));
    if (due.some((isEmpty) => !isEmpty)) await Promise.all([...this.#queues.keys()].map((name) => this.#wake(name)));
  }

  /** Sends what waits in one, in order, up to the first that has to wait on; whether nothing is left to send. */
  replay(name: string, force = false): Promise<boolean> {
    const running = this.#replays.get(name);
    if (running) return running;
    const options = this.#queues.get(name);
    if (!options) return Promise.resolve(true);
    this.#next = Infinity;
    const replay = locked(`${this.#name}:${name}`, () => this.#drain(name, options, force)).finally(async () => {
      this.#replays.delete(name);
      if (this.#next === Infinity) this.#next = Date.now() + LONGEST_BREAK;
    });
    this.#replays.set(name, replay);
    return replay;
  }

  /** The queue that a Background Sync tag stands for. */
  static ofTag(tag: string): string | undefined {
    return tag.startsWith(TAG) ? tag.slice(TAG.length) : undefined;
  }

  async #drain(name: string, options: QueueOptions, force: boolean): Promise<boolean> {
    const owner = await options.owner?.();
    const passed = new Set<number>();
    for (;;) {
      const ids = await this.#store.ids(name);
      this.#pending.set(name, ids.length);
      const id = ids.find((id) => !passed.has(id));
      if (id === undefined) return true;
      const write = await this.#store.get(id);
      const isForeign = write && isSealed(write);
      if (isForeign && isOver(write, options)) {
        await this.#store.delete(id);
        this.#counts.failed++;
        continue;
      }
      if (!write || isForeign || !isMine(write, options, owner)) {
        passed.add(id); // another's, who will be back
        continue;
      }
      if (write.next > Date.now() && (write.isTold || !force)) return this.#later(write.next);
      if (!(write.answer ? await this.#settle(write, options) : await this.#send(write, options))) return this.#later(write.next);
    }
  }

  /** Whether it is done with, one way or another. */
  async #send(write: StoredWrite, options: QueueOptions): Promise<boolean> {
    if (isOver(write, options)) {
      const error = new NearcacheError("timeout", `${write.method} ${write.url} waited for longer than its queue's maxAge.`);
      return this.#done(write, "failed", () => options.onFailure?.(shown(write), error));
    }
    write.attempts++;
    let break_ = Math.min(LONGEST_BREAK, FIRST_BREAK * 2 ** (write.attempts - 1)) * (0.5 + Math.random() / 2);
    let isTold = false;
    try {
      const headers = new Headers(write.headers);
      new Headers(await options.headers?.(shown(write))).forEach((value, header) => headers.set(header, value));
      await this.#store.put(write); // an attempt that nobody lives to see counts
      const { url, method, body, credentials } = write;
      const response = await this.#client().fetch(new Request(url, { method, headers, body, credentials }));
      if (!PASSING.includes(response.status) && response.status !== UNAUTHORIZED) {
        write.answer = { status: response.status, headers: [...response.headers], body: await response.arrayBuffer() };
        await this.#store.put(write);
        return await this.#settle(write, options);
      }
      await response.body?.cancel();
      const after = response.headers.get("retry-after");
      const asked = after === null ? NaN : /^\d+$/.test(after) ? Number(after) * 1_000 : Date.parse(after) - Date.now();
      isTold = asked > 0;
      break_ = isTold ? Math.min(asked, LONGEST_BREAK) : break_;
    } catch {
      // Not sent, not answered, or not noted: it goes again, under the same key.
    }
    write.next = Date.now() + break_;
    write.isTold = isTold;
    await this.#store.put(write);
    return false;
  }

  /** Tells the application what the server said; whether the write is done with. */
  async #settle(write: StoredWrite, options: QueueOptions): Promise<boolean> {
    const { status, headers, body } = write.answer as NonNullable<StoredWrite["answer"]>;
    const response = new Response([204, 205, 304].includes(status) ? null : body, { status, headers });
    if (!CONFLICTS.includes(status)) {
      const tell = status < 400 ? options.onSent : options.onFailure;
      return this.#done(write, status < 400 ? "sent" : "failed", () => tell?.(shown(write), response), status);
    }
    const resolved = write.attempts < MOST_CONFLICTS ? await called(() => options.onConflict?.(shown(write), response)) : undefined;
    if (!resolved) return this.#done(write, "conflict", () => {}, status);
    const { idempotencyHeader = "Idempotency-Key" } = options;
    const fresh = new Headers(write.headers);
    new Headers(resolved.headers).forEach((value, name) => fresh.set(name, value));
    const { answer: _, ...rest } = write;
    const key = crypto.randomUUID(); // another request, not the same one again
    fresh.set(idempotencyHeader, key);
    for (const secret of [...SECRETS, ...(options.secrets ?? [])]) fresh.delete(secret);
    const content = "body" in resolved ? await new Response(resolved.body).arrayBuffer() : write.body;
    await this.#store.put({ ...rest, key, headers: [...fresh], body: content?.byteLength ? content : null, next: 0 });
    return true;
  }

  async #done(write: StoredWrite, what: "sent" | "conflict" | "failed", call: () => unknown, status?: number): Promise<true> {
    await called(call);
    await this.#store.delete(write.id);
    this.#counts[what === "conflict" ? "conflicts" : what]++;
    this.#pending.set(write.queue, Math.max(0, (this.#pending.get(write.queue) ?? 0) - 1));
    await this.#tell({ nearcache: "write", what, write: shown(write), ...(status === undefined ? {} : { status }) });
    return true;
  }

  #later(next: number): false {
    this.#next = Math.min(this.#next, next);
    clearTimeout(this.#timer);
    // For as long as the worker lives; after that an event of its next life finds the break over.
    this.#timer = setTimeout(() => this.replayAll().catch(() => {}), Math.max(0, this.#next - Date.now()));
    return false;
  }

  /** Whether writes that this one has to come after are waiting: another's are none. */
  async #waiting(name: string, options: QueueOptions): Promise<boolean> {
    const count = this.#pending.get(name) ?? (await this.#store.ids(name).catch(() => [])).length;
    this.#pending.set(name, count);
    if (!count) return false;
    const owner = await options.owner?.();
    return (await this.#store.all(name)).some((write) => isMine(write, options, owner));
  }

  /** Asks for a Background Sync, where there is one. */
  async #wake(name: string): Promise<void> {
    await this.#scope.registration.sync?.register(TAG + name).catch(() => {});
  }
}

function isOver({ queuedAt }: { queuedAt: number }, { maxAge }: QueueOptions): boolean {
  return Date.now() - queuedAt > longest(maxAge);
}

/** Whether it may be sent by who is signed in. What was sent already is everybody's to settle. */
function isMine(write: StoredWrite, options: QueueOptions, owner: string | undefined): boolean {
  return !options.owner || write.owner === owner || write.answer !== undefined;
}

function shown({ id, queue, url, method, headers, body, key, queuedAt, attempts }: StoredWrite): QueuedWrite {
  return { id, queue, url, method, headers, body, key, queuedAt, attempts };
}

/** What a callback of the application's gives; what it throws is reported as an uncaught error is, and stops nobody. */
async function called<T>(call: () => T | PromiseLike<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    reportError(error);
    return undefined;
  }
}

function longest(value: Duration = "7d"): number {
  const time = milliseconds(value);
  if (Number.isNaN(time)) throw new NearcacheError("invalid-option", `routes[].queue.maxAge: ${JSON.stringify(value)} is no duration.`, { details: { option: "queue.maxAge" } });
  return time;
}
