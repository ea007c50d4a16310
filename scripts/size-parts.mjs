// What each part of the wasm weighs, by the names of its functions: node scripts/size-parts.mjs NAMED.wasm, where
// `make size-parts` makes such a wasm and writes the table into docs/size.md (--write).
// A function that the compiler made of a library's code for one of our types counts for the room of that type.
import { readFile, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";

const [, , file, mode] = process.argv;
const page = new URL("../docs/size.md", import.meta.url);
const LEAST = 0.008; // of the whole; what is less is summed up
const CUSTOM = 0; // WebAssembly core, §5.5.2: the ids of the sections
const IMPORTS = 2;
const CODE = 10;
const DATA = 11;
const FUNCTION_NAMES = 1; // WebAssembly core, appendix 7.4.1

const wasm = await readFile(file);
let place = 8;
let imported = 0;
const bodies = [];
const names = new Map();
const weights = new Map();

while (place < wasm.length) {
  const id = wasm[place++];
  const end = number() + place;
  if (id === IMPORTS) imported = peek();
  if (id === CODE) for (let left = number(); left; left--) skip((size) => bodies.push(size));
  else if (id === CUSTOM && text() === "name") readNames(end);
  else if (id !== CUSTOM) add(id === DATA ? "text and tables" : "imports, exports, types", end - place);
  place = end;
}
bodies.forEach((size, n) => add(room(names.get(imported + n) ?? ""), size));

const total = [...weights.values()].reduce((sum, size) => sum + size, 0);
const sorted = [...weights].sort(([, a], [, b]) => b - a);
const rows = sorted.filter(([, size]) => size >= total * LEAST);
const rest = sorted.slice(rows.length).reduce((sum, [, size]) => sum + size, 0);
rows.push([`${sorted.length - rows.length} more`, rest], ["all", total]);
const code = wasmWithoutNames();
const table = [
  `The page's wasm, ${kilo(code.length)} KB, ${kilo(gzipSync(code, { level: 9 }).length)} KB gzipped:`,
  "",
  "| part | KB | % |",
  "| :-- | --: | --: |",
  ...rows.map(([part, size]) => `| ${part} | ${kilo(size)} | ${((100 * size) / total).toFixed(1)} |`),
].join("\n");

if (mode === "--write") {
  const old = await readFile(page, "utf8");
  await writeFile(page, old.replace(/(<!-- parts -->\n)[^]*(<!-- end -->)/, `$1${table}\n$2`));
} else console.log(table);

/** The room, or the crate, that a function belongs to. */
function room(name) {
  const plain = name.replace(/\[[0-9a-f]+\]/g, "");
  const ours = /nearcache::(\w+)(?:::(\w+))?/.exec(plain);
  if (ours) return ["tier", "browser", "engine"].includes(ours[1]) && ours[2] && !/^[A-Z]/.test(ours[2]) ? `${ours[1]}/${ours[2]}` : ours[1];
  const shim = /^client_\w+/.exec(plain);
  if (shim) return "browser/client";
  const crate = /(indexed_db_futures|tokio|serde_wasm_bindgen|serde|gloo\w*|js_sys|web_sys|wasm_bindgen|dlmalloc|hashbrown|alloc|core|std)\b/.exec(plain);
  return crate ? `crate ${crate[1]}` : "what wasm-bindgen adds";
}

function readNames(end) {
  while (place < end) {
    const kind = wasm[place++];
    const size = number();
    if (kind !== FUNCTION_NAMES) place += size;
    else for (let left = number(); left; left--) names.set(number(), text());
  }
}

/** What is shipped: no custom sections. */
function wasmWithoutNames() {
  const parts = [wasm.subarray(0, 8)];
  for (place = 8; place < wasm.length; ) {
    const start = place;
    const id = wasm[place++];
    place = number() + place;
    if (id !== CUSTOM) parts.push(wasm.subarray(start, place));
  }
  return Buffer.concat(parts);
}

function add(part, size) {
  weights.set(part, (weights.get(part) ?? 0) + size);
}

function skip(found) {
  const size = number();
  found(size);
  place += size;
}

/** The next number, left where it is. All imports are functions: pkg/shrink.mjs checks that. */
function peek() {
  const before = place;
  const value = number();
  place = before;
  return value;
}

/** An unsigned LEB128 number. */
function number() {
  for (let value = 0, shift = 0; ; shift += 7) {
    const byte = wasm[place++];
    value |= (byte & 127) << shift;
    if (byte < 128) return value >>> 0;
  }
}

function text() {
  const length = number();
  return wasm.toString("utf8", place, (place += length));
}

function kilo(bytes) {
  return (bytes / 1024).toFixed(1);
}
