import type { NearCache } from "../cache.js";
import { CHANGED, opened } from "../opened.js";
import { button, h } from "./dom.js";
import { EntriesView } from "./entries.js";
import { eventsView } from "./events.js";
import { Journal } from "./journal.js";
import { storageView } from "./storage.js";
import { css } from "./style.js";
import { tabs } from "./tabs.js";

// On a server there are no elements, and importing this must do no harm.
const Base = globalThis.HTMLElement ?? (class {} as typeof HTMLElement);

/** The least time between two drawings; they take a sixth of the page's time at most. */
const PAUSE = 150;

/** The views, in the order of their tabs. */
const enum View { Entries, Events, Storage }

/**
 * `<nearcache-inspector>`: what a cache of this page holds, what happens to it, and how full it is, with search, deletion
 * and invalidation. For development: it shows whatever is stored, and whoever sees it can delete it.
 *
 * It shows the cache that its property `cache` was given, else the open one that its attribute `cache` names, else any
 * that is open. Colours follow the page's `color-scheme`; `--nearcache-accent` sets the accent.
 *
 * @example
 * import { open } from "nearcache";
 * import "nearcache/inspector";
 *
 * const inspector = document.createElement("nearcache-inspector");
 * inspector.cache = await open({ name: "shop" });
 * document.body.append(inspector);
 */
export class NearcacheInspector extends Base {
  static readonly observedAttributes = ["cache"];

  readonly #said = h("p", { class: "said", role: "status" });
  readonly #which: HTMLSelectElement = h("select", { "aria-label": "Cache", onchange: () => this.#attach(this.#offered[this.#which.selectedIndex]) });
  readonly #journal = new Journal();
  readonly #entries = new EntriesView({ cache: () => this.#cache!, say: (text) => void (this.#said.textContent = text), refresh: () => this.#draw() });
  readonly #events = eventsView(this.#journal);
  readonly #storage = storageView();
  readonly #main = h("div", { class: "main" });
  readonly #empty = h("p", { class: "muted" });
  #given: NearCache | undefined;
  #cache: NearCache | undefined;
  #offered: NearCache[] = [];
  #view: View = View.Entries;
  #timer: ReturnType<typeof setInterval> | undefined;
  #due = false;
  #took = 0;
  #visible = false;
  #sight: IntersectionObserver | undefined;
  #clears = 0;

  constructor() {
    super();
    const root = this.attachShadow({ mode: "open" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css); // rather than <style>, which a Content-Security-Policy may forbid
    root.adoptedStyleSheets = [sheet];
    const views = [{ name: "Entries", element: this.#entries.element }, { name: "Events", element: this.#events.element }, { name: "Storage", element: this.#storage.element }];
    const clear = button("Clear the cache", () => this.#clear(clear), { class: "clear" });
    this.#main.append(...tabs(views, (at) => {
      this.#view = at;
      this.#soon();
    }));
    root.append(h("section", { "aria-label": "Cache inspector" }, h("header", {}, this.#which, clear), this.#said, this.#empty, this.#main));
  }

  /** The cache that is shown. Set it to choose one; `undefined` goes back to what the attribute says. */
  get cache(): NearCache | undefined {
    return this.#cache;
  }

  set cache(cache: NearCache | undefined) {
    this.#given = cache;
    if (this.isConnected) this.#look();
  }

  connectedCallback(): void {
    // Set before the element was defined, it hides the accessor.
    if (Object.hasOwn(this, "cache")) {
      const { cache } = this;
      delete (this as { cache?: NearCache }).cache;
      this.cache = cache;
    }
    addEventListener(CHANGED, this.#look);
    this.#timer = setInterval(() => this.#visible && this.#entries.tick(), 1000);
    this.#sight = new IntersectionObserver((changes) => {
      this.#visible = changes.at(-1)!.isIntersecting;
      this.#soon();
    });
    this.#sight.observe(this);
    this.#look();
  }

  disconnectedCallback(): void {
    removeEventListener(CHANGED, this.#look);
    clearInterval(this.#timer);
    this.#sight?.disconnect();
    this.#attach(undefined);
  }

  attributeChangedCallback(): void {
    if (this.isConnected) this.#look();
  }

  /** Finds out which caches there are to show, and stays with the one that is shown if it can. */
  readonly #look = (): void => {
    const name = this.getAttribute("cache");
    this.#offered = this.#given ? [this.#given] : [...opened()].filter((cache) => name === null || cache.name === name);
    this.#which.replaceChildren(...this.#offered.map((cache) => h("option", {}, cache.partition === undefined ? cache.name : `${cache.name}, ${cache.partition}`)));
    this.#empty.textContent = name === null ? "No cache is open in this page." : `No cache of the name “${name}” is open in this page.`;
    this.#attach(this.#offered.find((cache) => cache === this.#cache) ?? this.#offered[0]);
  };

  #attach(cache: NearCache | undefined): void {
    if (cache !== this.#cache) {
      this.#cache = cache;
      this.#journal.clear();
      this.#journal.watch(cache, () => this.#soon());
    }
    this.#which.selectedIndex = cache ? this.#offered.indexOf(cache) : -1;
    this.#main.hidden = !cache;
    this.#which.parentElement!.hidden = !cache;
    this.#empty.hidden = Boolean(cache);
    this.#soon();
  }

  /** Draws a little later, if anybody can see it: events come in crowds, and a list of thousands takes its time. */
  #soon(): void {
    if (this.#due || !this.#visible) return;
    this.#due = true;
    setTimeout(async () => {
      this.#due = false;
      const start = performance.now();
      await this.#draw();
      this.#took = performance.now() - start;
    }, Math.max(PAUSE, 5 * this.#took));
  }

  async #draw(): Promise<void> {
    const cache = this.#cache;
    if (!cache || !this.isConnected) return;
    try {
      if (this.#view === View.Entries) await this.#entries.draw(cache);
      else if (this.#view === View.Events) this.#events.draw();
      else await this.#storage.draw(cache);
    } catch (error) {
      // Closed in the meantime; anything else is worth reading.
      if ((error as { code?: string }).code !== "closed") this.#said.textContent = String((error as Error).message);
    }
  }

  /** Asks once more before it clears. */
  async #clear(clear: HTMLButtonElement): Promise<void> {
    const asked = (this.#clears += 1);
    if (clear.dataset["sure"] === undefined) {
      clear.dataset["sure"] = "";
      clear.textContent = "Press again to clear";
      setTimeout(() => asked === this.#clears && this.#unsure(clear), 5000);
      return;
    }
    this.#unsure(clear);
    await this.#cache?.clear();
    this.#said.textContent = "Nothing is left in any tier or tab.";
    await this.#draw();
  }

  #unsure(clear: HTMLButtonElement): void {
    delete clear.dataset["sure"];
    clear.textContent = "Clear the cache";
  }
}

declare global {
  interface HTMLElementTagNameMap {
    "nearcache-inspector": NearcacheInspector;
  }
}
