// The event log.
import { button, h, table } from "./dom.js";
import { count, readable, tierName, timeOfDay } from "./format.js";
import type { Journal, Line } from "./journal.js";

/** The view of the log. */
export function eventsView(journal: Journal): { element: HTMLElement; draw(): void } {
  const body = h("tbody");
  const said = h("p", { class: "muted", role: "status" });
  const shown = new Map<number, HTMLElement>();
  let paused = false;

  const pause = button("Pause", () => {
    paused = !paused;
    pause.setAttribute("aria-pressed", String(paused));
    draw();
  }, { "aria-pressed": "false" });
  const clear = button("Clear the log", () => {
    journal.clear();
    draw();
  });

  function draw(): void {
    const { lines } = journal;
    if (paused && lines.length) return;
    said.textContent = lines.length ? `The last ${count(lines.length, "event")}, newest first.` : "Nothing has happened since the inspector was attached.";
    const kept = new Set(lines.map(({ n }) => n));
    for (const [n, row] of shown) if (!kept.has(n)) row.remove(), shown.delete(n);
    for (const line of [...lines].reverse()) {
      if (shown.has(line.n)) continue;
      shown.set(line.n, row(line));
      body.prepend(shown.get(line.n)!);
    }
  }

  return {
    element: h("div", {}, h("div", { class: "bar" }, pause, clear), said, h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Events" },
      table("Events", ["Time", "Event", "What"], body))),
    draw,
  };
}

function row(line: Line): HTMLElement {
  return h("tr", { "data-type": line.type },
    h("td", { class: "number" }, timeOfDay(line.at)),
    h("td", {}, h("span", { class: "mark" }, line.type)),
    h("td", { class: "key" }, what(line)));
}

function what(line: Line): string {
  switch (line.type) {
    case "invalidate": return line.all ? "everything removed" : `${count(line.count, "entry", "entries")} removed`;
    case "error": return `${tierName(line.tier)}: ${line.code}, ${line.message}`;
    case "miss": return readable(line.key);
    case "revalidate": return `${readable(line.key)}: ${line.status || "no answer"}`;
    default: return `${readable(line.key)} in ${tierName(line.tier)}`;
  }
}
