// A stored response as IndexedDB has it: the reading half of src/model/wire.rs, for who cannot wait for the wasm.

/** What is known of a stored response without its body. Times are as `Date.now()` counts. */
export interface StoredHead {
  /** Time, counter and node of its write: the greater is the newer. */
  readonly version: readonly number[];
  readonly expires: number | undefined;
  readonly status: number;
  readonly statusText: string;
  /** Whether it came from the own origin without a redirect. */
  readonly isOwn: boolean;
  readonly headers: Headers;
  readonly method: string;
  /** How many of the request's fields `Vary` chose it by. */
  readonly chosenBy: number;
  readonly requestTime: number;
  readonly responseTime: number;
}

/** The format that is understood, as `Meta::encode` begins. */
const FORMAT = 1;
const RESPONSE = 1;

/** Reads `form`; `undefined` where it is no response, of another format, or not in ASCII (lengths count bytes). */
export function storedHead(form: string): StoredHead | undefined {
  if (!/^[\0-\x7f]*$/.test(form)) return undefined;
  const input = reader(form);
  if (input.number() !== FORMAT) return undefined;
  const version = input.version();
  const expires = input.number(); // shifted by one: 0 is "never"
  input.number(); // stale until
  input.number(); // size
  for (let tags = input.number(); tags > 0; tags--) input.text();
  if (input.number() !== RESPONSE) return undefined;
  const status = input.number();
  const statusText = input.text();
  input.text(); // the URL
  const isOwn = input.number() === 0;
  const headers = new Headers(input.fields());
  const method = input.text();
  const chosenBy = input.fields().length;
  const [requestTime, responseTime] = [input.number(), input.number()];
  return { version, expires: expires ? expires - 1 : undefined, status, statusText, isOwn, headers, method, chosenBy, requestTime, responseTime };
}

/** A version by itself, as the note of a `clear` has it. */
export function storedVersion(form: string): readonly number[] {
  return reader(form).version();
}

/** Whether `a` was written before `b`. */
export function isOlder(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((part, at) => part !== b[at]);
  return at >= 0 && (a[at] as number) < (b[at] as number);
}

interface Reader {
  /** A decimal number that ends in `;`. What is no number makes NaN, which is no format. */
  number(): number;
  /** A text behind its length. */
  text(): string;
  version(): number[];
  fields(): [string, string][];
}

/** Not a class: workers' scripts have no private fields (pkg/build.mjs), and what stands for them takes time. */
function reader(form: string): Reader {
  let at = 0;
  const until = (end: string) => {
    const from = at;
    at = form.indexOf(end, from) + 1;
    return at ? Number(form.slice(from, at - 1)) : NaN;
  };
  const number = () => until(";");
  const text = () => {
    const length = until(":");
    return form.slice(at, (at += length));
  };
  const version = () => [number(), number(), number()];
  const fields = () => Array.from({ length: number() }, (): [string, string] => [text(), text()]);
  return { number, text, version, fields };
}
