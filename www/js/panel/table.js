// Tables of figures.

import { h } from "../dom.js";

/** A table with these columns, in a region that scrolls where there is no room. */
export function table(caption, columns, body) {
  return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
    h("table", { class: "figures" }, h("caption", { class: "hidden" }, caption), h("thead", {}, h("tr", {}, columns.map((name) => h("th", { scope: "col" }, name)))), body));
}
