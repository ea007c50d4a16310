// Encryption at rest: what Rust's tiers keep is sealed here, by AES-GCM through WebCrypto.
//
// A record's name is an HMAC of its key, by a secret that only the key's owner can make. Each ciphertext has a random
// vector of 96 bits in front, and is bound to the record's name and version: moved or exchanged it is none any more.

import { NearcacheError } from "./errors.js";

/** Up to this size, a body is sealed along with its metadata. */
const INLINE = 3 * 1024;
const IV = 12;

/** What is to be sealed: without metadata, only named. */
type Plain = [key: string, version?: string, meta?: string, body?: string | ArrayBuffer | Blob];
type Named = [name: string, head?: string, body?: ArrayBuffer | null];
type Record = [name: string, version: string, head: string, body?: ArrayBuffer | null];
/** What was sealed; without a body that was not given. */
type Opened = [key: string, meta: string, body?: string | ArrayBuffer | Blob];
/** @internal */
export type Bytes = Uint8Array<ArrayBuffer>;

/** @internal */
export const utf8 = (text: string): Bytes => new TextEncoder().encode(text);
/** @internal */
export const text = (bytes: BufferSource): string => new TextDecoder().decode(bytes);
const base64 = (bytes: Bytes): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
const unbase64 = (text: string): Bytes => Uint8Array.from(atob(text), (char) => char.charCodeAt(0));

/** @internal */
export function join(...parts: Bytes[]): Bytes {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

interface Secrets {
  readonly key: CryptoKey;
  /** Makes names. */
  readonly namer: CryptoKey;
}

/** Seals and unseals with one key, for all tiers of a cache. */
export class Sealer {
  readonly #secrets: Promise<Secrets>;

  /** Throws, or fails each call when `key` is a promise, where it is no key. */
  constructor(key: CryptoKey | PromiseLike<CryptoKey>) {
    this.#secrets = prepare("then" in Object(key) ? key : checked(key));
    // Told by whoever asks it for something.
    this.#secrets.catch(() => {});
  }

  seal(rows: Plain[]): Promise<Named[]> {
    return Promise.all(rows.map((row) => this.#seal(...row)));
  }

  /** `null` where a record is none, or another key's. */
  async unseal(rows: Record[]): Promise<(Opened | null)[]> {
    await this.ready(); // without a key nothing is known of any record
    return Promise.all(rows.map((row) => this.#unseal(...row).catch(() => null)));
  }

  async #seal(key: string, version?: string, meta?: string, body?: string | ArrayBuffer | Blob): Promise<Named> {
    const { namer } = await this.#secrets;
    const name = `s:${base64(new Uint8Array(await crypto.subtle.sign("HMAC", namer, utf8(key)), 0, 15))}`;
    if (meta === undefined) return [name];
    const kind = typeof body === "string" ? "text" : body instanceof Blob ? `blob:${body.type}` : "bytes";
    const bytes = typeof body === "string" ? utf8(body) : new Uint8Array(body instanceof Blob ? await body.arrayBuffer() : body!);
    const isApart = bytes.length > INLINE;
    // JSON has no zero byte, so one ends it.
    const told = utf8(`${JSON.stringify([key, meta, kind, isApart])}\0`);
    const head = isApart ? told : join(told, bytes);
    const context = `${name}\n${version}`;
    const [sealed, apart] = await Promise.all([this.encrypt(head, context), isApart ? this.encrypt(bytes, `${context}\nbody`) : null]);
    return [name, base64(sealed), apart && apart.buffer];
  }

  async #unseal(name: string, version: string, sealed: string, body?: ArrayBuffer | null): Promise<Opened> {
    const context = `${name}\n${version}`;
    const [head, apart] = await Promise.all([
      this.decrypt(unbase64(sealed), context),
      body instanceof ArrayBuffer ? this.decrypt(new Uint8Array(body), `${context}\nbody`) : undefined,
    ]);
    const end = head.indexOf(0);
    const [key, meta, kind, isApart] = JSON.parse(text(head.subarray(0, end))) as [string, string, string, boolean];
    const bytes = isApart ? apart : head.slice(end + 1);
    if (!bytes) return [key, meta];
    if (kind === "text") return [key, meta, text(bytes)];
    return [key, meta, kind === "bytes" ? bytes.buffer : new Blob([bytes], { type: kind.slice(5) })];
  }

  /** Rejects where no key comes, or none of the right kind. */
  async ready(): Promise<void> {
    await this.#secrets;
  }

  /** A text of which only who has the key and knows the context can read `bytes`. */
  async encrypt(bytes: Bytes, context: string): Promise<Bytes> {
    const { key } = await this.#secrets;
    const iv = crypto.getRandomValues(new Uint8Array(IV));
    return join(iv, new Uint8Array(await crypto.subtle.encrypt(bound(iv, context), key, bytes)));
  }

  async decrypt(sealed: Bytes, context: string): Promise<Bytes> {
    const { key } = await this.#secrets;
    return new Uint8Array(await crypto.subtle.decrypt(bound(sealed.subarray(0, IV), context), key, sealed.subarray(IV)));
  }
}

const bound = (iv: Bytes, context: string): AesGcmParams => ({ name: "AES-GCM", iv, additionalData: utf8(context) });

async function prepare(promised: CryptoKey | PromiseLike<CryptoKey>): Promise<Secrets> {
  const key = checked(await promised);
  // The one text that is ever sealed with this vector, so what comes out is known to the key's owners alone.
  const secret = await crypto.subtle.encrypt(bound(new Uint8Array(IV), "names"), key, new Uint8Array(32));
  const namer = await crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  return { key, namer };
}

function checked(key: unknown): CryptoKey {
  const isKey = typeof CryptoKey === "function" && key instanceof CryptoKey && key.algorithm.name === "AES-GCM";
  if (isKey && ["encrypt", "decrypt"].every((usage) => key.usages.includes(usage as KeyUsage))) return key;
  throw new NearcacheError("invalid-option", "Option `encrypt`: expected an AES-GCM CryptoKey that encrypts and decrypts, or a promise of one.", {
    details: { option: "encrypt" },
  });
}
