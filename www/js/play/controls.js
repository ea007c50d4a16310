// What the groups are made of.

import { h } from "../dom.js";

/** A group of controls with a name and a word about it. */
export const group = (name, about, ...controls) =>
  h("fieldset", {}, h("legend", {}, name), about && h("p", { class: "muted" }, about), controls);

/** A switch with its name. */
export const toggle = (name, text, changed, checked = true) =>
  h("label", {}, h("input", { type: "checkbox", role: "switch", name, checked, onchange: ({ target }) => changed(target.checked, target) }), text);
