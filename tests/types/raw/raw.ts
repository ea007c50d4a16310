// What wasm-pack generated has everything that the typed wrapper calls.
import type * as generated from "../../../pkg/wasm/nearcache.js";
import type * as written from "../../../pkg/src/glue.js";
import { holds, type Same } from "../assert.js";

type Missing = Exclude<keyof written.Client, keyof generated.Client>;
holds<Same<Missing, never>>();
type Unwrapped = Exclude<keyof generated.Client, keyof written.Client | symbol>;
holds<Same<Unwrapped, never>>();
