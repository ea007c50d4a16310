// The command `nearcache-manifest`.

import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import { parseArgs } from "node:util";

import { inject, manifest } from "./manifest.js";

/** What `--help` and every refusal print. */
const USAGE = `usage: nearcache-manifest FOLDER [--inject FILE | --out FILE] [options]
  FOLDER              what is published, such as dist
  --inject FILE       put the list where FILE, the built worker, says __NEARCACHE_PRECACHE__; FILE is not listed
  --out FILE          write the list to FILE; without either it is printed
  --base PATH         what the folder is served under; default /
  --ignore PATTERN    leave out paths below the folder, such as "/admin/*"; repeatable
  --max-size BYTES    leave out larger files; default 5 MB
  --no-integrity      for servers that change files on the way
`;

/** Runs the command; resolves to what it prints, and how it ends. */
export async function run(args: string[]): Promise<{ output: string; code: number }> {
  const text = { type: "string" } as const;
  const flag = { type: "boolean" } as const;
  const known = { inject: text, out: text, base: text, ignore: { ...text, multiple: true }, "max-size": text, "no-integrity": flag, help: flag } as const;
  try {
    const { values, positionals } = parseArgs({ args, options: known, allowPositionals: true });
    const [folder] = positionals;
    if (values.help) return { output: USAGE, code: 0 };
    if (folder === undefined || positionals.length > 1) throw new Error("name one folder");
    const { inject: worker, out, base = "/", ignore = [] } = values;
    const maxSize = values["max-size"] === undefined ? undefined : Number(values["max-size"]);
    if (Number.isNaN(maxSize)) throw new Error("--max-size takes a number of bytes");
    const left = [worker, out].filter((file) => file !== undefined).map((file) => `/${relative(folder, file).replaceAll("\\", "/")}`);
    const items = await manifest(folder, {
      base,
      ignore: [...ignore, ...left],
      integrity: !values["no-integrity"],
      ...(maxSize === undefined ? {} : { maxSize }),
    });
    if (worker !== undefined) await inject(worker, items);
    const list = `${JSON.stringify(items, null, 2)}\n`;
    if (out !== undefined) await writeFile(out, list);
    return { output: worker === undefined && out === undefined ? list : `${items.length} files\n`, code: 0 };
  } catch (error) {
    return { output: `nearcache-manifest: ${error instanceof Error ? error.message : error}\n${USAGE}`, code: 1 };
  }
}
