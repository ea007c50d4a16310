// A classic service worker that tells which requests reached it and which it touched. `more` in its URL says what its
// script does besides `serve()`.
const { options, more } = Object.fromEntries(new URL(location.href).searchParams);
const seen = [];
const touched = [];
const path = (url) => new URL(url).pathname;

// Before ours, so that it does not count as another listener.
addEventListener("fetch", ({ request }) => seen.push(path(request.url)));
const { respondWith } = FetchEvent.prototype;
FetchEvent.prototype.respondWith = function (answer) {
  touched.push(path(this.request.url));
  return respondWith.call(this, answer);
};
const native = fetch;
globalThis.fetch = (input, init) => {
  touched.push(`fetch ${path(new Request(input).url)}`);
  return native(input, init);
};
addEventListener("message", ({ data, ports: [port] }) => {
  if (data === "spied") port.postMessage({ seen: seen.splice(0), touched: touched.splice(0) });
});

if (more === "stalled") IDBFactory.prototype.deleteDatabase = () => new EventTarget();

importScripts("/pkg/dist/classic.js");
const given = JSON.parse(options);
if (more === "function") given.routes.push({ match: (request) => request.url.endsWith("/by-function") });
if (more === "pattern") given.routes.push({ match: new URLPattern({ pathname: "/p/:id" }) });
const cache = nearcache.serve(given);
if (more === "route") cache.route("/s/late");
if (more === "listener") addEventListener("fetch", (event) => {
  if (event.request.url.endsWith("/own")) event.respondWith(new Response("own"));
});
