import type { Duration } from "./types.js";

const UNITS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `value` in milliseconds; NaN where it is no duration. */
export function milliseconds(value: Duration): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/.exec(typeof value === "number" ? `${value}ms` : value) ?? [];
  return unit === undefined ? NaN : Number(number) * UNITS[unit as keyof typeof UNITS];
}
