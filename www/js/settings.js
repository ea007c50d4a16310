// The visitor's own settings: the theme in localStorage, the currency in a cookie, since a server may want to know it.

import { byId, h } from "./dom.js";
import { home, shop } from "./shop/caches.js";

const THEMES = { auto: "Auto", light: "Light", dark: "Dark" };
const CURRENCIES = { EUR: 1, USD: 1.09, GBP: 0.85, CHF: 0.95 };
const YEAR = "365d";

let currency = "EUR";

/** A price of the catalogue, which counts in euros, in the visitor's currency. */
export const price = (euros) =>
  new Intl.NumberFormat("en", { style: "currency", currency }).format(euros * CURRENCIES[currency]);

/** Reads the settings, applies them, and puts their controls into the footer; `changed` is called after a change. */
export async function settings(changed) {
  const [theme = "auto", chosen = "EUR"] = await shop.getMany(["theme", "currency"]);
  if (chosen in CURRENCIES) currency = chosen;
  apply(theme);
  byId("settings").replaceChildren(
    choice("Theme", THEMES, theme, async (value) => {
      apply(value);
      await shop.set("theme", value, { tier: home("local") });
      changed();
    }),
    choice("Currency", Object.fromEntries(Object.keys(CURRENCIES).map((code) => [code, code])), currency, async (value) => {
      currency = value;
      await shop.set("currency", value, { tier: home("cookie"), ttl: YEAR });
      changed();
    }),
  );
}

function apply(theme) {
  if (theme === "auto") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function choice(label, options, selected, onchange) {
  const list = Object.entries(options).map(([value, text]) => h("option", { value, selected: value === selected }, text));
  return h("label", {}, `${label} `, h("select", { name: label.toLowerCase(), onchange: ({ target }) => onchange(target.value) }, list));
}
