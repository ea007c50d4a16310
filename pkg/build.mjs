// Makes dist/ from src/ and from what wasm-pack left in wasm/ (`make build` at the root does both).
import { execFileSync } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const entry = (name) => here(`src/entry/${name}.ts`);
const tsc = createRequire(import.meta.url).resolve("typescript/package.json").replace("package.json", "bin/tsc");

const wasm = await readFile(here("wasm/nearcache_bg.wasm"));
const compiled = new WebAssembly.Module(wasm);
const [id] = WebAssembly.Module.customSections(compiled, "build");
if (!id) throw new Error("wasm/ is not what shrink.mjs leaves: run `make build`");

/** `#wasm`: the bytes as src/entry/inline.ts takes them */
const inlined = {
  name: "inlined",
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^#wasm$/ }, ({ path }) => ({ path, namespace: "wasm" }));
    onLoad({ filter: /.*/, namespace: "wasm" }, () => ({ contents: gzipSync(wasm, { level: 9 }), loader: "base64" }));
  },
};
const common = {
  bundle: true,
  minify: true,
  ignoreAnnotations: true, // "sideEffects" in package.json speaks of dist/, and would drop src/entry/inline.ts
  legalComments: "none",
  target: ["chrome98", "firefox94", "safari15.4"],
  platform: "neutral",
  external: ["node:*", "react", "vue", "axios"], // the latter are the application's own
  define: { BUILD: JSON.stringify(Buffer.from(id).toString()) },
  alias: { "#glue": here("wasm/nearcache.js") },
  plugins: [inlined],
  logLevel: "warning",
};
/** Without fields in classes, which Firefox parses half as fast, at each start of a worker (decision 0031). */
const forWorkers = {
  ...common,
  supported: Object.fromEntries(["field", "private-field", "private-method", "private-accessor"].map((what) => [`class-${what}`, false])),
};
const frameworks = ["react", "vue", "svelte", "tanstack-query", "axios"];
const modules = ["web", "inline", "slim", "worker", "register", "inspector", "doctor", "vite", "manifest", ...frameworks];

await rm(here("dist"), { recursive: true, force: true });
execFileSync(process.execPath, [tsc, "-p", here(".")], { stdio: "inherit" });
await Promise.all([
  build({ ...common, format: "esm", entryPoints: modules.filter((name) => name !== "worker").map(entry), outdir: here("dist/entry") }),
  build({ ...forWorkers, format: "esm", entryPoints: [entry("worker")], outdir: here("dist/entry") }),
  build({ ...forWorkers, format: "iife", entryPoints: [entry("classic")], outfile: here("dist/classic.js") }),
]);

// npm leaves a file out without a word when an ignore file or a typing error hides it.
const [{ files }] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: here("."), encoding: "utf8" }));
const packed = new Set(files.map(({ path }) => path));
const expected = ["wasm/nearcache_bg.wasm", "dist/classic.js", ...modules.flatMap((name) => [`dist/entry/${name}.js`, `dist/entry/${name}.d.ts`])];
const absent = expected.filter((path) => !packed.has(path));
if (absent.length) throw new Error(`npm would not publish ${absent.join(", ")}`);
