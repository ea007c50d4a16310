// What a trip through the stack uses of what AWS bills by use.

const ECPU_BYTES = 1024;
const READ_UNIT_BYTES = 8192; // an eventually consistent read of 8 KB is one unit
const LAMBDA_GB = 0.5;
const GB = 1e9;

/** Nothing used, by the names of the price list. */
export const nothing = () => ({ request: 0, transfer: 0, gateway: 0, invocation: 0, compute: 0, ecpu: 0, read: 0, object: 0 });

/** The sum of two usages. */
export const plus = (a, b) => Object.fromEntries(Object.keys(a).map((name) => [name, a[name] + b[name]]));

/** The way through these layers, with `sent` bytes going to the client and `size` being read at the back. */
export function trip(layers, size, sent = size) {
  const took = Object.fromEntries(layers.map(({ layer, ms, outcome }) => [layer, { ms, outcome }]));
  // A function is billed for as long as it waits for what is behind it.
  const inside = ["function", "container", "shared", "dax", "table"].reduce((sum, name) => sum + (took[name]?.ms ?? 0), 0);
  const units = (bytes) => Math.max(1, Math.ceil(size / bytes));
  return {
    request: took.edge ? 1 : 0,
    transfer: sent / GB,
    gateway: took.stage ? 1 : 0,
    invocation: took.function ? 1 : 0,
    compute: took.function ? (inside / 1000) * LAMBDA_GB : 0,
    ecpu: took.shared ? units(ECPU_BYTES) : 0,
    read: took.table?.outcome === "read" ? units(READ_UNIT_BYTES) : 0,
    object: took.bucket ? 1 : 0,
  };
}
