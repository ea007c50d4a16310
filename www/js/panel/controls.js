// The buttons: what can happen to a cache, made to happen.

import { h } from "../dom.js";
import { logout, revalidating, user } from "../shop/api.js";
import { shop } from "../shop/caches.js";
import { forget } from "../watch/requests.js";

/** The buttons. `app` draws anew with `shelves()` and `show()`; `product()` is what is shown, if it is one. */
export function controls(app) {
  let offline = false;
  const said = h("p", { class: "said", role: "status", id: "said" });
  const say = (text) => (said.textContent = text);

  const actions = {
    reload: ["Reload data", async () => {
      await revalidating(() => Promise.all([app.shelves(), app.show()]));
      say("Everything on this page was revalidated.");
    }],
    offline: ["Go offline", async () => {
      await control("PATCH", "switches", { offline: !offline });
      shown(!offline);
      say(offline ? "The origin drops every connection now." : "The origin answers again.");
    }],
    change: ["Change the data", async () => {
      const { changed } = await control("POST", "data", { product: app.product() ?? "all", purge: true });
      say(`${changed === 1 ? "One price" : `${changed.toLocaleString("en")} prices`} went up by 3 % at the origin. Reload the data to see it.`);
    }],
    invalidate: ["Invalidate", async () => {
      const count = await shop.invalidate({ tags: ["catalogue"] });
      say(`${count} entries of the catalogue are gone, in every tab.`);
      await Promise.all([app.shelves(), app.show()]);
    }],
    logout: ["Log out", async () => {
      const name = user();
      await logout();
      say(name ? `Nothing of ${name} is left in any tier.` : "Nobody was logged in.");
      await app.show();
    }],
    forget: ["Clear this list", forget],
  };
  const buttons = Object.entries(actions).map(([name, [text, action]]) => h("button", {
    type: "button", "data-action": name,
    async onclick({ currentTarget: button }) {
      button.disabled = true;
      await action().catch?.((error) => say(error.message));
      button.disabled = false;
    },
  }, text));

  function shown(is) {
    offline = is;
    const button = buttons.find(({ dataset }) => dataset.action === "offline");
    button.textContent = offline ? "Go online" : "Go offline";
    button.setAttribute("aria-pressed", offline);
    document.documentElement.toggleAttribute("data-offline", offline);
  }
  // A switch outlives the page that set it.
  control("GET", "switches").then((switches) => shown(switches.offline), () => say("The origin is not running."));
  return { element: h("div", { class: "controls" }, h("div", { class: "buttons" }, buttons), said) };
}

/** Works the origin's switchboard. */
async function control(method, path, body) {
  const response = await fetch(`/_origin/${path}`, { method, ...(body && { body: JSON.stringify(body) }) });
  if (!response.ok) throw new Error(`The origin refused: ${await response.text()}`);
  return response.json();
}
