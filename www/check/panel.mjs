// Everything beside the shop: the journey, the figures, the switches, the race, the prices, the inspector.

import { REAL } from "../../tests/e2e/lib/origin.mjs";
import { Visitor, all, check, of } from "./visitor.mjs";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844, dark: true };

/** The diagram lights where a request went, and the figures follow. */
export async function journey(visitor) {
  await visitor.goes("/");
  await visitor.goes("/c/audio?sort=name&page=2");
  const far = [await visitor.lit("passed"), await visitor.lit("answered")];
  check("a request to the table lights each layer up to it", ["memory", "edge", "stage", "function"].every((layer) => far[0].includes(layer)) && ["table", "dax"].includes(far[1][0]), far);
  const drawn = await visitor.tab.evaluate(() => document.querySelector('.diagram [data-layer="edge"] .figure').textContent);
  check("with its time and its bytes", /^[\d,.]+ m?s · [\d.]+ K?B$/.test(drawn), drawn);
  await visitor.shot("journey-far-wide", WIDE);
  await visitor.goes("/");
  await visitor.goes("/c/audio?sort=name&page=2");
  const near = [await visitor.lit("passed"), await visitor.lit("answered")];
  check("the same from memory lights memory alone", near[0].length === 0 && near[1].join() === "memory", near);
  const caption = await visitor.shows("#caption");
  check("and says what that saved", /answered by Memory in .* without the network. That saved .*[\d.]+ KB and \d layer/.test(caption), caption);
  const figures = await visitor.tab.evaluate(() => [...document.querySelectorAll("#savings dd")].map((figure) => figure.textContent));
  check("the savings are counted", /^[1-9]\d?\s%/.test(figures[0]) && figures.every((figure) => !/NaN|undefined|Infinity/.test(figure)), figures);
  await visitor.tab.evaluate(() => document.querySelector('#log [data-kind="network"]:not([data-picture]) summary').click());
  check("an older request can be shown again", await visitor.waits(() => document.querySelector("#caption").textContent.includes("into the stack")), await visitor.shows("#caption"));
  check("with the time and the bytes of each layer", await visitor.tab.evaluate(() => {
    const steps = [...document.querySelectorAll("#log details[open] .way li")].map((step) => [...step.children].map((cell) => cell.textContent));
    return steps.length >= 4 && steps.every(([, , ms, bytes]) => / m?s$/.test(ms) && / [KM]?B$/.test(bytes));
  }));
  await visitor.tab.evaluate(() => document.querySelector("#log details[open] summary").click());
}

/** Who answered how fast, and what the origin itself counted. */
export async function layers(visitor, origin) {
  await visitor.opens("layers");
  check("memory's answers have a median and a histogram", await visitor.waits(() => {
    const row = document.querySelector('#answers [data-layer="memory"]');
    return row && / ms$/.test(row.children[3].textContent) && row.querySelector("canvas").width > 0 && /under|over/.test(row.querySelector(".chart").ariaLabel);
  }), await visitor.shows("#answers"));
  check("the hit ratio is drawn", await visitor.tab.evaluate(() => /\d+\s% were answered/.test(document.querySelector(".chart.wide").ariaLabel) && document.querySelector(".chart.wide canvas").width > 0));
  const { perLayer } = await origin.stats();
  const asked = Object.values(perLayer.edge).reduce((sum, count) => sum + count, 0);
  check("the origin's own counters stand beside it", await visitor.waits((asked) => Number(document.querySelector('#origin [data-layer="edge"] td')?.textContent) === asked, asked), [asked, await visitor.shows("#origin")]);
  const said = await visitor.tab.evaluate(() => ["edge", "stage", "shared"].map((layer) => document.querySelector(`#origin [data-layer="${layer}"] th`).textContent));
  const names = REAL ? ["CloudFront (nginx)", "API Gateway (memcached)", "ElastiCache (redis)"] : ["CloudFront", "API Gateway", "ElastiCache"];
  check("with the services that stand in the places of layers", said.join() === names.join(), said);
}

/** Pictures are asked for by the page's markup: the worker says who answered. */
export async function pictures(visitor, browser, url) {
  await visitor.waits(() => navigator.serviceWorker.controller !== null);
  await visitor.goes("/c/kitchen");
  // A tab of its own: what this one has shown, the browser has at hand without asking anybody.
  const other = new Visitor(await browser.newTab(`${url}/#/c/kitchen`), visitor.shots);
  await other.settled("/c/kitchen");
  const pictures = await other.pictures();
  await other.tab.reload();
  await other.settled("/c/kitchen");
  pictures.push(...await other.pictures());
  check("the service worker answers pictures that were here before", pictures.some(({ kind, by }) => kind === "hit" && (by === "cache-storage" || by === "memory")), pictures);
  await other.tab.close();
}

/** Each switch, at the origin and here. */
export async function switches(visitor, origin) {
  await visitor.goes("/");
  await visitor.turns("layer-container", false);
  await visitor.turns("layer-dax", false);
  await visitor.turns("layer-shared", false);
  await visitor.turns("layer-edge", false);
  const drawn = await visitor.waits(() => [...document.querySelectorAll('.diagram [data-state="off"]')].map(({ dataset }) => dataset.layer).join() === "edge,container,shared,dax");
  const { edge, shared, dax, functions } = await origin.switch({});
  check("layers of the origin are switched off", drawn && !edge.enabled && !shared.enabled && !dax.enabled && functions.memoryTtlSeconds === 0, await visitor.lit("off"));
  await visitor.presses("purge");
  await visitor.goes("/c/office?sort=rating&page=3");
  const passed = await visitor.lit("passed");
  check("and passed by", !passed.includes("edge") && !passed.includes("dax") && (await visitor.lit("answered"))[0] === "table", passed);
  for (const layer of ["container", "dax", "shared", "edge"]) await visitor.turns(`layer-${layer}`, true);

  await visitor.turns("tier-memory", false);
  let answers = await visitor.goes("/");
  answers = await visitor.goes("/c/office?sort=rating&page=3");
  check("without memory, IndexedDB answers", of(answers, "page=3")?.by === "indexeddb", answers);
  await visitor.turns("tier-indexeddb", false);
  await visitor.turns("tier-cache-storage", false);
  answers = await visitor.does(() => { location.hash = "#/"; }, undefined, "/");
  answers = await visitor.goes("/c/office?sort=rating&page=3");
  check("without that too, the network has to", of(answers, "page=3")?.kind === "network", answers);
  for (const tier of ["memory", "indexeddb", "cache-storage"]) await visitor.turns(`tier-${tier}`, true);
  answers = await visitor.goes("/");
  check("and back on, what they held is there", all(answers, "hit"), answers);
}

/** Latency, throttling, failures. */
export async function trouble(visitor, origin) {
  await visitor.presses("network-mobile");
  const { networkMs, networkKbps } = await origin.switch({});
  check("4G is slower", networkMs === 170 && networkKbps === 9000 && (await visitor.said()).startsWith("4G"), await visitor.said());
  await visitor.presses("network-train");
  check("on the train requests break off", (await origin.switch({})).failure.mode === "reset");
  await visitor.presses("network-fibre");
  check("fibre is fast, and whole", (await origin.switch({})).failure.mode === "none");

  await visitor.goes("/p/p0042");
  await visitor.waits(async () => {
    const { shop } = await import("/js/shop/caches.js");
    for await (const [key, { fresh }] of shop.entries()) if (key.endsWith("/api/products/p0042")) return !fresh;
  });
  const goesWrong = async (kind, text) => {
    await visitor.sets("failure", kind);
    check(`what goes wrong: ${text}`, await visitor.waits((text) => document.querySelector("#said").textContent.includes(text), text), await visitor.said());
  };
  await visitor.goes("/");
  await visitor.fails(async () => {
    await goesWrong("status", "503");
    let answers = await visitor.goes("/p/p0042");
    check("a stale product stands in for the origin's failure", of(answers, "products/p0042")?.kind === "hit" && (await visitor.shows('#log [data-path$="products/p0042"] .badge')).includes("instead of a 503"), answers);
    await goesWrong("throttle", "one request a second");
    for (const id of ["p0050", "p0051"]) await visitor.goes(`/p/${id}`);
    check("past its rate the gateway refuses", (await visitor.shows("main h1")) === "That did not work", await visitor.shows("main"));
    answers = await visitor.goes("/");
    check("and what is fresh is shown all the same", all(answers, "hit"), answers);
    await visitor.sets("failure", "none");
    await visitor.waits(() => document.querySelector("#said").textContent.startsWith("Nothing"));
    await visitor.settled();
  });
  await visitor.presses("network-cable");
}

/** Several tabs share a request. */
export async function tabs(visitor) {
  await visitor.presses("ask");
  check("three tabs ask at once, one request goes out", (await visitor.said()) === "3 tabs asked for the same list at once, and 1 request reached the origin.", await visitor.said());
}

/** The same visit with and without. */
export async function race(visitor) {
  await visitor.opens("race");
  await visitor.tab.evaluate(() => document.querySelector('[data-action="race"]').click());
  const done = await visitor.waits(() => document.querySelectorAll('#lanes [data-done="true"]').length === 3 && !document.querySelector('[data-action="race"]').ariaDisabled);
  const lanes = await visitor.tab.evaluate(() => Object.fromEntries([...document.querySelectorAll("#lanes li")].map((lane) =>
    [lane.dataset.lane, [...lane.querySelectorAll("dd")].map((figure) => Number(figure.textContent.replace(/[^\d.]/g, "")))])));
  await visitor.shot("race-done-wide", WIDE);
  await visitor.shot("race-done-phone", { ...PHONE, dark: false });
  await visitor.fits("race-done-phone");
  await visitor.shot("wide-again", WIDE);
  check("the race is run", done, await visitor.shows("#race-said"));
  check("nearcache asks the origin least", lanes.nearcache[1] < lanes.http[1] && lanes.http[1] < lanes.none[1], lanes);
  check("and its visit costs least", lanes.nearcache[5] < lanes.none[5], lanes);
  check("the verdict has four figures", /\d+\s% less waiting, \d+\s% fewer requests, \d+\s% less sent, \d+\s% less to pay/.test(await visitor.shows("#race-said")), await visitor.shows("#race-said"));
}

/** Prices are dated, sourced, and the visitor's to change. */
export async function cost(visitor) {
  await visitor.opens("cost");
  const sum = () => visitor.shows("#saved");
  const saved = await sum();
  check("what was saved has a price", /^\$\d/.test(saved) && saved !== "$0.00", saved);
  check("each price has a source and the list a date", await visitor.tab.evaluate(() =>
    [...document.querySelectorAll("#used a, #hourly a")].every((link) => link.href.startsWith("https://aws.amazon.com/")) && /as of 20\d\d-\d\d-\d\d/.test(document.querySelector("#view-cost").textContent)));
  await visitor.sets("price-gateway", "350");
  check("a dearer gateway makes it more", await visitor.waits((saved) => document.querySelector("#saved").textContent !== saved, saved), await sum());
  await visitor.tab.evaluate(() => document.querySelector('[data-action="prices"]').click());
  check("and the list prices come back", await visitor.waits((saved) => document.querySelector("#saved").textContent === saved && document.querySelector("#price-gateway").value === "3.5", saved), await sum());
  await visitor.sets("visits", "2000000");
  check("two million visits cost twice as much", (await visitor.shows("#cost-said")).includes("2,000,000 visits"), await visitor.shows("#cost-said"));
}

/** The package's inspector shows the shop's cache. */
export async function inspector(visitor) {
  await visitor.opens("inspector");
  const inside = (work, ...args) => visitor.waits(work, ...args);
  check("the inspector lists the catalogue", await inside(() => document.querySelector("nearcache-inspector").shadowRoot.querySelector('[data-key$="/api/categories"]')));
  await visitor.tab.evaluate(() => {
    const { shadowRoot } = document.querySelector("nearcache-inspector");
    const search = shadowRoot.querySelector("#search");
    search.value = "catalogue";
    search.dispatchEvent(new Event("input"));
    [...shadowRoot.querySelectorAll("button")].find((button) => button.textContent === "Invalidate all shown").click();
  });
  check("and what it is told to delete is asked for again",
    (await inside(() => !document.querySelector("nearcache-inspector").shadowRoot.querySelector("[data-key]"))) &&
    of(await visitor.goes("/c/garden"), "/api/products")?.kind === "network");
}

/** Every tab of the panel, wide and light, on a phone and dark. */
export async function looks(visitor) {
  for (const view of ["requests", "layers", "play", "race", "cost", "inspector"]) {
    await visitor.opens(view);
    await visitor.looks(`${view}-wide`, WIDE, ".panel");
    await visitor.tab.evaluate(() => document.documentElement.hasAttribute("data-panel") || document.querySelector(".handle").click());
    await visitor.looks(`${view}-phone-dark`, PHONE, ".panel");
    const rows = await visitor.tab.evaluate((view) => [...document.querySelectorAll(`#view-${view} tbody`)].filter((body) => !body.checkVisibility() || !body.firstElementChild?.checkVisibility()).length, view);
    check(`${view}-phone-dark: each table shows its rows`, rows === 0, rows);
    await visitor.tab.evaluate(() => document.querySelector(".handle").click());
  }
  await visitor.shot("wide-again", WIDE);
}

/** Everything from the start. */
export async function again(visitor) {
  await visitor.presses("reset");
  check("starting over leaves nothing", (await visitor.said()).startsWith("Every cache is empty") && (await visitor.answers()).every(({ kind }) => kind === "network"), await visitor.answers());
  await visitor.tab.reload(); // a browser has pictures at hand that the worker has to have for later
  await visitor.settled();
}
