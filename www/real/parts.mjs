// The real services that can stand where the origin's embedded layers do: nginx as the edge, memcached as the stage's
// cache, Redis (or Valkey) as the shared one. Each is a process of ours in a folder of its own, listening on a socket
// in there and nowhere else; Debian's own instances, if there are any, are left alone.

import { existsSync, rmSync } from "node:fs";
import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

import { end, start } from "../../tests/e2e/lib/child.mjs";

const CONFIGURATION = fileURLToPath(new URL("nginx.conf", import.meta.url));
// Debian keeps nginx where only root's PATH leads.
const PATH = [process.env.PATH, "/usr/sbin"].join(delimiter);

const isRoot = process.getuid?.() === 0;

/** Each part: the programs that can be it, its arguments, and what it prints once it listens. */
const PARTS = [
  {
    programs: ["nginx"],
    // Its workers would otherwise change to a user that cannot enter the folder.
    args: (folder) => ["-p", `${folder}/`, "-c", CONFIGURATION, "-e", "stderr", ...(isRoot ? ["-g", "user root;"] : [])],
    ready: /start worker process /,
  },
  {
    programs: ["memcached"],
    args: () => ["-s", "memcached.sock", "-m", "64", "-vv", ...(isRoot ? ["-u", "root"] : [])],
    ready: /server listening/,
  },
  {
    programs: ["redis-server", "valkey-server"],
    args: () => ["--port", "0", "--unixsocket", "redis.sock", "--save", "", "--appendonly", "no", "--maxmemory", "64mb", "--maxmemory-policy", "allkeys-lru"],
    ready: /ready to accept connections/i,
  },
];

const folders = new Set();
process.on("exit", () => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

export class Parts {
  #processes = [];

  /** Starts all of them, in a folder of their own. */
  static async start() {
    const parts = new Parts();
    /** Where their sockets are. */
    parts.folder = await mkdtemp(join(tmpdir(), "nearcache-real-"));
    folders.add(parts.folder);
    const started = await Promise.allSettled(PARTS.map((part) => parts.#start(part)));
    const failed = started.find(({ status }) => status === "rejected");
    if (!failed) return parts;
    await parts.stop();
    throw failed.reason;
  }

  async #start({ programs, args, ready }) {
    const found = programs.map(located).find(Boolean);
    if (!found) throw new Error(`${programs.join(" or ")} is not installed: scripts/setup.sh real`);
    const { child } = await start(found, args(this.folder), { cwd: this.folder, ready, signal: "SIGTERM", tethered: true });
    this.#processes.push(child);
  }

  /** Ends all of them and removes what they kept. */
  async stop() {
    await Promise.all(this.#processes.map(end));
    folders.delete(this.folder);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function located(program) {
  return PATH.split(delimiter).map((folder) => join(folder, program)).find((path) => existsSync(path));
}
