// For `importScripts()` and plain `<script>`: everything of the worker entry on `globalThis.nearcache`.
import * as nearcache from "./worker.js";

declare global {
  var nearcache: typeof import("./worker.js");
}
globalThis.nearcache = { ...nearcache };
