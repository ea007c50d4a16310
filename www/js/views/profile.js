// The customer's own page. Its data lives in the customer's partition, and is asked for again each time.

import { h } from "../dom.js";
import { change, login, logout, profile as read, user } from "../shop/api.js";

const CUSTOMERS = ["alice", "bob", "carol"];

/** The view of `#/me`. */
export async function profile(_, again) {
  if (!user()) return { title: "Log in", content: [entrance(again)] };
  const mine = await read();
  return { title: mine.name, content: [page(mine, again)] };
}

function entrance(again) {
  const enter = (name) => h("button", { type: "button", onclick: () => login(name).then(again, again) }, name);
  return h("section", { class: "entrance" },
    h("h1", {}, "Log in"),
    h("p", { class: "muted" }, "There are no passwords here. Who are you?"),
    h("div", { class: "buttons" }, CUSTOMERS.map(enter)));
}

function page(mine, again) {
  const save = async (event) => {
    event.preventDefault();
    const fields = Object.fromEntries(new FormData(event.target));
    await change(fields).then(again, again);
  };
  const field = (name, label, type = "text") =>
    h("label", {}, h("span", {}, label), h("input", { name, type, value: mine[name], required: true, autocomplete: "off" }));
  return h("section", { class: "profile" },
    h("h1", {}, mine.name),
    h("p", { class: "muted" }, `Version ${mine.version} of this profile, kept in the partition “${mine.user}”.`),
    h("form", { onsubmit: save }, field("name", "Name"), field("email", "E-mail", "email"), field("city", "City"),
      h("div", { class: "buttons" },
        h("button", { class: "main" }, "Save"),
        h("button", { type: "button", onclick: () => logout().then(again) }, "Log out"))));
}
