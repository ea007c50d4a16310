// For pages under development: the element <nearcache-inspector>, without the wasm.
import { NearcacheInspector } from "../inspector/element.js";

// Not where there are no elements (server-side rendering), and not twice (the package is there twice).
if (globalThis.customElements && !customElements.get("nearcache-inspector")) customElements.define("nearcache-inspector", NearcacheInspector);

export { NearcacheInspector };
