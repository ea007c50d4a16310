// Data that changes, and caches that are told to forget.

import { h } from "../dom.js";
import { count } from "../format.js";
import { control } from "../origin/control.js";
import { revalidating } from "../shop/api.js";
import { shop } from "../shop/caches.js";
import { group } from "./controls.js";

export function data({ app, action }) {
  const again = () => Promise.all([app.shelves(), app.show()]);
  const change = async (behind) => {
    const { changed } = await control("POST", "data", { product: app.product() ?? "all", purge: !behind, behind });
    return `${changed === 1 ? "One price" : `${changed.toLocaleString("en")} prices`} went up by 3 % at the origin${behind ? ", and no cache was told" : ""}. Reload the data to see it.`;
  };
  return group("Data", undefined, h("div", { class: "buttons" },
    action("reload", "Reload data", async () => {
      await revalidating(again);
      return "Everything on this page was revalidated.";
    }),
    action("change", "Change the data", () => change(false)),
    action("behind", "Change it behind the caches", () => change(true)),
    action("invalidate", "Invalidate the catalogue", async () => {
      const removed = await shop.invalidate({ tags: ["catalogue"] });
      await again();
      return `${count(removed, "entry", "entries")} of the catalogue ${removed === 1 ? "is" : "are"} gone, in every tab.`;
    }),
    action("purge", "Purge the origin's layers", async () => {
      await control("POST", "purge", {});
      return "CloudFront and every layer behind it start from nothing. What is in the browser is not affected.";
    })));
}
