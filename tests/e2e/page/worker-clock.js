// A classic service worker whose clock a page can set: `{ shift }` in milliseconds.
let shift = 0;
const { now } = Date;
Date.now = () => now() + shift;
addEventListener("message", ({ data, ports: [port] }) => {
  if (data.shift === undefined) return;
  shift = data.shift;
  port.postMessage(shift);
});
importScripts("/pkg/dist/classic.js");
nearcache.serve(JSON.parse(new URL(location.href).searchParams.get("options")));
