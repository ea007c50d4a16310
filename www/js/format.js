// Numbers as people read them.

/** A size in bytes. */
export function bytes(count) {
  if (count < 1000) return `${Math.round(count)} B`;
  if (count < 999_500) return `${(count / 1000).toPrecision(3)} KB`;
  return `${(count / 1_000_000).toPrecision(3)} MB`;
}

/** A time in milliseconds. */
export const millis = (ms) => `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`;

/** A small sum in dollars, by the million of times it is spent. */
export const perMillion = (dollars) => `$${(dollars * 1_000_000).toFixed(2)}`;

/** A count with its noun. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** When something happened, to the second. */
export const clock = (time) => new Date(time).toLocaleTimeString("en-GB");
