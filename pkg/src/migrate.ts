// Brings along what older versions of a cache stored, entry by entry, through the application's hook.
//
// An entry keeps the version that orders its writes, so whatever is newer here wins, and the old record goes only when
// the new one is committed: a migration that was interrupted begins again with what is left.

import type { Client } from "#glue";
import { NearcacheError } from "./errors.js";
import { matches } from "./invalidate.js";
import type { CacheEntry, InvalidateOptions, MigrationStats, OpenOptions, TierName } from "./types.js";

/** How long the hook may take for an entry, and another context's migration is waited for. */
const HOOK_MS = 5_000;
const LOCK_MS = 15_000;
/** How many entries are brought along at once. */
const BATCH = 64;

type Hook = NonNullable<OpenOptions["migrate"]>;

/** An entry that found no place: where it is, and what it is called and tagged from now on. */
interface Left {
  readonly version: number;
  readonly id: string;
  readonly key: string;
  readonly info: CacheEntry;
}

/** The migration of one cache, as it opens here. */
export class Migration {
  readonly stats: MigrationStats = { migrated: 0, dropped: 0, failed: 0, left: 0 };
  readonly #client: (options: object) => Client;
  readonly #hook: Hook;
  #left: Left[] = [];
  /** What the stores of versions are called of which something is left. */
  readonly #unfinished = new Set<string>();
  #failure: { tier: TierName; why: string } | undefined;

  /** `client` makes one with these options instead of the cache's own. */
  constructor(hook: Hook, client: (options: object) => Client) {
    if (typeof hook !== "function") {
      throw new NearcacheError("invalid-option", "Option `migrate`: expected a function of an entry.", { details: { option: "migrate" } });
    }
    this.#hook = hook;
    this.#client = client;
  }

  /** Called before `raw` opens its tiers; what it resolves to, afterwards. */
  async begin(raw: Client): Promise<(() => Promise<void>) | undefined> {
    const { prefix } = raw;
    const found = (await stores()).map((name) => older(prefix, name)).filter((found) => found?.partition === prefix.split(":")[3]);
    const versions = new Set(found.flatMap((found) => found?.version ?? []));
    if (!versions.size) return undefined;
    const release = await lock(`${prefix}!migrate`);
    return async () => {
      // What went wrong with a version can go well another time.
      for (const version of versions) await this.#bring(raw, version).catch(() => {});
      release();
      const { tier, why } = this.#failure ?? {};
      // When `open` has resolved, and listeners are there.
      if (tier) setTimeout(() => raw.report(tier, `\`migrate\` failed and ${this.stats.failed} entries were dropped; the first time: ${why}`));
    };
  }

  /**
   * What was removed must not come back with what is left: what `what` names goes from the older versions too; without
   * it, all that is there.
   */
  async forget(raw: Client, what?: InvalidateOptions): Promise<void> {
    const gone = this.#left.filter(({ key, info }) => !what || names(what, key, info));
    const failures: unknown[] = [];
    for (const version of new Set(gone.map(({ version }) => version))) {
      const dropped = this.#drop(raw, version, gone.filter((left) => left.version === version));
      await dropped.catch((error: unknown) => failures.push(error));
    }
    if (!what) {
      for (const prefix of this.#unfinished) await erase((name) => name.startsWith(prefix));
      this.#unfinished.clear();
    }
    if (failures.length) throw failures[0];
  }

  async #drop(raw: Client, version: number, gone: readonly Left[]): Promise<void> {
    const old = await this.#open(version);
    try {
      await Promise.all(gone.map(async (left) => {
        await raw.adopt(old, left.id, undefined);
        // What its tier failed to give, it may still have.
        if (old.stats().tiers[left.info.tier]?.faults) throw new NearcacheError("tier-failed", `Version ${version} cannot be reached; it may still have ${left.key}.`);
        this.#left = this.#left.filter((other) => other !== left);
        this.stats.left = this.#left.length;
      }));
    } finally {
      await old.close();
    }
  }

  async #open(version: number): Promise<Client> {
    const old = this.#client({ version });
    await old.ready();
    return old;
  }

  async #bring(raw: Client, version: number): Promise<void> {
    const old = await this.#open(version);
    this.#unfinished.add(old.prefix);
    const entries = await old.entries();
    for (let at = 0; at < entries.length; at += BATCH) {
      await Promise.all(entries.slice(at, at + BATCH).map((entry) => this.#move(raw, old, version, ...entry)));
    }
    // What found no place, or a tab of the old version has written meanwhile, is brought along another time.
    const isWhole = Object.values(old.stats().tiers).every(({ faults }) => !faults) && !(await old.entries()).length;
    const { prefix } = old;
    await old.close();
    // A worker leaves it to a page: notes of what was removed from localStorage may be among it.
    if (!isWhole || !attempt(() => globalThis.localStorage)) return;
    await erase((name) => name.startsWith(prefix));
    this.#unfinished.delete(prefix);
  }

  async #move(raw: Client, old: Client, oldVersion: number, key: string, info: CacheEntry, id: string): Promise<void> {
    const value = info.kind === "value" ? { value: await old.get(key) } : {};
    try {
      // One that is past its time can only be loaded anew.
      const made = info.kind === "value" && !info.fresh ? undefined : await inTime(() => this.#hook({ ...info, ...value, key, oldVersion }));
      if (made !== undefined && made !== null && typeof made !== "object") throw new TypeError("it must return the entry, changed or not, or undefined");
      if (await raw.adopt(old, id, made ?? undefined)) {
        this.stats[made ? "migrated" : "dropped"] += 1;
      } else if (info.kind === "response") {
        // The origin has it, and what invalidates it by its URL would not find it there.
        await raw.adopt(old, id, undefined);
        this.stats.dropped += 1;
      } else {
        this.#left.push({ version: oldVersion, id, key: made?.key ?? key, info: { ...info, tags: [...(made?.tags ?? info.tags)] } });
        this.stats.left += 1;
      }
    } catch (error) {
      this.stats.failed += 1;
      this.#failure ??= { tier: info.tier, why: error instanceof Error ? error.message : String(error) };
      await raw.adopt(old, id, undefined).catch(() => {});
    }
  }
}

function names({ key: one, keys = [], prefix, tags = [], match }: InvalidateOptions, key: string, info: CacheEntry): boolean {
  if (one === key || keys.includes(key) || (prefix !== undefined && key.startsWith(prefix))) return true;
  return info.tags.some((tag) => tags.includes(tag)) || matches(match, key, info);
}

async function inTime<T>(call: () => T | PromiseLike<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`it took longer than ${HOOK_MS} ms`)), HOOK_MS);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The version that `name` is of, if it is older than that of the cache whose names start with `prefix`. */
function older(prefix: string, name: string): { version: number; partition: string | undefined } | undefined {
  const [[, own, version], [start, cache, found, partition]] = [prefix.split(":"), name.split(":")];
  return start === "nearcache" && cache === own && Number(found) < Number(version) ? { version: Number(found), partition } : undefined;
}

/** Removes what older versions stored, of every partition. A store that cannot be listed or refuses is left alone: nobody reads it. */
export function sweep(prefix: string): Promise<void> {
  return erase((name) => older(prefix, name) !== undefined);
}

/** What stores there are, as far as they can be reached and listed. */
const storages = (): Storage[] => [attempt(() => globalThis.localStorage), attempt(() => globalThis.sessionStorage)].filter((storage) => storage !== undefined);
const cookies = (): string[] => attempt(() => globalThis.document?.cookie.split(/;\s*/).map((cookie) => cookie.replace(/=.*/s, ""))) ?? [];
const databases = async (): Promise<string[]> => {
  // A sandboxed frame has none, and Chromium leaves a rejection to nobody when asked there. (Files have the same origin.)
  if (globalThis.origin === "null" && globalThis.location?.protocol !== "file:") return [];
  return ((await attempt(() => indexedDB.databases())?.catch(() => [])) ?? []).map(({ name }) => name ?? "");
};
const named = async (): Promise<string[]> => (await attempt(() => caches.keys())?.catch(() => [])) ?? [];

async function stores(): Promise<string[]> {
  const stored = storages().flatMap((storage) => Object.keys(storage));
  return [...stored, ...cookies().map((name) => attempt(() => decodeURIComponent(name)) ?? ""), ...(await databases()), ...(await named())];
}

/** Removes every store, or part of one, whose name is meant. Cookies went one by one. */
async function erase(is: (name: string) => boolean): Promise<void> {
  for (const storage of storages()) Object.keys(storage).filter(is).forEach((key) => storage.removeItem(key));
  for (const name of (await named()).filter(is)) await caches.delete(name);
  for (const name of (await databases()).filter(is)) {
    const deletion = indexedDB.deleteDatabase(name);
    // One that is blocked goes when its last connection does.
    await new Promise((done) => (deletion.onsuccess = deletion.onerror = deletion.onblocked = done));
  }
}

function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

/** Resolves, once nobody else has it or has had it for too long, to what gives it back. */
function lock(name: string): Promise<() => void> {
  return new Promise((granted) => {
    const free = (): void => granted(() => {});
    const held = (): Promise<void> => new Promise((release) => granted(release));
    const { locks } = navigator;
    if (!locks) return free();
    const patience = new AbortController();
    setTimeout(() => patience.abort(), LOCK_MS);
    locks.request(name, { signal: patience.signal }, held).catch(free);
  });
}
