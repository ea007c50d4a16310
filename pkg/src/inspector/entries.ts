// What is stored: search, look at, delete, invalidate.
import type { NearCache } from "../cache.js";
import type { CacheEntry, TierName } from "../types.js";
import { button, facts, h, table } from "./dom.js";
import { cacheStatus, count, lifetime, moment, readable, size, tierName } from "./format.js";
import { preview } from "./preview.js";

/** Rows at a time: a cache may hold ten thousands. */
const PAGE = 100;

type Entry = [key: string, info: CacheEntry];

/** What the element lets the view do. */
interface Host {
  cache(): NearCache;
  say(text: string): void;
  refresh(): Promise<void>;
}

/** The view of the entries. */
export class EntriesView {
  readonly element: HTMLElement;
  readonly #host: Host;
  readonly #body = h("tbody");
  readonly #summary = h("p", { class: "muted", role: "status" });
  readonly #search = h("input", { type: "search", id: "search", placeholder: "Key or tag", autocomplete: "off", spellcheck: "false", oninput: () => this.#filter() });
  readonly #tiers = h("div", { class: "choices", role: "group", "aria-label": "Tier" });
  readonly #more = button("Show more", () => this.#filter(this.#limit + PAGE));
  readonly #remove = button("Invalidate all shown", () => this.#removeFound());
  readonly #rows = new Map<string, Row>();
  #tier: TierName | undefined;
  #all: Entry[] = [];
  #found: Entry[] = [];
  #limit = PAGE;

  constructor(host: Host) {
    this.#host = host;
    this.element = h("div", {},
      h("div", { class: "bar" }, h("label", { for: "search" }, "Search"), this.#search, this.#remove),
      this.#tiers, this.#summary,
      h("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Entries" },
        table("Entries", ["Key", "Tier", "Fresh for", "-Size", "Tags"], this.#body), this.#more));
    this.#body.addEventListener("keydown", (event) => this.#move(event));
  }

  /** Shows what the cache holds now. */
  async draw(cache: NearCache): Promise<void> {
    const all: Entry[] = [];
    for await (const entry of cache.entries()) all.push(entry);
    this.#all = all.sort(([a], [b]) => (a < b ? -1 : 1));
    this.#filter(this.#limit);
  }

  /** Brings the times up to date. */
  tick(): void {
    const now = Date.now();
    for (const row of this.#rows.values()) row.age(now);
  }

  #filter(limit = PAGE): void {
    this.#limit = limit;
    const words = this.#search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const named = ([key, { tags }]: Entry) => words.every((word) => key.toLowerCase().includes(word) || tags.some((tag) => tag.toLowerCase().includes(word)));
    const matching = this.#all.filter(named);
    this.#found = matching.filter(([, { tier }]) => !this.#tier || tier === this.#tier);
    this.#choices(matching);
    const bytes = this.#found.reduce((sum, [, { size }]) => sum + size, 0);
    this.#summary.textContent = this.#found.length ? `${count(this.#found.length, "entry", "entries")}, ${size(bytes)}` : this.#all.length ? "Nothing matches." : "Nothing is stored.";
    this.#remove.disabled = !this.#found.length;
    this.#more.hidden = this.#found.length <= limit;
    this.#rowsOf(this.#found.slice(0, limit));
  }

  /** The rows are kept from one drawing to the next: who has the focus on one, or it open, keeps that. */
  #rowsOf(entries: Entry[]): void {
    const shown = new Map(entries);
    for (const [key, row] of this.#rows) if (!shown.has(key)) row.leave(), this.#rows.delete(key);
    let previous: Element | null = null;
    for (const [key, info] of entries) {
      let row = this.#rows.get(key);
      if (!row) this.#rows.set(key, (row = new Row(key, this.#host, (tag) => this.#only(tag))));
      row.show(info);
      const next: Element | null = previous ? previous.nextElementSibling : this.#body.firstElementChild;
      if (next !== row.line) this.#body.insertBefore(row.line, next);
      previous = row.last;
    }
  }

  #choices(matching: Entry[]): void {
    const counts = new Map<TierName, number>();
    for (const [, { tier }] of matching) counts.set(tier, (counts.get(tier) ?? 0) + 1);
    const choice = (tier: TierName | undefined, name: string, number: number) =>
      button(`${name} ${number}`, () => {
        this.#tier = tier;
        this.#filter();
        this.#tiers.querySelector<HTMLElement>('[aria-pressed="true"]')?.focus();
      }, { "aria-pressed": String(this.#tier === tier), "data-tier": tier });
    if (this.#tier && !counts.has(this.#tier)) counts.set(this.#tier, 0);
    const choices = [choice(undefined, "All", matching.length), ...[...counts].map(([tier, number]) => choice(tier, tierName(tier), number))];
    const same = choices.map((element) => element.outerHTML).join("") === this.#tiers.innerHTML;
    if (!same) this.#tiers.replaceChildren(...choices);
  }

  #only(tag: string): void {
    this.#search.value = tag;
    this.#filter();
    this.#search.focus();
  }

  async #removeFound(): Promise<void> {
    const keys = new Set(this.#found.map(([key]) => key));
    const removed = await this.#host.cache().invalidate({ match: (key) => keys.has(key) });
    this.#host.say(`${count(removed, "entry", "entries")} removed, in every tab.`);
    await this.#host.refresh();
    this.#search.focus();
  }

  /** Arrow keys go from row to row. */
  #move(event: KeyboardEvent): void {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || !(event.target as Element).matches(".row")) return;
    event.preventDefault();
    const rows = [...this.#body.querySelectorAll<HTMLElement>(".row")];
    rows[rows.indexOf(event.target as HTMLElement) + step]?.focus();
  }
}

/** One entry: a line, and below it all that is known when it is open. */
class Row {
  readonly line: HTMLTableRowElement;
  readonly #key: string;
  readonly #host: Host;
  readonly #only: (tag: string) => void;
  readonly #toggle: HTMLButtonElement;
  readonly #cells = { tier: h("td", { class: "tier" }), fresh: h("td", { class: "fresh" }), size: h("td", { class: "number" }), tags: h("td", { class: "tags" }) };
  #details: HTMLTableRowElement | undefined;
  #known: HTMLElement | undefined;
  #info!: CacheEntry;
  #shown = "";

  constructor(key: string, host: Host, only: (tag: string) => void) {
    this.#key = key;
    this.#host = host;
    this.#only = only;
    this.#toggle = button(readable(key), () => this.#open(!this.#details), { class: "row", "aria-expanded": "false" });
    this.line = h("tr", {}, h("th", { scope: "row", class: "key" }, this.#toggle), Object.values(this.#cells));
  }

  /** The last of its elements. */
  get last(): Element {
    return this.#details ?? this.line;
  }

  show(info: CacheEntry): void {
    this.#info = info;
    this.line.dataset["key"] = this.#key;
    this.line.dataset["tier"] = info.tier;
    this.#cells.tier.textContent = tierName(info.tier);
    this.#cells.size.textContent = size(info.size);
    this.#cells.tags.textContent = info.tags.join(", ");
    this.age(Date.now());
    const text = JSON.stringify(info);
    if (text !== this.#shown) this.#describe();
    this.#shown = text;
  }

  age(now: number): void {
    const text = lifetime(this.#info, now);
    this.#cells.fresh.textContent = text;
    this.line.toggleAttribute("data-stale", text.startsWith("stale"));
    const status = this.#known?.querySelector(".status");
    if (status) status.textContent = cacheStatus(this.#info, now);
  }

  leave(): void {
    this.#details?.remove();
    this.line.remove();
  }

  #open(is: boolean): void {
    this.#toggle.setAttribute("aria-expanded", String(is));
    this.#details?.remove();
    this.#details = this.#known = undefined;
    if (!is) return;
    const content = h("div", { class: "content", "aria-live": "polite" });
    this.#known = h("div");
    const read = button("Read it", async () => content.replaceChildren(await preview(this.#host.cache(), this.#key, this.#info)));
    const remove = button("Delete", () => this.#remove());
    this.#details = h("tr", { class: "details" }, h("td", { colspan: 5 }, this.#known, h("div", { class: "bar" }, read, remove), content));
    this.line.after(this.#details);
    this.#describe();
  }

  #describe(): void {
    if (!this.#known) return;
    const { tier, size: bytes, expires, staleUntil, tags } = this.#info;
    const tag = (name: string) => [
      button(name, () => this.#only(name), { title: "Show what carries it" }),
      button("Invalidate the tag", () => this.#invalidate(name), { "aria-label": `Invalidate the tag ${name}` }),
    ];
    this.#known.replaceChildren(facts([
      ["Key", readable(this.#key)],
      ...(this.#info.kind === "response" ? [["Response", `${this.#info.status} of ${this.#info.url}`] as [string, string]] : []),
      ["Home", `${tierName(tier)}, ${size(bytes)}`],
      ["Fresh until", expires === undefined ? "for ever" : moment(expires)],
      ...(staleUntil === undefined ? [] : [["Usable until", moment(staleUntil)] as [string, string]]),
      ["Tags", tags.length ? h("span", { class: "bar" }, tags.flatMap(tag)) : "none"],
      ["Cache-Status", h("code", { class: "status" }, cacheStatus(this.#info, Date.now()))],
    ]));
  }

  async #invalidate(tag: string): Promise<void> {
    const removed = await this.#host.cache().invalidate({ tags: [tag] });
    this.#host.say(`${count(removed, "entry", "entries")} with the tag ${tag} removed, in every tab.`);
    await this.#host.refresh();
  }

  async #remove(): Promise<void> {
    const neighbour = this.last.nextElementSibling ?? this.line.previousElementSibling;
    await this.#host.cache().invalidate({ match: (key) => key === this.#key });
    this.#host.say(`${readable(this.#key)} is gone, in every tab.`);
    await this.#host.refresh();
    (neighbour?.querySelector<HTMLElement>(".row") ?? this.line.closest<HTMLElement>(".scroll"))?.focus();
  }
}
