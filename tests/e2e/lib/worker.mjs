// A service worker of the page, with options of the test's own.

/** Registers a worker with these options; resolves once it controls the page, or to the error. */
export function register(tab, type, script, options) {
  return tab.evaluate(async (type, script, options) => {
    const url = `${script}?options=${encodeURIComponent(JSON.stringify({ name: "test", ...options }))}`;
    return refusal(async () => {
      const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
      await navigator.serviceWorker.register(url, { type, scope: "/" });
      await controlled;
    });
  }, type, script, options);
}

/** What plain `fetch` gets in the page, the worker behind it. */
export const got = (tab, url, init) => tab.evaluate((url, init) => seen(fetch(url, init)), url, init);
