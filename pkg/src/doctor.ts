import { NearcacheError } from "./errors.js";

/** What {@link doctor} found of one answer. */
export interface Finding {
  /**
   * Stable, for filters: `"unreachable"`, `"error-status"`, `"not-stored"`, `"no-freshness"`, `"no-validator"`, `"validator-in-vain"`,
   * `"weak-etag"`, `"vary-any"`, `"vary-cookie"`, `"hidden-headers"`, `"not-immutable"`, `"private-at-the-edge"`, `"edge-error"`.
   */
  code: FindingCode;
  /** `"problem"`: the cache can't help, or not as meant. `"advice"`: it could help more. */
  level: "problem" | "advice";
  /** What is so. */
  what: string;
  /** What to send, or to set, and where. */
  remedy: string;
}

/** See {@link Finding.code}. */
export type FindingCode =
  | "unreachable"
  | "error-status"
  | "not-stored"
  | "no-freshness"
  | "no-validator"
  | "validator-in-vain"
  | "weak-etag"
  | "vary-any"
  | "vary-cookie"
  | "hidden-headers"
  | "not-immutable"
  | "private-at-the-edge"
  | "edge-error";

/** What {@link doctor} says of a URL. */
export interface Diagnosis {
  /** The URL that answered, after redirects. */
  url: string;
  /** Of the first answer; 0 when there was none. */
  status: number;
  /** How long a private cache may answer with it, in milliseconds; `undefined` when the answer doesn't say. */
  fresh: number | undefined;
  /** Whether asking again with its validator was answered by 304; `undefined` when it was not tried. */
  revalidates: boolean | undefined;
  /** Whether an edge says that it had the answer (`X-Cache`, `Age`); `undefined` when it says nothing. */
  edgeHit: boolean | undefined;
  /** What to mend, problems first. */
  findings: Finding[];
}

/** The headers that a cache needs and another origin hides unless it exposes them; Fetch, CORS-safelisted response-header names. */
const NEEDED = ["ETag", "Age", "Date", "Vary"];
/** A content hash in a file's name. */
const HASHED = /[.-](?=[\w-]*\d)[\w-]{8,}\.\w+$/;

/**
 * Asks `url` twice, the second time with the validator of the first answer, and says what keeps a private cache from helping:
 * headers that are missing, hidden from script or wrong, and the setting of CloudFront or API Gateway that mends it. For
 * development: it passes by every cache, and its requests count at the origin.
 *
 * @param init As for `fetch`: credentials, `Authorization` and so on. Only GET is asked.
 * @throws {NearcacheError} `invalid-request` for a URL that cannot be asked.
 * @example
 * const { findings } = await doctor("/api/items");
 * console.table(findings);
 */
export async function doctor(url: string | URL, init?: Omit<RequestInit, "method" | "body" | "cache">): Promise<Diagnosis> {
  let request: Request;
  try {
    request = new Request(url, { ...init, cache: "no-store" });
  } catch (cause) {
    throw new NearcacheError("invalid-request", `${url} cannot be asked for.`, { cause });
  }
  let response: Response;
  try {
    response = await fetch(request.clone());
    await response.arrayBuffer();
  } catch (cause) {
    init?.signal?.throwIfAborted();
    return unreachable(request, cause);
  }
  const { headers, status } = response;
  const isForeign = response.type === "cors";
  const directives = parse(headers.get("cache-control"));
  const fresh = freshness(headers, directives);
  const findings: Finding[] = [];
  const find = (level: Finding["level"], code: FindingCode, what: string, remedy: string) => findings.push({ level, code, what, remedy });

  if (!response.ok) find("problem", "error-status", `It answered ${status}.`, "Ask for what exists; only what the origin means to serve can be judged.");
  if (/error/i.test(headers.get("x-cache") ?? "")) {
    find("problem", "edge-error", `The edge says "${headers.get("x-cache")}".`, "CloudFront made or passed on an error: see its custom error responses, and the origin's time-outs.");
  }
  if (directives.has("no-store")) {
    find("problem", "not-stored", "`no-store` forbids every cache to keep it.", "Where it is a user's own, `private, max-age=0, must-revalidate` with an `ETag` keeps it in that user's browser alone, and saves the body.");
  } else if (fresh === undefined && !(isForeign && !headers.has("cache-control"))) {
    find("advice", "no-freshness", "It doesn't say how long it holds.", "Send `Cache-Control: max-age=…` (or `no-cache` to be asked each time); else a tenth of its age since `Last-Modified` is guessed, or nothing.");
  }
  const vary = (headers.get("vary") ?? "").toLowerCase();
  if (/(^|,)\s*\*\s*(,|$)/.test(vary)) find("problem", "vary-any", "`Vary: *` matches no other request.", "Name the request headers that the answer depends on.");
  if (/(^|,)\s*cookie\s*(,|$)/.test(vary)) {
    find("problem", "vary-cookie", "`Vary: Cookie` depends on what script can't read, and changes with each analytics cookie.", "Tell users apart by `Authorization`, or send `Cache-Control: private` without `Vary: Cookie`.");
  }
  if (isForeign) reportHidden(headers, request, find);
  const path = new URL(response.url || request.url).pathname;
  if (response.ok && HASHED.test(path) && !directives.has("immutable") && (fresh ?? 0) < 86_400_000 * 30) {
    find("advice", "not-immutable", "Its name seems to have a hash of its content, and it is asked for again all the same.", "Send `Cache-Control: public, max-age=31536000, immutable` (CloudFront: a response headers policy for the path).");
  }
  if (directives.has("private") && headers.has("age")) {
    find("problem", "private-at-the-edge", "It is `private`, and yet an edge kept it (`Age`).", "CloudFront: set the behaviour's cache policy to UseOriginCacheControlHeaders, or its minimum TTL to 0; else one user may get another's answer.");
  }
  const revalidates = directives.has("no-store") || !response.ok ? undefined : await revalidate(request, response, find);
  findings.sort((a, b) => Number(a.level === "advice") - Number(b.level === "advice"));
  return { url: response.url || request.url, status, fresh, revalidates, edgeHit: edgeHit(headers), findings };
}

type Find = (level: Finding["level"], code: FindingCode, what: string, remedy: string) => void;

function unreachable(request: Request, cause: unknown): Diagnosis {
  const isForeign = new URL(request.url).origin !== location.origin;
  const finding: Finding = {
    level: "problem",
    code: "unreachable",
    what: `No answer that script may see: ${cause instanceof Error ? cause.message : String(cause)}`,
    remedy: isForeign
      ? "Send `Access-Control-Allow-Origin` on every answer, errors too, and answer the preflight (OPTIONS). API Gateway: `cors` of the API, and of its gateway responses."
      : "See whether the server runs, and what the network panel says.",
  };
  return { url: request.url, status: 0, fresh: undefined, revalidates: undefined, edgeHit: undefined, findings: [finding] };
}

function reportHidden(headers: Headers, request: Request, find: Find): void {
  const hidden = NEEDED.filter((name) => !headers.has(name));
  if (!headers.has("ETag") || !headers.has("Date")) {
    const exposed = headers.get("access-control-expose-headers");
    const star = exposed?.trim() === "*" && request.credentials === "include" ? " `*` exposes nothing when the request has credentials." : "";
    find(
      "advice",
      "hidden-headers",
      `Script can't see ${hidden.join(", ")} of this other origin: absent, or hidden.${star}`,
      "Send `Access-Control-Expose-Headers: ETag, Age, Date, Vary` (CloudFront: CORS of a response headers policy; API Gateway: `exposeHeaders`). Until then the browser's own cache validates.",
    );
  }
}

/** Asks again as a cache would. */
async function revalidate(request: Request, first: Response, find: Find): Promise<boolean | undefined> {
  const [etag, modified] = [first.headers.get("etag"), first.headers.get("last-modified")];
  if (!etag && !modified) {
    // Of another origin it may be hidden, which is said already.
    if (first.type !== "cors") {
      find("advice", "no-validator", "It has neither `ETag` nor `Last-Modified`: each renewal costs the whole body.", "Send an `ETag` made of the content. S3 does; a Lambda function must, and answer `If-None-Match` by 304.");
    }
    return undefined;
  }
  const headers = new Headers(request.headers);
  if (etag) headers.set("If-None-Match", etag);
  else headers.set("If-Modified-Since", modified!);
  let second: Response;
  try {
    second = await fetch(new Request(request, { headers }));
    await second.arrayBuffer();
  } catch {
    request.signal.throwIfAborted();
    find("problem", "validator-in-vain", "With a validator it can't be asked across origins: the preflight fails.", "Allow it: `Access-Control-Allow-Headers: If-None-Match, If-Modified-Since`.");
    return false;
  }
  if (second.status === 304) return true;
  const again = second.headers.get("etag");
  if (etag && again === etag) {
    find("advice", "validator-in-vain", "The same `ETag` was answered by the whole body again.", "CloudFront doesn't answer validators where it forwards cookies: take cookies out of the behaviour's policies. API Gateway's stage cache never does; let the function answer 304.");
  } else if (etag && again && weak(again) === weak(etag)) {
    find("advice", "weak-etag", "Its `ETag` is now weak, now strong, and the whole body came again.", "Compress in one place: at the edge, or at the origin.");
  } else {
    find("advice", "validator-in-vain", "Asked again at once it had changed: its validator helps nobody.", "Make the `ETag` of the content, and not of the time, the host or the request.");
  }
  return false;
}

const weak = (etag: string): string => etag.replace(/^W\//, "").replace(/-gzip"$|-br"$/, '"');

/** How long a private cache may use it (RFC 9111, 4.2.1), in milliseconds. */
function freshness(headers: Headers, directives: Map<string, string>): number | undefined {
  if (directives.has("no-cache")) return 0;
  const seconds = directives.get("max-age");
  if (seconds !== undefined) return /^\d+$/.test(seconds) ? Number(seconds) * 1000 : 0;
  if (!headers.has("expires")) return undefined;
  const until = Date.parse(headers.get("expires")!);
  const from = headers.has("date") ? Date.parse(headers.get("date")!) : Date.now();
  return Number.isNaN(until - from) ? 0 : Math.max(0, until - from);
}

function edgeHit(headers: Headers): boolean | undefined {
  const said = headers.get("x-cache");
  if (said) return /hit/i.test(said);
  return headers.has("age") ? true : undefined;
}

function parse(value: string | null): Map<string, string> {
  const parts = (value ?? "").toLowerCase().matchAll(/([^\s,;="]+)\s*(?:=\s*(?:"([^"]*)"|([^\s,;"]*)))?/g);
  return new Map([...parts].map(([, name, quoted, token]) => [name!, quoted ?? token ?? ""]));
}
