// Values that tell whether they are whole, and an endless writer of them: what crash tests kill half-way.

/** Small ones stand beside their metadata, large ones apart. */
const SIZES = [100, 6_000, 20_000, 300];

function sum(text) {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash >>> 0;
}

/** The `n`th value of a key. */
export function make(n) {
  const fill = String.fromCharCode(97 + (n % 26)).repeat(SIZES[n % SIZES.length] - 8) + String(n).padStart(8, "0");
  return { n, fill, sum: sum(fill) };
}

/** Which value it is; throws where it is none, or in pieces. */
export function check(value, tags) {
  if (sum(value.fill) !== value.sum || value.fill.length !== make(value.n).fill.length) throw new Error(`in pieces: ${JSON.stringify(value).slice(0, 80)}`);
  if (tags && tags[0] !== `n${value.n}`) throw new Error(`the body of ${value.n} under the metadata of ${tags}`);
  return value.n;
}

const KEYS = ["0", "1", "2", "c"];
/** More than are handed on in one part, and all or none of them. */
const MANY = Array.from({ length: 300 }, (_, at) => `many/${at}`);

/**
 * Writes the keys under `prefix` one by one, some and many at once, from number `n` on; tells of each that is kept, and
 * with 0 of each that was given up for room, or that memory alone keeps since a store refused it: no promise for later.
 */
export async function write(cache, prefix, n, tell) {
  cache.on("evict", ({ key, tier }) => { if (tier !== "memory") tell(key, 0); });
  const refused = () => ["indexeddb", "cache-storage"].some((tier) => cache.stats().tiers[tier].faults > 0);
  const kept = (key, at) => tell(prefix + key, refused() ? 0 : at);
  const options = (n, key) => ({ tags: [`n${n}`], tier: key === "c" ? "cache-storage" : "indexeddb" });
  try {
    for (;; n += 1) {
      const at = n;
      if (n % 8 === 7) {
        await cache.setMany(MANY.map((key) => [prefix + key, at]));
        kept(MANY[0], at);
      } else if (n % 3 === 0) {
        await cache.setMany(KEYS.map((key) => [prefix + key, make(at), options(at, key)]));
        for (const key of KEYS) kept(key, at);
      } else {
        const key = KEYS[n % KEYS.length];
        await cache.set(prefix + key, make(at), options(at, key));
        kept(key, at);
      }
    }
  } catch (error) {
    // A store that others keep busy for too long is no finding here.
    if (error.code !== "tier-failed") throw error;
  }
}
