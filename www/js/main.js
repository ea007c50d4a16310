// The shop: an address after `#`, the view that belongs to it, and the panel that watches.

import { byId, h } from "./dom.js";
import { journey } from "./journey/journey.js";
import { readSwitches } from "./origin/control.js";
import { panel } from "./panel/panel.js";
import { settings } from "./settings.js";
import { resume, user } from "./shop/api.js";
import { onOpen } from "./shop/caches.js";
import { product } from "./views/product.js";
import { profile } from "./views/profile.js";
import { search } from "./views/search.js";
import { shelf } from "./views/shelf.js";
import { mark, shelves } from "./views/shelves.js";
import { watchPictures } from "./watch/pictures.js";
import { revalidated } from "./watch/requests.js";

/** The views by address; the groups of the pattern are their parameters. */
const VIEWS = [
  [/^\/p\/(?<id>[\w-]+)$/, product],
  [/^\/search$/, search],
  [/^\/me$/, profile],
  [/^\/(c\/(?<category>[\w-]+))?$/, shelf],
];

const main = byId("main");
let shownProduct;
let turn = 0;

/** Draws the view of the current address, anew if it is there already. */
async function show() {
  const mine = (turn += 1);
  const [path, query] = (location.hash.slice(1) || "/").split("?");
  const [match, view] = VIEWS.map(([pattern, view]) => [pattern.exec(path), view]).find(([match]) => match) ?? [null, missing];
  main.setAttribute("aria-busy", "true");
  const { title, content, product } = await view({ ...match?.groups, query: new URLSearchParams(query) }, show).catch(apology);
  if (mine !== turn) return; // a later address came first
  document.title = title === "Everything" ? "Nearby Goods" : `${title} · Nearby Goods`;
  shownProduct = product;
  main.replaceChildren(...content.filter(Boolean));
  main.removeAttribute("aria-busy");
  byId("account").textContent = user() ?? "Log in";
  byId("account").classList.toggle("name", Boolean(user()));
  mark(path);
  if (view !== search) byId("q").value = "";
  document.documentElement.dataset.shown = path;
  draw();
}

const missing = async () => ({ title: "Not here", content: [h("h1", {}, "There is no such page."), h("p", {}, h("a", { href: "#/" }, "To the shop"))] });

function apology(error) {
  const offline = error.code === "origin-unreachable";
  return {
    title: "Sorry",
    content: [h("section", { class: "sorry" },
      h("h1", {}, offline ? "The origin does not answer" : "That did not work"),
      h("p", {}, offline ? "This page was not here before, so there is nothing to show in its place." : error.message),
      h("p", {}, h("a", { href: "#/" }, "To the shop")))],
  };
}

byId("search").addEventListener("submit", (event) => {
  event.preventDefault();
  location.hash = `#/search?${new URLSearchParams({ q: byId("q").value.trim() })}`;
});
addEventListener("hashchange", async () => {
  await show();
  byId("page").scrollTo(0, 0);
  if (getComputedStyle(byId("page")).overflowY === "visible") main.scrollIntoView();
  main.focus({ preventScroll: true });
});

// Revalidations behind a stale answer have no caller to write them down.
onOpen((shop) => shop.on("revalidate", ({ status }) => revalidated(status)));

journey();
watchPictures();
const draw = panel({ show, shelves, product: () => shownProduct });
readSwitches().catch(() => {}); // with the origin stopped, the shop opens all the same
await Promise.all([settings(show), resume(), shelves()]);
await show();
navigator.serviceWorker?.register("/sw.js", { type: "module" });
