// Several contexts at work on the same keys. Each writes down what it did and saw, in its order and in the time that all
// contexts of the machine share; the test judges.
//
// A lane is a share of the keys: within a lane one call follows the other, so that "before" means something.

const PREFIXES = ["a/", "b/"];
const TAGS = ["red", "blue", "green"];
const now = () => performance.timeOrigin + performance.now();

/** The keys, each with a prefix and a tag of its own for ever. */
export const keys = Array.from({ length: 12 }, (_, at) => ({ key: `${PREFIXES[at % 2]}${at}`, prefix: PREFIXES[at % 2], tag: TAGS[at % 3] }));

/** Values of a few bytes and of more than 4 KB: they are stored differently. */
const value = (by, n) => ({ id: `${by}:${n}`, fill: n % 4 === 0 ? "x".repeat(6_000) : "" });

/** Lets other tasks run, without a timer: those of hidden tabs are slow. */
function breathe(ms = 0) {
  const end = now() + ms;
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => (now() >= end ? (port1.close(), resolve()) : port2.postMessage(0));
    port2.postMessage(0);
  });
}

/**
 * Works on `cache` for `ms`. Resolves to what happened, one `{ op, key | prefix | tag, id, from, to }` a call:
 * "set" wrote `id`, "get" and "peek" saw it (`null` is nothing), "gone" removed.
 */
export async function hammer(cache, by, ms) {
  const events = [];
  const end = now() + ms;
  let n = 0;
  const done = (event, from) => events.push({ ...event, from, to: now() });
  const lanes = [0, 1, 2].map(async (lane) => {
    const mine = keys.filter((_, at) => at % 3 === lane);
    while (now() < end) {
      const { key, prefix, tag } = mine[Math.floor(Math.random() * mine.length)];
      const dice = Math.random();
      const from = now();
      if (dice < 0.35) {
        const id = `${by}:${n += 1}`;
        events.push({ op: "write", key, id, from, to: from });
        await cache.set(key, value(by, n), { tags: [tag] });
        done({ op: "set", key, id }, from);
      } else if (dice < 0.75) {
        const got = await cache.get(key);
        done({ op: "get", key, id: got?.id ?? null, whole: !got || got.fill.length === (Number(got.id.split(":")[1]) % 4 === 0 ? 6_000 : 0) }, from);
      } else if (dice < 0.9) {
        done({ op: "peek", key, id: cache.peek(key)?.id ?? null }, from);
      } else if (dice < 0.96) {
        if (dice < 0.93) await cache.delete(key); else await cache.invalidate({ key });
        done({ op: "gone", key }, from);
      } else if (dice < 0.98) {
        await cache.invalidate({ tags: [tag] });
        done({ op: "gone", tag }, from);
      } else {
        await cache.invalidate({ prefix });
        done({ op: "gone", prefix }, from);
      }
      await breathe(1);
    }
  });
  await Promise.all(lanes);
  await cache.flush();
  return events;
}

/** What there is under each key. */
export async function final(cache) {
  return (await cache.getMany(keys.map(({ key }) => key))).map((value) => value?.id ?? null);
}

/** Reads `key` until it holds each of the numbers 1 to `count`; resolves to when each was first seen. */
export async function watch(cache, key, count) {
  const seen = [];
  const end = now() + 15_000;
  while (seen.filter(Boolean).length < count && now() < end) {
    const n = await cache.get(key);
    if (n !== undefined && !seen[n]) seen[n] = now();
    if (n === count) break;
    await breathe(1);
  }
  return seen;
}

/** Writes the numbers 1 to `count` under `key`, a pause between; resolves to when each was set. */
export async function count(cache, key, count) {
  const set = [];
  for (let n = 1; n <= count; n += 1) {
    await new Promise((resolve) => setTimeout(resolve, 40));
    set[n] = now();
    await cache.set(key, n);
  }
  return set;
}
