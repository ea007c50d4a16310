// What is inside an entry: read on request, since a read counts as a hit and moves it into memory.
import type { NearCache } from "../cache.js";
import type { CacheEntry } from "../types.js";
import { facts, h } from "./dom.js";
import { size } from "./format.js";

const SHOWN = 4000;
const HEADERS = ["Cache-Status", "Content-Type", "Cache-Control", "Age", "ETag", "Last-Modified", "Vary", "X-Cache"];

/** Reads an entry; resolves to what there is to see of it. */
export async function preview(cache: NearCache, key: string, entry: CacheEntry): Promise<HTMLElement> {
  if (entry.kind === "value") return text(written(await cache.get(key)));
  // What else is in the key (a body, chosen headers, an identity) can't be made up again.
  if (key !== `GET ${entry.url}`) return h("p", { class: "muted" }, "It belongs to more than its URL, so it can only be read by the request that it answers.");
  const response = await cache.fetch(entry.url, { cache: "only-if-cached", mode: "same-origin" }).catch(() => undefined);
  if (!response) return h("p", { class: "muted" }, "It can only be read by a request of the kind that it answers.");
  const body = await response.arrayBuffer();
  const headers = HEADERS.map((name) => [name, response.headers.get(name)] as const).filter(([, value]) => value !== null);
  const isText = /json|text|xml|javascript/.test(response.headers.get("content-type") ?? "");
  return h("div", {},
    facts([["Status", `${response.status}`], ["Body", size(body.byteLength)], ...headers.map(([name, value]) => [name, value!] as [string, string])]),
    isText && text(new TextDecoder().decode(body)));
}

const text = (content: string): HTMLElement =>
  h("pre", { tabindex: 0, "aria-label": "Content" }, content.length > SHOWN ? `${content.slice(0, SHOWN)}…` : content);

/** A value as text. */
function written(value: unknown): string {
  if (value instanceof Map || value instanceof Set) return `${value.constructor.name} ${written([...value])}`;
  if (value instanceof Blob) return `Blob of ${size(value.size)}${value.type && `, ${value.type}`}`;
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `${value.constructor.name} of ${size(value.byteLength)}`;
  if (typeof value === "bigint") return `${value}n`;
  try {
    return JSON.stringify(value, null, 2) ?? String(value);
  } catch {
    return String(value); // cycles, or a bigint inside
  }
}
