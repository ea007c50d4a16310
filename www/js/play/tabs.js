// Several tabs. They share what is stored, and one request.

import { h } from "../dom.js";
import { count } from "../format.js";
import { control } from "../origin/control.js";
import { shop } from "../shop/caches.js";
import { group } from "./controls.js";

const TABS = 3;
/** The requests that nobody made before: a page of a list by an order that the shop's links don't use. */
const PATH = "/api/products";
const QUERY = "sort=name&limit=7&page=";
const PAGES = 400;

export function tabs({ action }) {
  return group("Tabs", "Each tab has a memory of its own. The other tiers, and what is on its way, are shared.", h("div", { class: "buttons" },
    h("a", { class: "button", href: location.pathname, target: "_blank", rel: "noopener" }, "Open another tab"),
    action("ask", "Ask from three tabs at once", async () => {
      const query = `${QUERY}${1 + Math.floor(Math.random() * PAGES)}`;
      const frames = await Promise.all(Array.from({ length: TABS }, tab));
      try {
        await shop.invalidate({ url: `${PATH}?${query}` });
        const since = (await control("GET", "log?since=0")).at(-1)?.n ?? 0;
        const answers = await Promise.all(frames.map((frame) => asked(frame, `${PATH}?${query}`)));
        const log = await control("GET", `log?since=${since}`);
        const requests = log.filter((line) => line.path === PATH && line.query === query).length;
        return `${count(answers.filter(Boolean).length, "tab")} asked for the same list at once, and ${count(requests, "request")} reached the origin.`;
      } finally {
        for (const frame of frames) frame.remove();
      }
    })));
}

/** A frame is what a tab is to a cache: a context of its own. Resolves once its cache is open. */
function tab() {
  const frame = h("iframe", { src: "/tab.html", hidden: true, title: "A tab" });
  const ready = new Promise((resolve) => addEventListener("message", function heard({ source, data }) {
    if (source !== frame.contentWindow || data !== "ready") return;
    removeEventListener("message", heard);
    resolve(frame);
  }));
  document.body.append(frame);
  return ready;
}

/** Has a tab fetch; resolves to whether it got its answer. */
function asked(frame, path) {
  const { port1, port2 } = new MessageChannel();
  const answer = new Promise((resolve) => (port1.onmessage = ({ data }) => resolve(data)));
  frame.contentWindow.postMessage(path, location.origin, [port2]);
  return answer;
}
