// What can happen to a cache, made to happen.

import { h } from "../dom.js";
import { reset } from "../origin/control.js";
import { all, TIERS, use } from "../shop/caches.js";
import { forget } from "../watch/requests.js";
import { busy, isBusy } from "./controls.js";
import { data } from "./data.js";
import { failures } from "./failures.js";
import { network } from "./network.js";
import { people } from "./people.js";
import { switches } from "./switches.js";
import { tabs } from "./tabs.js";
import { tiers } from "./tiers.js";

/** The view. `app` draws anew with `shelves()` and `show()`; `product()` is what is shown, if it is one. */
export function play(app) {
  const said = h("p", { class: "said", role: "status", id: "said" }, "Change something, then use the shop and watch its requests.");
  const say = (text) => (said.textContent = text);
  /** A button. What its work resolves to is said. */
  const action = (name, text, work, attributes = {}) => h("button", {
    type: "button", "data-action": name, ...attributes,
    async onclick({ currentTarget: button }) {
      if (!isBusy(button)) say((await busy(button, work).catch((error) => error.message)) ?? "");
    },
  }, text);
  const groups = [data, network, switches, tiers, failures, people, tabs].map((group) => group({ app, action, say }));
  const fresh = action("reset", "Start over", async () => {
    await reset();
    // All but the files of this page, which the worker keeps under the same name.
    await Promise.all(all().map((cache) => cache.invalidate({ match: (_, { tags }) => !tags.includes("shell") })));
    await use(TIERS);
    forget();
    await Promise.all([app.shelves(), app.show()]);
    return "Every cache is empty, at the origin too, and every switch is as it was.";
  });
  return { element: h("div", { class: "stack" }, said, groups, h("div", { class: "buttons" }, fresh)) };
}
