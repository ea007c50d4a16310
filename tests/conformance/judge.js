// Whether what was seen of a step is what its case wants: of the caller's answer, and of the origin's record.

/** Why a step failed; `null` where it passed. `earlier` are the facts of the steps before. */
export function judge(step, facts, earlier) {
  const before = earlier.at(-1);
  if (before?.strays) return `the step before asked the origin ${before.strays} times more, later`;
  return origin(step, facts) ?? source(step, facts, earlier) ?? details(facts);
}

const differs = (what, wanted, got) => `${what}: wanted ${JSON.stringify(wanted)}, got ${JSON.stringify(got)}`;

/** What reached the origin: how often, and what it was. */
function origin(step, { script, asked, expected, place, request, ...facts }) {
  const failed = script.at(-1)?.fail === "reset";
  // A browser repeats by itself what was reset, once for each connection that it had kept open.
  const enough = failed ? asked.length >= script.length : asked.length === script.length;
  if (!enough) return `${differs("requests at the origin", script.length, asked.length)} (the caller got ${told(facts)})`;
  if (asked.length === 0) return expected.sent ? "nothing was sent" : null;
  const [first] = asked;
  const wanted = `/s/${place.id}${request.url ?? "/r"}`;
  if (first.url !== wanted) return differs("asked for", wanted, first.url);
  if (first.method !== (request.method ?? "GET")) return differs("method", request.method ?? "GET", first.method);
  if (request.body !== undefined && first.body !== request.body) return differs("body sent", request.body, first.body);
  for (const [name, value] of Object.entries(expected.sent ?? {})) {
    // Where the origin was asked again, it is the last request that counts.
    const found = asked.at(failed ? 0 : -1).headers[name] ?? null;
    // The order of tags says nothing.
    const same = name === "if-none-match" && found && value ? tags(found) === tags(value) : found === value;
    if (!same) return differs(`${name} sent`, value, found);
  }
  return null;
}

const tags = (list) => list.split(/\s*,\s*/).sort().join(", ");

const told = ({ status, error, headers }) => error ?? `${status}, ${headers["cache-status"] ?? "no Cache-Status"}`;

/** Where the answer came from. */
function source(step, facts, earlier) {
  const { script, expected: { from }, status, error, body, request, type } = facts;
  if (from === "error") return error ? null : `wanted an error, got ${told(facts)}`;
  if (from === "broken") return facts.broken ? null : `wanted a body that breaks off, got ${told(facts)}`;
  if (error) return `wanted ${from}, got an error: ${error}`;
  if (facts.broken) return `wanted ${from}, and the body broke off: ${facts.broken}`;
  const ours = cacheStatus(facts);
  const answer = script.at(-1);
  const stored = earlier.flatMap((one) => one.script).map((one) => one.body);
  const isStored = facts.expected.body !== undefined || request.method === "HEAD" || type === "opaque" || body === "" || stored.some((whole) => whole?.includes(body));
  switch (from) {
    case "gateway-timeout":
      return status === 504 ? null : differs("status", 504, status);
    case "cache":
    case "cache+renew":
      if (type !== "opaque" && !ours.includes("hit")) return differs("Cache-Status", "hit", ours.join("; "));
      return isStored ? null : differs("body", stored, body);
    case "network":
      if (type === "opaque") return null;
      if (!ours.some((parameter) => parameter.startsWith("fwd="))) return differs("Cache-Status", "fwd=…", ours.join("; "));
      if (status !== answer.status) return differs("status", answer.status, status);
      if (request.method !== "HEAD" && body !== answer.body) return differs("body", answer.body, body);
      return handedOn(facts, answer);
    case "validated":
      if (!ours.includes(`fwd-status=${answer.status}`)) return differs("Cache-Status", `fwd-status=${answer.status}`, ours.join("; "));
      if (facts.expected.status === undefined && status === 304) return "the 304 was handed on";
      return isStored ? null : differs("body", stored, body);
    case "stale":
      if (!ours.some((parameter) => parameter.startsWith("fwd="))) return differs("Cache-Status", "fwd=…", ours.join("; "));
      if (answer.status !== undefined && status === answer.status) return `the ${status} was handed on`;
      return isStored ? null : differs("body", stored, body);
    case "combined":
      return ours.some((parameter) => parameter.startsWith("fwd=")) ? null : differs("Cache-Status", "fwd=…", ours.join("; "));
    default:
      return `no such origin of an answer: ${from}`;
  }
}

/** Fields that are the connection's, that browsers keep from scripts, or that are ours to set. */
const OWN = ["connection", "keep-alive", "proxy-authenticate", "set-cookie", "clear-site-data", "cache-status", "transfer-encoding"];

/** A network answer has its headers unharmed. */
function handedOn({ headers, place }, answer) {
  // Another origin's are hidden.
  if (place.isCross) return null;
  const wanted = new Headers(answer.headers);
  const listed = (wanted.get("connection") ?? "").toLowerCase().split(/\s*,\s*/);
  for (const [name, value] of wanted) {
    if (OWN.includes(name) || listed.includes(name)) continue;
    if (headers[name] !== value) return differs(name, value, headers[name]);
  }
  return null;
}

/** What the case says of status, body, headers and Cache-Status. */
function details(facts) {
  const { expected, status, body, headers, type } = facts;
  if (expected.status !== undefined && status !== expected.status) return differs("status", expected.status, status);
  // Nothing of an opaque response can be read.
  if (expected.body !== undefined && type !== "opaque" && body !== expected.body) return differs("body", expected.body, body);
  for (const [name, value] of Object.entries(expected.headers ?? {})) {
    const found = headers[name] ?? null;
    if (found !== value) return differs(name, value, found);
  }
  if (expected.cache_status !== undefined) {
    const ours = ["nearcache", ...cacheStatus(facts).filter((parameter) => !parameter.startsWith("detail="))].join("; ");
    if (ours !== expected.cache_status) return differs("Cache-Status", expected.cache_status, ours);
  }
  return null;
}

/** The parameters of our member of Cache-Status. */
function cacheStatus({ headers }) {
  const members = (headers["cache-status"] ?? "").split(",").map((member) => member.trim().split(/\s*;\s*/));
  return members.findLast(([name]) => name === "nearcache")?.slice(1) ?? [];
}
