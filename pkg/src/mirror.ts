// What `peek()` has shown, kept on this side of the wasm boundary, which costs more to cross than a Map to read.

import type { Client } from "#glue";

/** Uses noted between two reports; more are dropped, as a busy cache can afford (Caffeine's read buffer). */
const TOUCHES = 256;

interface Shown {
  readonly value: unknown;
  readonly slot: number;
  /** As `Date.now()` counts. */
  readonly expires: number;
  /** The report that its last use is in. */
  report: number;
}

/**
 * A mirror of the memory tier: Rust shows it what was peeked at, and takes back what memory no longer has before
 * the call that changed it returns. Uses go back in one batch a burst.
 */
export class Mirror {
  readonly #start: () => Client;
  #client: Client | undefined;
  readonly #shown = new Map<string, Shown>();
  readonly #keys: (string | undefined)[] = [];
  readonly #touched: number[] = [];
  #report = 0;
  #closed = false;

  constructor(start: () => Client) {
    this.#start = start;
  }

  /** Rust, which is told of this mirror first. */
  get #raw(): Client {
    if (this.#client) return this.#client;
    const client = (this.#client = this.#start());
    client.mirror(
      (key, value, slot, expires) => {
        // Two texts that differ in lone surrogates alone are one key to Rust.
        if (this.#closed || (this.#keys[slot] ?? key) !== key) return;
        this.#keys[slot] = key;
        this.#shown.set(key, { value, slot, expires, report: this.#report });
      },
      (slot) => {
        const key = this.#keys[slot];
        if (key === undefined) return;
        this.#keys[slot] = undefined;
        this.#shown.delete(key);
      },
    );
    return client;
  }

  peek(key: string): unknown {
    const shown = this.#shown.get(key);
    if (shown === undefined || (shown.expires !== Infinity && shown.expires <= Date.now())) return this.#raw.peek(key);
    if (shown.report !== this.#report) this.#touch(shown);
    return shown.value;
  }

  close(): void {
    this.#closed = true;
    this.#shown.clear();
  }

  #touch(shown: Shown): void {
    shown.report = this.#report;
    if (this.#touched.length === 0) queueMicrotask(() => this.#tell());
    if (this.#touched.length < TOUCHES) this.#touched.push(shown.slot);
  }

  #tell(): void {
    if (!this.#closed) this.#raw.touch(Uint32Array.from(this.#touched));
    this.#touched.length = 0;
    this.#report++;
  }
}
