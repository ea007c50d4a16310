// For development: what an origin's answers let a cache do. Without the wasm.
export { NearcacheError } from "../errors.js";
export { doctor, type Diagnosis, type Finding, type FindingCode } from "../doctor.js";
