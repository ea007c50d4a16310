// Where writes wait: a database of its own, which budgets and `clear()` leave alone.

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

const STORE = "writes";
const BY_QUEUE = "queue";

/** The writes of one worker. */
export class QueueStore {
  readonly #name: string;
  #db: Promise<IDBDatabase> | undefined;

  constructor(name: string) {
    this.#name = name;
  }

  /** Appends a write; resolves to its place once it is on disk. */
  add(write: Omit<StoredWrite, "id">): Promise<number> {
    return this.#run("readwrite", (writes) => writes.add(write)) as Promise<number>;
  }

  put(write: StoredWrite): Promise<unknown> {
    return this.#run("readwrite", (writes) => writes.put(write));
  }

  delete(id: number): Promise<unknown> {
    return this.#run("readwrite", (writes) => writes.delete(id));
  }

  get(id: number): Promise<StoredWrite | undefined> {
    return this.#run("readonly", (writes) => writes.get(id));
  }

  /** The places of a queue's writes, in order. */
  ids(queue: string): Promise<number[]> {
    return this.#run("readonly", (writes) => writes.index(BY_QUEUE).getAllKeys(queue)) as Promise<number[]>;
  }

  all(): Promise<StoredWrite[]> {
    return this.#run("readonly", (writes) => writes.getAll());
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
