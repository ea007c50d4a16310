// For React applications: `cache` comes from `nearcache`.
export { useCached, useSuspenseCached } from "../react.js";
export { refresh, type CacheSource, type ShownKey, type Shown, type ShowOptions } from "../observe.js";
