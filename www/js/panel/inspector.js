// The package's own inspector, as any app can use it while it is developed.

import "nearcache/inspector";

import { h } from "../dom.js";

/** Without a `cache` of its own it offers all that are open: the shop's, and the customer's. */
export const inspector = () => ({ element: h("nearcache-inspector", {}) });
