import type { Client } from "#glue";
import { NearcacheError } from "./errors.js";
import { Migration } from "./migrate.js";
import { Sealer } from "./seal.js";
import type { OpenOptions, Stats } from "./types.js";

/** A client that begins to open, and what its statistics lack; what Rust leaves to this side is put in place. */
export function clientOf(Class: typeof Client, options: OpenOptions): { raw: Client; more: () => Partial<Stats> } {
  const { migrate, encrypt } = options ?? {};
  const sealed = encrypt === undefined ? options : { ...options, encrypt: new Sealer(encrypt) };
  if (migrate === undefined) return { raw: new Class(sealed, NearcacheError), more: () => ({}) };
  // The tiers of older versions may have been others.
  const migration = new Migration(migrate, (own) => new Class({ ...sealed, tiers: undefined, ...own }, NearcacheError));
  const raw: Client = new Class({ ...sealed, migrate: () => migration.begin(raw) }, NearcacheError);
  return { raw, more: () => ({ migration: { ...migration.stats } }) };
}
