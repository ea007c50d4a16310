// The cost meter: what was used and what was spared, priced by a list that can be changed.

import { h } from "../dom.js";
import { bytes, count, dollars, millis, number } from "../format.js";
import { totals } from "../watch/requests.js";
import { cost, costOf, isEdited, list, onPrices, priceOf, setPrice } from "./prices.js";

const MILLION = 1e6;
const HOURS = 730; // in a month

/** The view. */
export function costView() {
  let visits = MILLION;
  const story = h("p", { class: "verdict", id: "cost-said" });
  const used = h("tbody", { id: "used" });
  const hourly = h("tbody", { id: "hourly" });
  const sum = h("strong", { id: "saved" });
  const back = h("button", { type: "button", "data-action": "prices", onclick: () => setPrice() }, "Back to the list prices");
  const amount = h("input", {
    type: "number", id: "visits", min: "1", step: "any", value: visits, inputmode: "numeric",
    oninput({ target }) {
      if (!target.reportValidity() || !target.value) return;
      visits = Number(target.value);
      draw();
    },
  });

  function draw() {
    const { spent, would, ms, wouldMs, hit, revalidated, network, failed } = totals();
    const [is, was] = [cost(spent) * visits, cost(would) * visits];
    const requests = hit + revalidated + network + failed;
    story.textContent = requests
      ? `This visit made ${count(requests, "request")} and waited ${millis(ms)} for them, instead of ${millis(wouldMs)}. ${visits.toLocaleString("en")} visits like it cost ${dollars(is)} a month, instead of ${dollars(was)}.`
      : "Nothing was asked for yet.";
    list.used.forEach((row, at) => {
      const [, , before, after, saved] = used.children[at].children;
      before.textContent = shown(row, would);
      after.textContent = shown(row, spent);
      saved.textContent = dollars((costOf(row, would) - costOf(row, spent)) * visits);
    });
    list.hourly.forEach((row, at) => (hourly.children[at].lastChild.textContent = dollars(priceOf(row) * HOURS)));
    sum.textContent = dollars(was - is);
    back.hidden = !isEdited();
  }

  used.append(...list.used.map((row) => h("tr", { "data-row": row.id }, name(row, per(row)), h("td", {}, price(row)), h("td"), h("td"), h("td"))));
  hourly.append(...list.hourly.map((row) => h("tr", { "data-row": row.id }, name(row, "an hour"), h("td", {}, price(row)), h("td"))));
  onPrices(draw);
  onPrices(() => [...list.used, ...list.hourly].forEach((row) => {
    const field = document.getElementById(`price-${row.id}`);
    if (field !== document.activeElement) field.value = priceOf(row);
  }));

  return {
    element: h("div", { class: "stack" }, story,
      h("label", { class: "visits", for: "visits" }, "Visits a month ", amount),
      h("p", { class: "verdict" }, "Saved a month: ", sum),
      wide("What is billed by use", h("thead", {}, heads("Service", "Price", "Without", "With", "Saved")), used),
      h("h2", {}, "Billed by the hour, used or not"),
      wide("Billed by the hour", h("thead", {}, heads("Service", "Price", "A month")), hourly),
      h("div", { class: "buttons" }, back),
      h("p", { class: "muted" }, `Prices of ${list.region}, as of ${list.checked}, and yours to change. ${list.note}`)),
    draw,
  };
}

const shown = ({ id, unit }, usage) => (unit === "GB" ? bytes(usage[id] * 1e9) : number(usage[id]));

const name = ({ service, what, source }, per) => h("th", { scope: "row" }, h("a", { href: source, target: "_blank", rel: "noopener" }, service), ` ${what}`, h("span", {}, `for ${per}`));

const per = ({ per, unit }) => (per === 1 ? `a ${unit}` : `a million ${unit.replace(/[^s]$/, "$&s")}`);

const price = (row) => h("input", {
  type: "number", id: `price-${row.id}`, min: "0", step: "any", value: priceOf(row), "aria-label": `${row.service}, ${row.what}: price in dollars`,
  onchange: ({ target }) => target.reportValidity() && target.value !== "" && setPrice(row.id, Number(target.value)),
});

const heads = (...names) => h("tr", {}, names.map((text) => h("th", { scope: "col" }, text)));

const wide = (caption, ...parts) => h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
  h("table", { class: "figures prices" }, h("caption", { class: "hidden" }, caption), parts));
