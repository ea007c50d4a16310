/** The bytes of pkg/wasm/nearcache_bg.wasm, put into the script by the build. */
declare module "#wasm" {
  const bytes: Uint8Array<ArrayBuffer>;
  export default bytes;
}

/** The one function of Node.js that is used; all of its types would bring globals that browsers don't have. */
declare module "node:fs/promises" {
  export function readFile(path: URL): Promise<Uint8Array<ArrayBuffer>>;
}
