// Vite and webpack find the wasm by themselves.
import { NearcacheError, open } from "nearcache";
import { main } from "./use.js";

window.main = main(open, NearcacheError);
