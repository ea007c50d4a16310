// Just enough to build elements by hand.

type Child = Node | string | false | undefined;
type Attributes = Record<string, string | number | boolean | undefined | ((event: Event) => unknown)>;

/** An element: attributes by name, `on…` functions as listeners; nothings are left out. */
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: (Child | Child[])[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== false));
  return element;
}

/** A button. */
export const button = (text: string, onclick: (event: Event) => unknown, attributes: Attributes = {}): HTMLButtonElement =>
  h("button", { type: "button", onclick, ...attributes }, text);

/** Names and what they stand for. */
export function facts(list: [name: string, value: Child | Child[]][]): HTMLDListElement {
  return h("dl", {}, list.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, ...[value].flat()))));
}

/** A table with a caption that is only heard. A column that begins with a dash holds numbers. */
export function table(caption: string, columns: string[], body: HTMLTableSectionElement): HTMLTableElement {
  const head = (column: string) => {
    const name = column.replace(/^-/, "");
    return h("th", { scope: "col", class: name === column ? name.toLowerCase() : "number" }, name);
  };
  return h("table", { class: caption.toLowerCase() }, h("caption", { class: "heard" }, caption), h("thead", {}, h("tr", {}, columns.map(head))), body);
}
