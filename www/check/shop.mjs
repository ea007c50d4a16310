// Through the shop as a customer goes: who answers what, and what is left behind.

import { all, check, of } from "./visitor.mjs";

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

/** The first visit, until everything was seen once. */
export async function browses(visitor) {
  const { tab } = visitor;
  await visitor.settled("/");
  let answers = await visitor.answers();
  check("cold: the list comes from the origin", of(answers, "/api/products")?.kind === "network", answers);
  check("the list is there", await visitor.waits(() => document.querySelectorAll(".cards .card").length === 24));
  check("the first view says what it is about", (await visitor.shows("#caption"))?.includes("was answered by"), await visitor.shows("#caption"));
  await visitor.looks("first-wide", WIDE);
  await visitor.shot("first-wide-dark", { ...WIDE, dark: true });
  await visitor.shot("first-phone", PHONE);
  await visitor.looks("first-phone-dark", { ...PHONE, dark: true });
  await visitor.shot("wide-again", WIDE);

  answers = await visitor.goes("/c/kitchen?sort=featured&page=2");
  check("another page comes from the origin", of(answers, "page=2")?.kind === "network", answers);
  answers = await visitor.goes("/");
  check("back: memory answers", all(answers, "hit") && of(answers, "/api/products")?.by === "memory", answers);

  answers = await visitor.goes("/search?q=lamp");
  check("a search comes from the origin", of(answers, "/api/search")?.kind === "network", answers);
  await visitor.goes("/");
  answers = await visitor.goes("/search?q=lamp");
  check("the same search, a POST, is answered from memory", of(answers, "/api/search")?.by === "memory", answers);

  answers = await visitor.goes("/p/p0007");
  check("a product comes with its picture", of(answers, "/api/products/p0007") && of(answers, "/images/p0007"), answers);
  check("the picture is shown", await visitor.waits(() => document.querySelector(".hero")?.naturalWidth > 0));
  const session = await visitor.tier("session");
  check("session storage remembers what was viewed", session.entries > 0, session);
  await visitor.shot("product-wide", WIDE);
  await visitor.shot("product-phone-dark", { ...PHONE, dark: true });
  await visitor.fits("product-phone-dark");
  await visitor.shot("wide-again", WIDE);

  await visitor.sets("currency", "USD");
  await visitor.sets("theme", "light");
  check("prices are in dollars", await visitor.waits(() => document.querySelector(".price")?.textContent.startsWith("$")));
  check("the currency is in a cookie, the theme in localStorage",
    (await visitor.waits(() => document.cookie !== "")) && (await visitor.waits(() => localStorage.length > 0)));

  await visitor.goes("/");
  await tab.reload();
  await visitor.settled("/");
  answers = await visitor.answers();
  check("after a reload a durable tier answers", all(answers, "hit") && of(answers, "/api/products")?.by === "indexeddb", answers);
  check("the settings are still there", (await visitor.shows(".facts span"))?.startsWith("$") &&
    await tab.evaluate(() => document.documentElement.dataset.theme === "light"), await visitor.shows(".facts span"));
  await visitor.sets("theme", "auto");
  check("what was viewed is still there", await tab.evaluate(() => document.querySelector(".recent .card a")?.hash === "#/p/p0007"));
  answers = await visitor.goes("/p/p0007");
  check("the picture comes from the Cache API", of(answers, "/images/p0007")?.by === "cache-storage", answers);
}

/** Data changes, and caches are told. */
export async function data(visitor) {
  let answers = await visitor.presses("reload");
  check("reload data: the origin says that it still holds", of(answers, "/api/products/p0007")?.kind === "revalidated", answers);
  const price = await visitor.shows(".price");
  await visitor.presses("change");
  answers = await visitor.presses("reload");
  check("changed data comes anew", of(answers, "/api/products/p0007")?.kind === "network", answers);
  check("and the new price is shown", (await visitor.shows(".price")) !== price, price);

  await visitor.presses("behind");
  const changed = await visitor.shows(".price");
  await visitor.presses("reload");
  check("data that changed behind the caches stays unseen", (await visitor.shows(".price")) === changed, await visitor.shows(".price"));
  await visitor.presses("purge");
  answers = await visitor.presses("invalidate");
  check("invalidated data comes from the origin", of(answers, "/api/products/p0007")?.kind === "network", answers);
  check("and from a purged one as it is now", (await visitor.shows(".price")) !== changed, changed);
}

/** One customer after another. */
export async function customers(visitor) {
  const { tab } = visitor;
  await visitor.goes("/me");
  await visitor.does(() => [...document.querySelectorAll(".entrance button")].find((button) => button.textContent === "alice").click());
  const entered = await visitor.waits(() => document.querySelector(".profile h1"));
  let answers = await visitor.answers();
  check("alice logs in and sees her profile", entered && of(answers, "/api/profile")?.kind === "network", answers);
  await visitor.shot("profile-wide", WIDE);
  await visitor.goes("/");
  answers = await visitor.goes("/me");
  check("her profile is revalidated each time", of(answers, "/api/profile")?.kind === "revalidated", answers);
  const alice = await visitor.shows(".profile h1");
  await visitor.presses("login-bob");
  check("bob logs in after her and sees his own", await visitor.waits((alice) => {
    const name = document.querySelector(".profile h1")?.textContent;
    return name && name !== alice;
  }, alice), await visitor.shows("main"));
  await visitor.presses("logout");
  await visitor.waits(() => document.querySelector(".entrance"));
  const stored = await tab.evaluate(async () => (await import("/tests/raw-stores.js")).rawStores());
  const left = stored.filter((line) => /alice@|bob@|marlow/i.test(line));
  check("after logging out nothing of them is stored", left.length === 0, left);
}

/** Without a network, and without an origin. */
export async function offline(visitor, origin) {
  const { tab } = visitor;
  check("the service worker is in charge", await visitor.waits(() => navigator.serviceWorker.controller !== null));
  await visitor.goes("/");
  await visitor.goes("/p/p0007");
  await visitor.fails(async () => {
    await visitor.presses("offline");
    let answers = await visitor.goes("/");
    check("offline: the list is answered from the cache", all(answers, "hit"), answers);
    await visitor.shot("offline-wide-dark", { ...WIDE, dark: true });
    answers = await visitor.goes("/p/p1234");
    check("offline: what was never here is said to be missing", (await visitor.shows("main h1"))?.includes("does not answer"), await visitor.shows("main"));
    check("and the journey ends at the network", (await visitor.shows("#caption"))?.includes("no answer"), await visitor.shows("#caption"));
    await origin.stop();
    await visitor.goes("/");
    await tab.reload();
    await visitor.settled("/");
    check("with the origin stopped, the shop still opens", await visitor.waits(() => document.querySelectorAll(".cards .card").length >= 24), await visitor.shows("main"));
    check("and shows its pictures", await visitor.waits(() => document.querySelector(".cards:not(.strip) img")?.naturalWidth > 0));
  });
}
