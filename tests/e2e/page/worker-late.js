// A classic service worker that tells a page how often it has started the wasm, by now and before its first answer, and
// what its cache says.
let started = 0;
globalThis.WebAssembly.Instance = new Proxy(WebAssembly.Instance, {
  construct(target, given) {
    started += 1;
    return new target(...given);
  },
});
let atFirst;
const { respondWith } = FetchEvent.prototype;
FetchEvent.prototype.respondWith = function (answer) {
  Promise.resolve(answer).then(() => (atFirst ??= started));
  return respondWith.call(this, answer);
};
importScripts("/pkg/dist/classic.js");
const revive = (_, value) => (value?.regexp ? new RegExp(value.regexp) : value);
const cache = nearcache.serve({ name: "test", ...JSON.parse(new URL(location.href).searchParams.get("options"), revive) });
addEventListener("message", ({ data, ports: [port] }) => {
  if (data === "started at first") port.postMessage(atFirst);
  if (data === "started") port.postMessage(started);
  if (data === "hits") port.postMessage(cache.stats().tiers.indexeddb.hits);
});
