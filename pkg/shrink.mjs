// Gives the functions that the wasm imports short names, in the wasm and in its glue. wasm-bindgen's end in a hash
// each, which no compression shortens: 7 KB of what a page downloads.
import { readFile, writeFile } from "node:fs/promises";

const at = (name) => new URL(`wasm/${name}`, import.meta.url);
const IMPORTS = 2; // WebAssembly core, §5.5.5: the id of the import section
const FUNCTION = 0;

const wasm = await readFile(at("nearcache_bg.wasm"));
const glue = await readFile(at("nearcache.js"), "utf8");
const names = new Map(WebAssembly.Module.imports(new WebAssembly.Module(wasm)).map(({ name }, n) => [name, `_${n.toString(36)}`]));

let place = 8; // after magic and version
const parts = [wasm.subarray(0, place)];
while (place < wasm.length) {
  const start = place;
  const id = wasm[place++];
  const size = number();
  const end = place + size;
  parts.push(id === IMPORTS ? section(renamed()) : wasm.subarray(start, end));
  place = end;
}

let count = 0;
const short = glue.replace(/\b\w+(?=: function\b)/g, (name) => (names.has(name) ? (count++, names.get(name)) : name));
if (count !== names.size) throw new Error(`the glue defines ${count} of ${names.size} imports in the way that is known here`);
await writeFile(at("nearcache_bg.wasm"), Buffer.concat(parts));
await writeFile(at("nearcache.js"), short);

/** The import section's entries from `place` on, with short names. */
function renamed() {
  const entries = number();
  const out = [leb(entries)];
  for (let n = 0; n < entries; n++) {
    const module = text();
    const name = text();
    if (wasm[place++] !== FUNCTION) throw new Error(`the import ${name} is no function`);
    out.push(vector(Buffer.from(module)), vector(Buffer.from(names.get(name))), Buffer.from([FUNCTION]), leb(number()));
  }
  return Buffer.concat(out);
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

function leb(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return Buffer.from([...bytes, value]);
}

function vector(bytes) {
  return Buffer.concat([leb(bytes.length), bytes]);
}

function section(content) {
  return Buffer.concat([Buffer.from([IMPORTS]), vector(content)]);
}
