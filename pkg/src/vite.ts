// The Vite plugin: lists what was built, in the worker that was built with it.

import { join, resolve } from "node:path";

import { inject, manifest, type ManifestOptions } from "./manifest.js";

/** What the plugin takes. */
export interface VitePluginOptions extends Omit<ManifestOptions, "base"> {
  /** The built worker's path below the output folder. Default `"sw.js"`. */
  worker?: string;
}

/** A Vite plugin, as far as Vite needs to know; written out, so that Vite's types are not needed. */
export interface VitePlugin {
  name: string;
  config(config: object, env: { command: string }): { define: Record<string, string> } | undefined;
  configResolved(config: { base: string; root: string; build: { outDir: string } }): void;
  writeBundle: { order: "post"; sequential: true; handler(output: object, bundle: Record<string, unknown>): Promise<void> };
}

/**
 * Fills in `__NEARCACHE_PRECACHE__` in the worker's script; in development it is an empty list.
 *
 * @example
 * const config = { plugins: [nearcache({ worker: "sw.js", ignore: ["/admin/*"] })] };
 * assert.equal(config.plugins[0].name, "nearcache");
 */
export function nearcache({ worker = "sw.js", ignore = [], ...options }: VitePluginOptions = {}): VitePlugin {
  let base = "/";
  let folder = "dist";
  return {
    name: "nearcache",
    config: (_config, { command }) => (command === "serve" ? { define: { __NEARCACHE_PRECACHE__: "[]" } } : undefined),
    configResolved(config) {
      base = config.base;
      folder = resolve(config.root, config.build.outDir);
    },
    writeBundle: {
      order: "post",
      sequential: true,
      async handler(_output, bundle) {
        if (!(worker in bundle)) return; // another environment's build
        const items = await manifest(folder, { ...options, base, ignore: [...ignore, `/${worker}`, "/.vite/*"] });
        await inject(join(folder, worker), items);
      },
    },
  };
}
