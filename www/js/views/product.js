// One product, with its picture fetched through the cache, so that the panel sees it too.

import { h } from "../dom.js";
import { count } from "../format.js";
import { picture, product as read } from "../shop/api.js";
import { home, shop } from "../shop/caches.js";
import { price } from "../settings.js";
import { stars } from "./cards.js";
import { named } from "./shelves.js";

const REMEMBERED = 6;

/** The view of `#/p/{id}`. */
export async function product({ id }) {
  const item = await read(id);
  await remember(item);
  const image = h("img", { class: "hero", alt: item.name, width: 480, height: 480 });
  // The picture comes when it comes; the text does not wait for it.
  picture(item.image).then((url) => {
    image.onload = image.onerror = () => URL.revokeObjectURL(url);
    image.src = url;
  }, () => image.replaceWith(h("p", { class: "hero empty" }, "The picture is not here, and its origin does not answer.")));
  return {
    title: item.name,
    product: id,
    content: [
      h("article", { class: "product" },
        image,
        h("div", { class: "text" },
          h("p", { class: "muted" }, h("a", { href: `#/c/${item.category}` }, named(item.category)), ` · ${item.brand}`),
          h("h1", {}, item.name),
          h("p", { class: "price" }, price(item.price)),
          h("p", { class: "muted" }, stars(item.rating), ` · ${count(item.reviews, "review")} · ${count(item.stock, "piece")} in stock`),
          h("p", {}, item.description),
          h("table", { class: "specs" }, h("tbody", {}, Object.entries(item.specs).map(([name, value]) =>
            h("tr", {}, h("th", { scope: "row" }, name), h("td", {}, value))))),
          h("p", { class: "muted" }, `Version ${item.version} of this entry · alike: `,
            item.related.flatMap((other, at) => [at > 0 && ", ", h("a", { href: `#/p/${other}` }, other)])))),
    ],
  };
}

/** Keeps what was looked at for as long as the tab lives. */
async function remember({ id, name, price, rating, image }) {
  const seen = (await shop.get("recently-viewed")) ?? [];
  const others = seen.filter((other) => other.id !== id);
  await shop.set("recently-viewed", [{ id, name, price, rating, image }, ...others].slice(0, REMEMBERED), { tier: home("session") });
}
