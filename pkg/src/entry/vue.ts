// For Vue applications: `cache` comes from `nearcache`.
export { useCached, type UseCached } from "../vue.js";
export { refresh, type CacheSource, type ShownKey, type Shown, type ShowOptions } from "../observe.js";
