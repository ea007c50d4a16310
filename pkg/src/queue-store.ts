// Where writes wait: a database of its own, which budgets and `clear()` leave alone. With a key all of a write is
// ciphertext but its place and its queue.

import { join, text, utf8, type Bytes, type Sealer } from "./seal.js";

/** A write as it is stored. No secrets: those are asked for anew when it is sent. */
export interface StoredWrite {
  /** Its place in the order. */
  id: number;
  queue: string;
  url: string;
  method: string;
  headers: [name: string, value: string][];
  body: ArrayBuffer | null;
  credentials: RequestCredentials;
  /** Tells a server that has seen it that it is the same one. */
  key: string;
  /** Whose it is, as the application says. */
  owner: string | undefined;
  /** As `Date.now()` counts. */
  queuedAt: number;
  attempts: number;
  /** Not before; and whether the server said so. */
  next: number;
  isTold: boolean;
  /** What the server said; from then on it is not sent again. */
  answer?: { status: number; headers: [string, string][]; body: ArrayBuffer };
}

/** A write under the application's key; what is seen of one that is another key's. */
export interface SealedWrite {
  id: number;
  queue: string;
  queuedAt: number;
  sealed: Bytes;
}

type Stored = StoredWrite | SealedWrite;

const STORE = "writes";
const BY_QUEUE = "queue";

/** The writes of one worker. */
export class QueueStore {
  readonly #name: string;
  readonly #sealer: () => Sealer | undefined;
  #db: Promise<IDBDatabase> | undefined;

  constructor(name: string, sealer: () => Sealer | undefined) {
    this.#name = name;
    this.#sealer = sealer;
  }

  /** Appends a write; resolves to its place once it is on disk. */
  async add(write: Omit<StoredWrite, "id">): Promise<number> {
    const record = await this.#seal(write);
    return this.#run("readwrite", (writes) => writes.add(record)) as Promise<number>;
  }

  async put({ id, ...write }: StoredWrite): Promise<unknown> {
    const record = await this.#seal(write);
    return this.#run("readwrite", (writes) => writes.put({ ...record, id }));
  }

  delete(id: number): Promise<unknown> {
    return this.#run("readwrite", (writes) => writes.delete(id));
  }

  /** As it was added, or as it lies there where it is another key's. */
  async get(id: number): Promise<Stored | undefined> {
    const record: Stored | undefined = await this.#run("readonly", (writes) => writes.get(id));
    return record && this.#unseal(record);
  }

  /** The places of a queue's writes, in order. */
  ids(queue: string): Promise<number[]> {
    return this.#run("readonly", (writes) => writes.index(BY_QUEUE).getAllKeys(queue)) as Promise<number[]>;
  }

  /** Those that are no other key's; of one queue, or of all. */
  async all(queue?: string): Promise<StoredWrite[]> {
    const records: Stored[] = await this.#run("readonly", (writes) => (queue === undefined ? writes.getAll() : writes.index(BY_QUEUE).getAll(queue)));
    return (await Promise.all(records.map((record) => this.#unseal(record)))).filter((write): write is StoredWrite => !isSealed(write));
  }

  async #seal(write: Omit<StoredWrite, "id">): Promise<Omit<StoredWrite, "id"> | Omit<SealedWrite, "id">> {
    const sealer = this.#sealer();
    if (!sealer) return write;
    const { queue, queuedAt, body, answer, ...rest } = write;
    const [sent, got] = [body, answer?.body].map((bytes) => new Uint8Array(bytes ?? new ArrayBuffer(0))) as [Bytes, Bytes];
    const told = { ...rest, sent: body && sent.length, answer: answer && { ...answer, body: null } };
    // JSON has no zero byte, so one ends it.
    return { queue, queuedAt, sealed: await sealer.encrypt(join(utf8(`${JSON.stringify(told)}\0`), sent, got), this.#context(queue)) };
  }

  /** Fails where there is no key to try. */
  async #unseal(record: Stored): Promise<Stored> {
    if (!isSealed(record)) return record;
    const { id, queue, queuedAt, sealed } = record;
    const sealer = this.#sealer();
    await sealer?.ready();
    const bytes = await sealer?.decrypt(sealed, this.#context(queue)).catch(() => undefined);
    if (!bytes) return record;
    const end = bytes.indexOf(0);
    const { sent, answer, ...rest } = JSON.parse(text(bytes.subarray(0, end)));
    const [body, got] = [bytes.slice(end + 1, end + 1 + (sent ?? 0)), bytes.slice(end + 1 + (sent ?? 0))];
    return { ...rest, id, queue, queuedAt, body: sent === null ? null : body.buffer, ...(answer ? { answer: { ...answer, body: got.buffer } } : {}) };
  }

  #context(queue: string): string {
    return `${this.#name}\n${queue}`;
  }

  /** One request in one transaction; once more where the connection turns out to be dead. */
  async #run<T>(mode: IDBTransactionMode, ask: (writes: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    try {
      return await this.#once(mode, ask);
    } catch (error) {
      if ((error as Error).name !== "InvalidStateError") throw error;
      this.#db = undefined;
      return this.#once(mode, ask);
    }
  }

  async #once<T>(mode: IDBTransactionMode, ask: (writes: IDBObjectStore) => IDBRequest<T>): Promise<T> {
    const transaction = (await this.#open()).transaction(STORE, mode, { durability: "strict" });
    const request = ask(transaction.objectStore(STORE));
    return new Promise((resolve, reject) => {
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  }

  #open(): Promise<IDBDatabase> {
    this.#db ??= new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open(this.#name, 1);
      opening.onupgradeneeded = () => {
        opening.result.createObjectStore(STORE, { keyPath: "id", autoIncrement: true }).createIndex(BY_QUEUE, BY_QUEUE);
      };
      opening.onerror = () => reject(opening.error);
      opening.onsuccess = () => {
        const db = opening.result;
        db.onclose = () => (this.#db = undefined);
        db.onversionchange = () => {
          db.close();
          this.#db = undefined;
        };
        resolve(db);
      };
    }).catch((error: unknown) => {
      this.#db = undefined;
      throw error;
    });
    return this.#db;
  }
}

/** Whether it is another key's. */
export function isSealed(record: Stored): record is SealedWrite {
  return "sealed" in record;
}
