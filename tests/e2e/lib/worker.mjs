// A service worker of the page, with options of the test's own.

/** Registers a worker with these options; resolves once it controls the page, or to the error. */
export function register(tab, type, script, options) {
  return tab.evaluate(async (type, script, options) => {
    const url = `${script}${script.includes("?") ? "&" : "?"}options=${encodeURIComponent(JSON.stringify({ name: "test", ...options }))}`;
    return refusal(async () => {
      const controlled = new Promise((resolve) => navigator.serviceWorker.addEventListener("controllerchange", resolve, { once: true }));
      await navigator.serviceWorker.register(url, { type, scope: "/" });
      await controlled;
    });
  }, type, script, options);
}

/** What plain `fetch` gets in the page, the worker behind it. */
export const got = (tab, url, init) => tab.evaluate((url, init) => seen(fetch(url, init)), url, init);

/** What the page's worker answers to a message, over a channel of its own. */
export const ask = (tab, message) => tab.evaluate((message) => new Promise((resolve) => {
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = ({ data }) => resolve(data);
  navigator.serviceWorker.controller.postMessage(message, [port2]);
}), message);

/**
 * Registers the next version of the page's worker; resolves to the state it came to: `"activated"`, `"redundant"` when
 * it could not be installed, or `"installed"` when it waits, which is the end where `skipWaiting` is off.
 */
export function next(tab, options, script = "/worker-module.js", type = "module") {
  return tab.evaluate(async (url, type, ends) => {
    const registration = await navigator.serviceWorker.register(url, { type, scope: "/" });
    const worker = registration.installing ?? registration.waiting ?? registration.active;
    return new Promise((resolve) => {
      const look = () => ends.includes(worker.state) && resolve(worker.state);
      worker.addEventListener("statechange", look);
      look();
    });
  }, `${script}?options=${encodeURIComponent(JSON.stringify({ name: "test", ...options }))}`, type,
  ["activated", "redundant", ...(options.skipWaiting === false ? ["installed"] : [])]);
}

/** Calls a method of the cache in the worker of `worker-hammer.js`, or one of its tools, from a page. */
export const inWorker = (tab, call, ...args) => tab.evaluate(async (call, args) => {
  const { active } = await navigator.serviceWorker.ready;
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => { port1.onmessage = ({ data }) => resolve(data); });
  active.postMessage({ call, args }, [port2]);
  const { result, error } = await answer;
  if (error) throw new Error(error);
  return result;
}, call, args);
