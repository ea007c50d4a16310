// For vite.config: the plugin, and what it consists of.
export { inject, manifest, type ManifestOptions } from "../manifest.js";
export { nearcache, nearcache as default, type VitePlugin, type VitePluginOptions } from "../vite.js";
