// A visitor in a tab, and the checks of what that visitor sees.

import { violations } from "../../tests/e2e/lib/axe.mjs";

const STEP = 15_000;

/** How many checks held, and how many did not. */
export const score = { passed: 0, failed: 0 };

/** One check: says what holds, or what came instead. */
export function check(what, holds, instead) {
  score[holds ? "passed" : "failed"] += 1;
  console.log(holds ? `  ok    ${what}` : `  FAIL  ${what}: ${JSON.stringify(instead)}`);
}

export class Visitor {
  #asked = [];

  constructor(tab, shots) {
    this.tab = tab;
    this.shots = shots;
  }

  /** Waits until a condition holds in the page; whether it came to hold. */
  async waits(condition, ...args) {
    for (const end = Date.now() + STEP; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) {
      if (await this.tab.evaluate(condition, ...args)) return true;
    }
    return false;
  }

  /** Goes to an address of the shop; resolves to the requests that it took. */
  goes(path) {
    return this.does((path) => { location.hash = `#${path}`; }, path, path.split("?")[0]);
  }

  /** Presses a button of the panel. */
  presses(action) {
    return this.does((action) => document.querySelector(`[data-action="${action}"]`).click(), action);
  }

  /** Turns a switch on or off. */
  turns(name, on) {
    return this.does(([name, on]) => {
      const box = document.querySelector(`input[name="${name}"]`);
      if (box.checked !== on) box.click();
    }, [name, on]);
  }

  /** Opens a tab of the panel. */
  async opens(view) {
    await this.tab.evaluate((view) => document.querySelector(`[data-view="${view}"]`).click(), view);
    await this.waits((view) => !document.getElementById(`view-${view}`).hidden, view);
  }

  /** Changes a setting. */
  sets(name, value) {
    return this.tab.evaluate((name, value) => {
      const field = document.querySelector(`select[name="${name}"], #${name}`);
      field.value = value;
      for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
    }, name, value);
  }

  /** Does something that draws the view; resolves to the requests that it took, newest first. */
  async does(deed, argument, path) {
    await this.tab.evaluate(() => { window.marked = document.querySelector("#log > li"); });
    await this.tab.evaluate(deed, argument);
    await this.settled(path);
    return this.answers();
  }

  /** Does something in which requests are meant to fail: browsers write those to the console, whoever asked for them. */
  async fails(work) {
    const from = this.tab.errors().length;
    await work();
    this.#asked.push([from, this.tab.errors().length]);
  }

  /** The errors and warnings that nobody asked for. */
  complaints() {
    const meant = (at) => this.#asked.some(([from, to]) => at >= from && at < to);
    // Firefox's words for a request that a worker could not answer.
    const failed = ({ kind, text }) => kind === "network" || text.startsWith("Failed to load");
    return [...this.tab.errors().filter((error, at) => !failed(error) || !meant(at)), ...this.tab.warnings()];
  }

  /** Waits until the view is there and no request has been written down for a moment. */
  settled(path) {
    return this.waits(async (path) => {
      const busy = () => document.querySelector("main[aria-busy], .waiting, [aria-disabled]");
      const rows = () => document.querySelector("#log")?.firstElementChild;
      if (busy() || (path && document.documentElement.dataset.shown !== path)) return false;
      const before = rows();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return !busy() && rows() === before;
    }, path);
  }

  /** The requests since the last deed, newest first, without the pictures of lists. */
  answers() { return this.#rows(false); }

  /** The pictures of lists since the last deed. */
  pictures() { return this.#rows(true); }

  #rows(pictures) {
    return this.tab.evaluate((pictures) => {
      const rows = [...document.querySelectorAll("#log > li")];
      const end = rows.indexOf(window.marked);
      return (end < 0 ? rows : rows.slice(0, end)).map(({ dataset }) => ({ ...dataset })).filter(({ picture }) => (picture !== undefined) === pictures);
    }, pictures);
  }

  /** What the page shows. */
  shows(selector) { return this.tab.evaluate((selector) => document.querySelector(selector)?.textContent, selector); }

  /** What is said about the last deed. */
  said() { return this.shows("#said"); }

  /** The boxes of the diagram in a state, by layer. */
  lit(state) {
    return this.tab.evaluate((state) => [...document.querySelectorAll(`.diagram [data-state="${state}"]`)].map(({ dataset }) => dataset.layer), state);
  }

  /** A row of the tiers table, which has to be open. */
  async tier(name) {
    await this.opens("layers");
    const row = () => this.tab.evaluate((name) => [...document.querySelectorAll(`#tiers [data-tier="${name}"] td`)].map((cell) => cell.textContent), name);
    await this.waits((name) => document.querySelector(`#tiers [data-tier="${name}"]`), name);
    const [entries, bytes, hits, writes] = await row();
    return { entries: Number(entries), bytes, hits: Number(hits), writes: Number(writes) };
  }

  shot(what, options) { return this.tab.screenshot(`${this.shots}-${what}.png`, options); }

  /** Looks at what is shown as it is now: by axe, for what sticks out, and for controls that cover each other. */
  async looks(what, options, within) {
    await this.shot(what, options);
    const found = await violations(this.tab, within);
    check(`${what}: axe finds nothing`, found.length === 0, found);
    await this.fits(what);
  }

  /** Whether all that is shown has its place. */
  async fits(what) {
    const { over, covered } = await this.tab.evaluate(() => {
      const boxes = [...document.querySelectorAll("button, input, select, .button, figcaption, .savings")].filter((element) => element.checkVisibility() && element.getBoundingClientRect().width > 1)
        .filter((element) => !document.documentElement.hasAttribute("data-panel") || element.closest(".panel"))
        .map((element) => ({ element, box: element.getBoundingClientRect(), sheet: Boolean(element.closest(".panel")) }));
      const cut = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
      const name = ({ element }) => element.id || element.textContent.slice(0, 30);
      return {
        over: document.documentElement.scrollWidth - document.documentElement.clientWidth,
        covered: boxes.flatMap((a, at) => boxes.slice(at + 1).filter((b) => a.sheet === b.sheet && cut(a.box, b.box)).map((b) => `${name(a)} × ${name(b)}`)),
      };
    });
    check(`${what}: nothing sticks out, nothing overlaps`, over === 0 && covered.length === 0, { over, covered });
  }
}

/** The answer to a request whose path has this part. */
export const of = (answers, part) => answers.find(({ path }) => path.includes(part));

/** Whether there are answers, and all of a kind. */
export const all = (answers, kind) => answers.length > 0 && answers.every((answer) => answer.kind === kind);
