// What the wasm inside a script is unpacked by, against zlib: with the platform's own streams, and without them.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { constants, gzipSync } from "node:zlib";

import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const contents = {
  nothing: Buffer.alloc(0),
  "one letter": Buffer.from("a"),
  "a run": Buffer.alloc(100_000, "a"),
  "a repetition": Buffer.from(`${"abc".repeat(5_000)}d`),
  noise: randomBytes(100_000),
  "the wasm": await readFile(here("../../pkg/wasm/nearcache_bg.wasm")),
};
const ways = {
  "stored blocks": { level: 0 },
  "short matches": { level: 1 },
  "long matches": { level: 9 },
  "the fixed code": { strategy: constants.Z_FIXED },
  "no matches": { strategy: constants.Z_HUFFMAN_ONLY },
};

describe("unpacking", () => {
  let ours;
  before(async () => {
    const { outputFiles } = await build({ entryPoints: [here("../../pkg/src/gunzip.ts")], format: "esm", write: false });
    ours = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
  });

  for (const [what, content] of Object.entries(contents)) {
    it(`gives back ${what}`, async () => {
      for (const [way, options] of Object.entries(ways)) {
        const packed = new Uint8Array(gzipSync(content, options));
        assert.ok(content.equals(ours.gunzipNow(packed)), way);
        assert.ok(content.equals(await ours.gunzip(packed)), `${way}, by a stream`);
      }
    });
  }

  it("does without DecompressionStream", async (t) => {
    const { DecompressionStream } = globalThis;
    t.after(() => (globalThis.DecompressionStream = DecompressionStream));
    delete globalThis.DecompressionStream;
    assert.equal(Buffer.from(await ours.gunzip(new Uint8Array(gzipSync("abc")))).toString(), "abc");
  });
});
