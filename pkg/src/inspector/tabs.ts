// Tabs as the ARIA Authoring Practices describe them: arrow keys choose, Tab goes on into the panel.
import { h } from "./dom.js";

/** A panel and its name. */
export interface Tab {
  name: string;
  element: HTMLElement;
}

/** The list of tabs, with its panels; `chosen` is told which one is shown. */
export function tabs(list: Tab[], chosen: (at: number) => void): HTMLElement[] {
  const buttons = list.map(({ name }, at) =>
    h("button", { type: "button", role: "tab", id: `tab-${at}`, "aria-controls": `panel-${at}`, onclick: () => choose(at) }, name));
  const panels = list.map(({ element }, at) =>
    h("div", { role: "tabpanel", id: `panel-${at}`, "aria-labelledby": `tab-${at}`, class: "panel" }, element));

  function choose(at: number): void {
    buttons.forEach((button, other) => {
      button.setAttribute("aria-selected", String(other === at));
      button.tabIndex = other === at ? 0 : -1;
    });
    panels.forEach((panel, other) => (panel.hidden = other !== at));
    chosen(at);
  }

  function move(event: Event): void {
    const { key } = event as KeyboardEvent;
    const here = buttons.findIndex((button) => button.tabIndex === 0);
    const last = buttons.length - 1;
    const steps: Record<string, number> = { ArrowRight: here === last ? 0 : here + 1, ArrowLeft: here === 0 ? last : here - 1, Home: 0, End: last };
    const next = steps[key];
    if (next === undefined) return;
    event.preventDefault();
    choose(next);
    buttons[next]?.focus();
  }

  choose(0);
  return [h("div", { role: "tablist", "aria-label": "Views", class: "tabs", onkeydown: move }, buttons), ...panels];
}
