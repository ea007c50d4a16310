// Everything that can answer a request, from near to far.

/** In the browser, then across the network; `short` is for narrow screens. */
const LAYERS = [
  { id: "memory", name: "Memory", here: true },
  { id: "cookie", name: "Cookie", here: true },
  { id: "session", name: "Session", here: true },
  { id: "local", name: "Local", here: true },
  { id: "indexeddb", name: "IndexedDB", here: true },
  { id: "cache-storage", name: "Cache API", here: true },
  { id: "worker", name: "Service worker", short: "Worker", here: true },
  { id: "http-cache", name: "Browser cache", short: "Browser’s", here: true },
  { id: "edge", name: "CloudFront" },
  { id: "bucket", name: "S3" },
  { id: "stage", name: "API Gateway" },
  { id: "function", name: "Lambda" },
  { id: "container", name: "Lambda memory", short: "Its memory" },
  { id: "shared", name: "ElastiCache" },
  { id: "dax", name: "DAX" },
  { id: "table", name: "DynamoDB" },
];

const OTHERS = { network: "Network", origin: "Origin", background: "Background", "origin-unreachable": "No answer" };

/** The layers in the browser, those of nearcache first. */
export const here = LAYERS.filter(({ here }) => here);

/** The layers of the serverless stack. */
export const there = LAYERS.filter(({ here }) => !here);

/** How people call it. */
export const named = (id) => LAYERS.find((layer) => layer.id === id)?.name ?? OTHERS[id] ?? id;

/** Whether it answers without the network. */
export const isHere = (id) => here.some((layer) => layer.id === id);

/** How deep in the stack it is; a request that got this far passed all before. */
export const depth = (id) => LAYERS.findIndex((layer) => layer.id === id);
