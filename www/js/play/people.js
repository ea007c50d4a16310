// Customers, one after the other in the same browser.

import { h } from "../dom.js";
import { login, logout, user } from "../shop/api.js";
import { group } from "./controls.js";

const CUSTOMERS = ["alice", "bob", "carol"];

export function people({ app, action }) {
  const enter = (name) => action(`login-${name}`, `Log in as ${name}`, async () => {
    if (user()) await logout();
    await login(name);
    location.hash = "#/me";
    await app.show();
    return `${name} has a partition of ${name}'s own. Nobody else's requests are answered from it.`;
  });
  return group("Who is there", undefined, h("div", { class: "buttons" },
    CUSTOMERS.map(enter),
    action("logout", "Log out", async () => {
      const name = user();
      await logout();
      await app.show();
      return name ? `Nothing of ${name} is left in any tier.` : "Nobody was logged in.";
    })));
}
