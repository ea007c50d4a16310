// What goes wrong on the way, or at the gateway.

import { h } from "../dom.js";
import { change, onSwitches } from "../origin/control.js";
import { group } from "./controls.js";

const QUOTA = { rate: 10_000, burst: 5_000 };
const NONE = { failure: { mode: "none", rate: 1 }, stage: { throttle: QUOTA } };
const failing = (failure) => ({ ...NONE, failure: { pathPrefix: "/api/", rate: 1, count: null, ...failure } });

const KINDS = {
  none: ["Nothing", NONE],
  status: ["Every answer is a 503", failing({ mode: "status", status: 503 })],
  reset: ["Half of the connections are reset", failing({ mode: "reset", rate: 0.5 })],
  truncate: ["Every body breaks off halfway", failing({ mode: "truncate" })],
  html: ["A sign-in page answers for the API", failing({ mode: "html" })],
  throttle: ["API Gateway lets one request a second pass", { ...NONE, stage: { throttle: { rate: 1, burst: 1 } } }],
};

export function failures({ say }) {
  const select = h("select", {
    name: "failure", "aria-label": "What goes wrong",
    onchange: async ({ target }) => {
      const [text, patch] = KINDS[target.value];
      say(await change(patch).then(() => `${text}. A product is stale after five seconds: open one again to see what the cache makes of it.`, (error) => error.message));
    },
  }, Object.entries(KINDS).map(([value, [text]]) => h("option", { value }, text)));
  onSwitches(({ failure, stage }) => {
    const kind = stage.throttle?.rate === 1 ? "throttle" : failure.mode;
    select.value = kind in KINDS ? kind : "none";
  });
  return group("What goes wrong", "The shop may answer with what is stored for a week after (stale-if-error).", select);
}
