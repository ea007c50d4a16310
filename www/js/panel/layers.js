// The names and places of everything that can answer.

/** Tiers in the browser, then layers of the stack, from near to far. */
const NAMES = {
  memory: "Memory", cookie: "Cookie", session: "Session", local: "Local", indexeddb: "IndexedDB", "cache-storage": "Cache API",
  edge: "CloudFront", stage: "API Gateway", function: "Lambda", "lambda-memory": "Lambda memory", shared: "ElastiCache",
  dax: "DAX", table: "DynamoDB", bucket: "S3", origin: "Origin", background: "Background", "origin-unreachable": "No answer",
};

/** How people call it. A layer named `memory` is that of a Lambda container, not ours. */
export const named = (name, kind = "hit") => NAMES[kind !== "hit" && name === "memory" ? "lambda-memory" : name] ?? name;
