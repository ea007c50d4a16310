/** What went wrong, for a program to test. The set grows; no code changes its meaning. */
export type ErrorCode =
  /** The key is empty or too long. */
  | "invalid-key"
  /** An option is unknown, out of range or of the wrong type; `details.option` is its path. */
  | "invalid-option"
  /** The request is none: its URL does not parse, or a field is forbidden. */
  | "invalid-request"
  /** The value cannot be stored, since it cannot be cloned, or the chosen tier cannot hold its kind. */
  | "not-cloneable"
  /** The value is larger than the chosen tier can ever hold. */
  | "too-large"
  /** None of the named tiers exists here, or the chosen one does not. */
  | "tier-unavailable"
  /** The chosen tier failed; `cause` is the platform's own error. */
  | "tier-failed"
  /** The chosen tier is full, and evicting did not help. */
  | "quota-exceeded"
  /** The network failed and nothing stored may be used. */
  | "origin-unreachable"
  /** The loader of `getOrSet` asked for the key that it loads. */
  | "own-key"
  /** `migrate` failed for some entries of an older version, which were dropped. Only told by the `error` event. */
  | "migration-failed"
  /** It took longer than a `timeout` allows. */
  | "timeout"
  /** The cache was closed. */
  | "closed"
  /** The wasm file could not be loaded or started, or is of another build than the script. */
  | "wasm-unavailable"
  /** What a service worker is to precache cannot be had; `details` has the `url`, and the `status` if there was one. */
  | "precache-failed"
  /** A service worker could not be registered or installed; `cause` is the browser's own error, if it told. */
  | "worker-failed";

/** Facts that belong to an error, such as `option`. */
export type ErrorDetails = Readonly<Record<string, unknown>>;

/** Further facts of a {@link NearcacheError}. */
export interface ErrorExtras {
  details?: ErrorDetails | undefined;
  cause?: unknown;
}

/**
 * Every error that nearcache itself throws or rejects with. The message says what to do. Errors of your own
 * loaders, and the `AbortError` of your own signals, pass through as they are.
 */
export class NearcacheError extends Error {
  // The class keeps its name in minified code, and the stack's first line shows it.
  static override readonly name = "NearcacheError";
  static {
    this.prototype.name = "NearcacheError";
  }

  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, extras: ErrorExtras = {}) {
    super(message, "cause" in extras ? { cause: extras.cause } : undefined);
    this.code = code;
    this.details = extras.details ?? {};
  }
}

/** The class itself; Rust constructs its errors with it, so that `instanceof` holds. */
export type NearcacheErrorClass = typeof NearcacheError;
