// What the cache has spared: requests, bytes, money.

import { h } from "../dom.js";
import { bytes, count, perMillion } from "../format.js";
import { totals } from "../watch/requests.js";

/** The three numbers. */
export function savings() {
  const element = h("dl", { class: "savings", id: "savings" });
  return {
    element,
    draw() {
      const { hit, revalidated, network, failed, spared, sent, saved } = totals();
      const asked = revalidated + network + failed;
      element.replaceChildren(
        figure("Answered here", String(hit), `${count(asked, "request")} to the origin${failed ? `, ${failed} failed` : ""}`),
        figure("Not sent", bytes(spared), `${bytes(sent)} sent`),
        figure("Saved", perMillion(saved), "by a million visits like this"),
      );
    },
  };
}

const figure = (name, value, more) => h("div", {}, h("dt", {}, name), h("dd", {}, h("strong", {}, value), h("span", {}, more)));
