// Tabs: arrow keys choose one, Tab goes on into what it shows.

import { h } from "../dom.js";

/** The tabs and their panels. Only what is shown is drawn: `{ id, name, element, draw }`. */
export function tabs(views) {
  let here = 0;
  const buttons = views.map(({ id, name }, at) => h("button", {
    type: "button", role: "tab", id: `tab-${id}`, "aria-controls": `view-${id}`, "data-view": id, onclick: () => choose(at),
  }, name));
  const panels = views.map(({ id, element }) => h("div", { role: "tabpanel", id: `view-${id}`, "aria-labelledby": `tab-${id}`, class: "view" }, element));

  function choose(at) {
    here = at;
    buttons.forEach((button, other) => {
      button.setAttribute("aria-selected", other === at);
      button.tabIndex = other === at ? 0 : -1;
      panels[other].hidden = other !== at;
    });
    return draw();
  }

  function move(event) {
    const next = { ArrowRight: here + 1, ArrowLeft: here - 1, Home: 0, End: -1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    choose((next + views.length) % views.length);
    buttons[here].focus();
    buttons[here].scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  const draw = () => views[here].draw?.();
  choose(0);
  return { element: [h("div", { role: "tablist", class: "tabs", "aria-label": "Looking behind the shop", onkeydown: move }, buttons), ...panels], draw };
}
