// What the groups are made of.

import { h } from "../dom.js";

/** A group of controls with a name and a word about it. */
export const group = (name, about, ...controls) =>
  h("fieldset", {}, h("legend", {}, name), about && h("p", { class: "muted" }, about), controls);

/** A switch with its name. */
export const toggle = (name, text, changed, checked = true) =>
  h("label", {}, h("input", { type: "checkbox", role: "switch", name, checked, onchange: ({ target }) => busy(target, () => changed(target.checked, target)) }), text);

/** Marks an element while it works. Unlike a disabled one, it keeps the focus. */
export async function busy(element, work) {
  element.setAttribute("aria-disabled", "true");
  try {
    return await work();
  } finally {
    element.removeAttribute("aria-disabled");
  }
}

/** Whether an element is at work, so that a second press is one too many. */
export const isBusy = (element) => element.hasAttribute("aria-disabled");
