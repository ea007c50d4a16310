// Gives the functions that the wasm imports short names, in the wasm and in its glue, and those that it exports for
// closures. wasm-bindgen's end in a hash each, or are full of them, which no compression shortens: 7 KB of what a page
// downloads. Names that short fit any other build too, so both carry the build's id: the wasm in a section of its own, the
// glue by `build.mjs`. And leaves the glue less to do when a worker's script is started, often for a single answer that
// needs no wasm: one function to parse instead of two for each import that may throw, coders of text when they are needed.
import { createHash } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";

const at = (name) => new URL(`wasm/${name}`, import.meta.url);
const IMPORTS = 2; // WebAssembly core, §5.5.2: the ids of the sections
const EXPORTS = 7;
const CUSTOM = 0;
const FUNCTION = 0;
const MODULE = "./nearcache_bg.js"; // wasm-bindgen's name for the glue, said once an import

const wasm = await readFile(at("nearcache_bg.wasm"));
const glue = await readFile(at("nearcache.js"), "utf8");
const compiled = new WebAssembly.Module(wasm);
const names = new Map(WebAssembly.Module.imports(compiled).map(({ name }, n) => [name, `_${n.toString(36)}`]));
const closures = WebAssembly.Module.exports(compiled).filter(({ name }) => /^wasm_bindgen_.*closures/.test(name));
const exported = new Map(closures.map(({ name }, n) => [name, `$${n.toString(36)}`]));

let place = 8; // after magic and version
const parts = [wasm.subarray(0, place)];
while (place < wasm.length) {
  const start = place;
  const id = wasm[place++];
  const size = number();
  const end = place + size;
  parts.push(id === IMPORTS ? section(id, imports()) : id === EXPORTS ? section(id, exports()) : wasm.subarray(start, end));
  place = end;
}

let count = 0;
const short = light(glue)
  .replace(/\b\w+(?=: (function|caught)\b)/g, (name) => (names.has(name) ? (count++, names.get(name)) : name))
  .replace(/\b(wasm\.)?(wasm_bindgen_\w+)/g, (all, of = "", name) => (exported.has(name) ? `${of}${exported.get(name)}` : all))
  .replace(`"${MODULE}"`, '"_"');
if (count !== names.size) throw new Error(`the glue defines ${count} of ${names.size} imports in the way that is known here`);
const build = createHash("sha256").update(Buffer.concat(parts)).update(short).digest("hex").slice(0, 12);
parts.push(section(CUSTOM, Buffer.concat([vector(Buffer.from("build")), Buffer.from(build)])));
await writeFile(at("nearcache_bg.wasm"), Buffer.concat(parts));
await writeFile(at("nearcache.js"), short);

/** The glue with less to do at its start. */
function light(text) {
  const edits = [
    [/: function\(\) \{ return handleError\((function \([^)]*\) \{[^]*?\n {8}\}), arguments\); \},/g, ": caught($1),"],
    [/^function handleError\(f, args\) \{/m, "function caught(f) {\n    return function () { return handleError(f, arguments); };\n}\n\n$&"],
    [/^let cachedTextDecoder = new TextDecoder\('utf-8', \{ ignoreBOM: true \}\);\ncachedTextDecoder\.decode\(\);$/m, "let cachedTextDecoder;"],
    [/return cachedTextDecoder\.decode\(bytes\);/, "return (cachedTextDecoder ??= new TextDecoder('utf-8', { ignoreBOM: true })).decode(bytes);"],
    // With what each browser of ours has (docs/browsers.md).
    [/^const cachedTextEncoder = new TextEncoder\(\);\n\nif \(!\('encodeInto'[^]*?\n\}$/m, "let cachedTextEncoder;"],
    [/= cachedTextEncoder\./g, "= (cachedTextEncoder ??= new TextEncoder())."],
  ];
  return edits.reduce((text, [from, to]) => {
    const edited = text.replace(from, to);
    if (edited === text) throw new Error(`the glue has nothing like ${from}`);
    return edited;
  }, text);
}

/** The import section's entries from `place` on, with short names. */
function imports() {
  const entries = number();
  const out = [leb(entries)];
  for (let n = 0; n < entries; n++) {
    const module = text();
    const name = text();
    if (module !== MODULE) throw new Error(`${name} is imported from ${module}`);
    if (wasm[place++] !== FUNCTION) throw new Error(`the import ${name} is no function`);
    out.push(vector(Buffer.from("_")), vector(Buffer.from(names.get(name))), Buffer.from([FUNCTION]), leb(number()));
  }
  return Buffer.concat(out);
}

/** The export section's entries from `place` on, with short names for closures. */
function exports() {
  const entries = number();
  const out = [leb(entries)];
  for (let n = 0; n < entries; n++) {
    const name = text();
    const kind = wasm[place++];
    out.push(vector(Buffer.from(exported.get(name) ?? name)), Buffer.from([kind]), leb(number()));
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

function section(id, content) {
  return Buffer.concat([Buffer.from([id]), vector(content)]);
}
