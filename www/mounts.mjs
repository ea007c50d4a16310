// What the shop's origin serves besides the shop: the package, and the chart library.

import { PACKAGE } from "../tests/e2e/lib/origin.mjs";

export const mounts = { "/pkg": PACKAGE, "/vendor/uplot": "node_modules/uplot/dist" };
