import type { Client } from "#glue";
import { NearcacheError } from "./errors.js";
import { Migration, sweep } from "./migrate.js";
import { Sealer } from "./seal.js";
import type { InvalidateOptions, OpenOptions, Stats } from "./types.js";

/** What Rust leaves to this side of a client. */
export interface Side {
  /** What its statistics lack. */
  stats(): Partial<Stats>;
  /** Called with what is removed, or nothing for everything; resolves when it cannot come back. */
  forget(what?: InvalidateOptions): Promise<void>;
  /** Brings older versions along, or removes them, where that was held back. */
  renew?(): Promise<void>;
}

/** A client that begins to open. `isHeld`: older versions are still in use, and left alone until `renew`. */
export function clientOf(Class: typeof Client, options: OpenOptions, isHeld = false): { raw: Client; side: Side } {
  const { migrate, encrypt } = options ?? {};
  const sealed = { ...options, migrate: undefined, ...(encrypt === undefined ? {} : { encrypt: new Sealer(encrypt) }) };
  // The tiers of older versions may have been others.
  const migration = migrate === undefined ? undefined : new Migration(migrate, (own) => new Class({ ...sealed, tiers: undefined, ...own }, NearcacheError));
  const raw: Client = new Class(migration && !isHeld ? { ...sealed, migrate: () => migration.begin(raw) } : sealed, NearcacheError);
  const renew = async () => {
    if (!migration) return sweep(raw.prefix);
    const bring = await migration.begin(raw);
    await raw.ready();
    await bring?.();
  };
  if (!migration && !isHeld) renew().catch(() => {});
  const stats = () => (migration ? { migration: { ...migration.stats } } : {});
  const forget = async (what?: InvalidateOptions) => migration?.forget(raw, what);
  return { raw, side: isHeld ? { stats, forget, renew } : { stats, forget } };
}
