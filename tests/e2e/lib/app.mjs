// A small application of a framework, bundled with the real libraries, its wasm beside the package's own entry.

import { copyFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";
import { compile, compileModule } from "svelte/compiler";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The import map's; its entries for frameworks are bundled. */
const external = {
  name: "nearcache",
  setup: (build) => build.onResolve({ filter: /^nearcache$/ }, ({ path }) => ({ path, external: true })),
};

const svelte = {
  name: "svelte",
  setup(build) {
    build.onLoad({ filter: /apps\/.*\.svelte(\.js)?$/ }, async ({ path }) => {
      const made = path.endsWith(".js") ? compileModule : compile;
      const { js } = made(await readFile(path, "utf8"), { filename: path, dev: true });
      return { contents: js.code, loader: "js" };
    });
  },
};

/** Bundles `tests/e2e/apps/{entry}`, in development mode; resolves to the folder that serves it. */
export async function bundled(entry, options = {}) {
  const folder = await mkdtemp(join(tmpdir(), "nearcache-app-"));
  after(() => rm(folder, { recursive: true }));
  await build({
    entryPoints: [here(`../apps/${entry}`)], outfile: join(folder, "app.js"), bundle: true, format: "esm", logLevel: "error",
    jsx: "automatic", jsxDev: true, conditions: ["development"], plugins: [external, svelte],
    define: { "process.env.NODE_ENV": '"development"', __VUE_OPTIONS_API__: "true", __VUE_PROD_DEVTOOLS__: "false", __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "true" },
    ...options,
  });
  await copyFile(here("../apps/index.html"), join(folder, "index.html"));
  return folder;
}
