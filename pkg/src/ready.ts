import start, { Client, initSync } from "#glue";
import { NearcacheError } from "./errors.js";

/** Where the wasm comes from: an address, a response, or the bytes. */
type WasmFile = string | URL | Request | Response | BufferSource;

/** Where the wasm comes from: an address, a response, the bytes, or a compiled module. */
export type WasmSource = WasmFile | WebAssembly.Module;

/** A {@link WasmSource}, or what yields one; called when it is needed and not before. */
export type WasmSourceLike = WasmSource | Promise<WasmSource> | (() => WasmSource | Promise<WasmSource>);

let known: WasmSourceLike | undefined;
let atOnce: (() => BufferSource) | undefined;
let pending: Promise<typeof Client> | undefined;
let started = false;
/** Starts what is compiled; pages may not start a large module without a promise. */
let begin: (module: WebAssembly.Module) => unknown = (module) => start({ module_or_path: module });

/**
 * Names the wasm that `init()` takes by itself; each entry file calls it once. Nothing is loaded yet. Where the bytes are
 * inside the script, `now` yields them without a promise.
 * @internal
 */
export function use(source: WasmSourceLike, now?: () => BufferSource): void {
  known = source;
  atOnce = now;
}

/**
 * Loads and starts the wasm. `open()` does so by itself; call this to start earlier, or to say where the wasm
 * is (needed with `nearcache/slim`). Later and concurrent calls share one start; a failed one can be retried.
 *
 * @example
 * await init(); // the wasm is there: open() does not wait for it
 * await init("/pkg/wasm/nearcache_bg.wasm"); // or named; it is started once, whatever a later call says
 */
export async function init(source: WasmSourceLike | undefined = known): Promise<void> {
  known = source; // also for the next try, where this one fails
  await ready();
}

/**
 * The started client class. The generated `start` would instantiate twice when called twice at once.
 * @internal
 */
export function ready(): Promise<typeof Client> {
  return (pending ??= load(known).catch((error: unknown) => {
    pending = undefined;
    throw error;
  }));
}

/**
 * Lets {@link readyNow} be called at any time: a start by promise, if there is one under way, ends without a gap in which
 * a second one would take its place.
 * @internal
 */
export function beginAtOnce(): void {
  begin = (module) => initSync({ module });
}

/**
 * The started client class, at once, where the bytes are inside the script: for workers, which can throw for a wrong
 * option only in the script's first run.
 * @internal
 */
export function readyNow(): typeof Client {
  if (!started) initSync({ module: atOnce?.() as BufferSource });
  started = true;
  pending ??= Promise.resolve(Client);
  return Client;
}

async function load(source: WasmSourceLike | undefined): Promise<typeof Client> {
  try {
    const given = await (typeof source === "function" ? source() : source);
    if (given === undefined) throw unavailable("Nothing says where the wasm is; call `init(source)` first.");
    const module = own(given instanceof WebAssembly.Module ? given : await compile(given as WasmFile));
    if (!started) await begin(module);
    started = true;
  } catch (error) {
    throw error instanceof NearcacheError ? error : unavailable(advice(error), error);
  }
  return Client;
}

async function compile(source: WasmFile): Promise<WebAssembly.Module> {
  if (source instanceof ArrayBuffer || ArrayBuffer.isView(source)) return WebAssembly.compile(checked(source, "The source"));
  const response = source instanceof Response ? source : await fetch(source);
  const name = response.url || "The response";
  if (!response.ok) throw unavailable(`${name} answered ${response.status} instead of the wasm file.`);
  // Compiling while downloading needs the right MIME type, which many a server doesn't send.
  if (response.headers.get("content-type")?.startsWith("application/wasm")) return WebAssembly.compileStreaming(response);
  return WebAssembly.compile(checked(await response.arrayBuffer(), name));
}

/** Refuses what doesn't begin with "\0asm": a page of HTML, most often. */
function checked(bytes: BufferSource, name: string): BufferSource {
  const head = ArrayBuffer.isView(bytes) ? new Uint8Array(bytes.buffer, bytes.byteOffset) : new Uint8Array(bytes);
  if (head[0] === 0 && head[1] === 0x61 && head[2] === 0x73 && head[3] === 0x6d) return bytes;
  throw unavailable(
    `${name} is no wasm file. A development server that answers unknown paths with its HTML page does this: ` +
      `exclude "nearcache" from its pre-bundling (Vite: optimizeDeps.exclude), or import "nearcache/inline".`,
  );
}

/** Refuses the wasm of another build: it would start, and its imports would be the wrong functions. */
function own(module: WebAssembly.Module): WebAssembly.Module {
  const [section] = WebAssembly.Module.customSections(module, "build");
  const found = section && new TextDecoder().decode(section);
  if (found === BUILD) return module;
  const message =
    `The script is of build ${BUILD}, its wasm of ${found ?? "another"}: one of them is an old copy. ` +
    "Deploy both together, and let caches keep only files whose names change with their content.";
  throw new NearcacheError("wasm-unavailable", message, { details: { expected: BUILD, found } });
}

function advice(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return /content security policy|unsafe-eval|\bCSP\b/i.test(text)
    ? "The page's Content-Security-Policy forbids wasm; add 'wasm-unsafe-eval' to script-src."
    : `The wasm could not be started: ${text}`;
}

function unavailable(message: string, cause?: unknown): NearcacheError {
  return new NearcacheError("wasm-unavailable", message, cause === undefined ? {} : { cause });
}
