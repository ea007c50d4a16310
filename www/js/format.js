// Numbers as people read them.

/** A size in bytes. */
export function bytes(count) {
  if (count < 1000) return `${Math.round(count)} B`;
  if (count < 999_500) return `${(count / 1000).toPrecision(3)} KB`;
  if (count < 999_500_000) return `${(count / 1_000_000).toPrecision(3)} MB`;
  return `${(count / 1e9).toLocaleString("en", { maximumSignificantDigits: 3 })} GB`;
}

/** A time in milliseconds, in seconds where that reads better. */
export function millis(ms) {
  if (ms < 10) return `${ms.toFixed(1)} ms`;
  return ms < 9_950 ? `${Math.round(ms).toLocaleString("en")} ms` : `${(ms / 1000).toFixed(1)} s`;
}

/** A sum in dollars; small ones with as many digits as they need. */
export function dollars(amount) {
  const digits = amount === 0 || amount >= 1 ? 2 : Math.min(8, 2 - Math.floor(Math.log10(amount)));
  return `$${amount.toLocaleString("en", { minimumFractionDigits: 2, maximumFractionDigits: digits })}`;
}

/** A share of 1. */
export const percent = (share) => `${Math.round(share * 100)}\u00a0%`;

/** A plain number, with few digits. */
export const number = (amount) => amount.toLocaleString("en", { maximumSignificantDigits: amount >= 1000 ? 6 : 3 });

/** A count with its noun. */
export const count = (number, one, many = `${one}s`) => `${number.toLocaleString("en")} ${number === 1 ? one : many}`;

/** When something happened, to the second. */
export const clock = (time) => new Date(time).toLocaleTimeString("en-GB");

/** A path that fits: the API's name says little. */
export const brief = (path) => path.replace("/api/", "").replace(/^\/images\//, "images/").replace("?", " ?");
