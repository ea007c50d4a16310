// A service worker with an offline queue, whose callbacks tell the page by a channel. `more` in its URL says what they do.
import { serve } from "/pkg/dist/entry/worker.js";

const { queue, more = "", ...options } = JSON.parse(new URL(location.href).searchParams.get("options"));
const channel = new BroadcastChannel("queue");
const note = (what) => async ({ id, method, url, key, attempts }, reason) =>
  channel.postMessage({ what, id, method, path: new URL(url).pathname, key, attempts, reason: reason.code ?? `${reason.status} ${await reason.text()}` });
let tokens = 0;
let owner = "alice";
addEventListener("message", (event) => {
  if (event.data === "stats") event.ports[0].postMessage(cache.stats().queue);
  if (event.data.owner) {
    owner = event.data.owner;
    event.ports[0].postMessage(owner);
  }
});

const cache = serve({
  name: "test", ...options,
  routes: [{
    match: "/s/*",
    queue: {
      ...queue,
      headers: () => ({ Authorization: `Bearer ${++tokens}` }),
      ...(more === "owner" ? { owner: () => owner } : {}),
      onSent: note("sent"),
      onConflict(write, response) {
        note("conflict")(write, response);
        return more === "resolve" ? { headers: { "If-Match": '"2"' }, body: "resolved" } : undefined;
      },
      onFailure: note("failed"),
    },
  }],
});
