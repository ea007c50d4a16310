// Which precached responses belong together: the record that installs, activations and answers go by.

/** What one version of the worker has precached. */
export interface Generation {
  /** Of this one install. */
  readonly id: string;
  /** Of the worker's script and list: a worker that is started anew finds its own by it. */
  readonly digest: string;
  /** Where the response of each URL is stored. */
  readonly keys: Readonly<Record<string, string>>;
  /** Being installed; installed; in use; in use by the pages that it loaded. */
  readonly state: "pending" | "ready" | "current" | "old";
  /** The pages of an old one. */
  readonly clients: readonly string[];
}

/** `list` while the generation `own` is being installed: what an earlier install left half done is given up. */
export function begun(list: readonly Generation[], own: Generation): Generation[] {
  return [...list.filter(({ state }) => state !== "pending"), own];
}

/** `list` once the install `id` is complete. */
export function completed(list: readonly Generation[], id: string): Generation[] {
  return list.map((generation) => (generation.id === id ? { ...generation, state: "ready" } : generation));
}

/**
 * `list` once the worker with this digest is active, `clients` being the pages that the one before had. They keep
 * what they were loaded with; a worker that never became active is forgotten; one that is being installed is not.
 */
export function activated(list: readonly Generation[], digest: string, clients: readonly string[]): Generation[] {
  const own = list.filter((one) => one.digest === digest && (one.state === "ready" || one.state === "current")).at(-1);
  const older = new Set(list.flatMap((one) => (one.state === "old" ? one.clients : [])));
  const next = list.flatMap((one, at): Generation[] => {
    if (one === own) return [{ ...one, state: "current" }];
    if (one.state === "current") return [{ ...one, state: "old", clients: clients.filter((id) => !older.has(id)) }];
    return one.state === "ready" && own && at < list.indexOf(own) ? [] : [one];
  });
  return alive(next, clients);
}

/** `list` without the old generations that none of `clients` needs any more. */
export function alive(list: readonly Generation[], clients: readonly string[]): Generation[] {
  return list.flatMap((one) => {
    if (one.state !== "old") return [one];
    const left = one.clients.filter((id) => clients.includes(id));
    return left.length ? [{ ...one, clients: left }] : [];
  });
}

/** Where the response of `url` is stored for the page `client`: with the rest of what the page was loaded with. */
export function place(list: readonly Generation[], url: string, client: string): string | undefined {
  const old = list.find((one) => one.state === "old" && one.clients.includes(client) && url in one.keys);
  return (old ?? list.find(({ state }) => state === "current"))?.keys[url];
}
