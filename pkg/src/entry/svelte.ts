// For Svelte applications: `cache` comes from `nearcache`.
export { cached, type CachedStore } from "../svelte.js";
export { refresh, type CacheSource, type ShownKey, type Shown, type ShowOptions } from "../observe.js";
