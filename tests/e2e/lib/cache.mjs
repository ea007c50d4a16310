// The few calls that most tests make of the cache in a page.

/** Opens a cache in the page, for `evaluate` to find as `cache`. */
export function open(tab, options = {}) {
  return tab.evaluate(async (options) => void (globalThis.cache = await nearcache.open(options)), { name: "test", ...options });
}

/** Fetches through that cache; resolves to all that a caller could see, with our Cache-Status as `via`. */
export function fetched(tab, url, init) {
  return tab.evaluate((url, init) => seen(cache.fetch(url, init)), url, init);
}

/** How a fetch through that cache fails; `null` where it succeeds. */
export function refused(tab, url, init) {
  return tab.evaluate((url, init) => refusal(() => cache.fetch(url, init)), url, init);
}

/** Waits until everything is committed, then loads the page anew, lets it `prepare`, and opens the cache again. */
export async function reopened(tab, options, prepare) {
  await tab.evaluate(() => cache.flush());
  await tab.reload();
  if (prepare) await tab.evaluate(prepare);
  await open(tab, options);
}

/** Header lists for scripted responses. */
export const headers = (cacheControl, etag) => [
  ["Content-Type", "text/plain"],
  ["Date", "{now}"],
  ["Cache-Control", cacheControl],
  ...(etag ? [["ETag", etag]] : []),
];
