// Just enough to build elements by hand.

/** An element: attributes by name, `on…` functions as listeners, children as nodes or text; nothings are left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

/** A function that does it once a frame, however often it is called in it. */
export function onceAFrame(work) {
  let due = false;
  return () => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => {
      due = false;
      work();
    });
  };
}

/** Calls `work` with the width of `element` when it has changed: in the next frame, as it may change sizes in turn. */
export function onWidth(element, work) {
  new ResizeObserver(([{ contentRect: { width } }]) => requestAnimationFrame(() => width && work(width))).observe(element);
}

/** The element of this id. */
export const byId = (id) => document.getElementById(id);
