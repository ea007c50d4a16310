/** What the section "build" of the wasm says, put in by the build. */
declare const BUILD: string;

/** pkg/wasm/nearcache_bg.wasm, gzipped, in Base64, put into the script by the build. */
declare module "#wasm" {
  const text: string;
  export default text;
}

/** Where there is one, it takes a millisecond; a loop takes ten. */
interface Uint8ArrayConstructor {
  fromBase64?(text: string): Uint8Array<ArrayBuffer>;
}

// The few functions of Node.js that are used; all of its types would bring globals that browsers don't have.

declare module "node:fs/promises" {
  interface Entry {
    readonly name: string;
    readonly parentPath: string;
    isFile(): boolean;
  }
  export function readFile(path: URL | string): Promise<Uint8Array<ArrayBuffer>>;
  export function readFile(path: string, encoding: "utf8"): Promise<string>;
  export function readdir(path: string, options: { recursive: true; withFileTypes: true }): Promise<Entry[]>;
  export function writeFile(path: string, content: string): Promise<void>;
}

declare module "node:crypto" {
  interface Hash {
    update(content: Uint8Array): Hash;
    digest(encoding: "base64"): string;
  }
  export function createHash(name: "sha384"): Hash;
}

declare module "node:path" {
  export function join(...parts: string[]): string;
  export function relative(from: string, to: string): string;
  export function resolve(...parts: string[]): string;
}

declare module "node:util" {
  type Options = Record<string, { type: "string" | "boolean"; multiple?: boolean }>;
  type Value<O> = O extends { type: "boolean" } ? boolean : O extends { multiple: true } ? string[] : string;
  export function parseArgs<O extends Options>(config: { args: string[]; options: O; allowPositionals: true }): {
    values: { [K in keyof O]?: Value<O[K]> };
    positionals: string[];
  };
}

declare const process: {
  readonly argv: string[];
  readonly stdout: { write(text: string): void };
  readonly stderr: { write(text: string): void };
  exitCode: number;
};
