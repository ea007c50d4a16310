// Runs the examples of the declarations, each with what its reader has at hand.

import axios from "axios";
import { QueryClient } from "@tanstack/query-core";
import { experimental_createQueryPersister, persistQueryClient } from "@tanstack/query-persist-client-core";
import * as react from "react";
import { createRoot } from "react-dom/client";
import * as vue from "vue";
import * as nearcache from "nearcache";
import * as axiosEntry from "nearcache/axios";
import * as doctorEntry from "nearcache/doctor";
import * as reactEntry from "nearcache/react";
import * as registerEntry from "nearcache/register";
import * as svelteEntry from "nearcache/svelte";
import * as tanstackEntry from "nearcache/tanstack-query";
import * as vueEntry from "nearcache/vue";

import { root } from "./tools.js";

const same = (a, b) => Object.is(a, b) || (typeof a === "object" && typeof b === "object" && a !== null && b !== null &&
  Object.keys({ ...a, ...b }).every((key) => key in a && key in b && same(a[key], b[key])));
const must = (is, why) => { if (!is) throw new Error(why); };
const assert = {
  equal: (a, b, why) => must(Object.is(a, b), why ?? `${a} is not ${b}`),
  deepEqual: (a, b) => must(same(a, b), `${JSON.stringify(a)} is not ${JSON.stringify(b)}`),
  match: (text, pattern) => must(pattern.test(text), `${text} does not match ${pattern}`),
};

/** What `selector` says, once that is `text` or five seconds have gone by. */
const rendered = (show) => async (node, selector, text) => {
  const place = root.appendChild(document.createElement("div"));
  show(node, place);
  const said = () => place.querySelector(selector)?.textContent;
  for (const end = Date.now() + 5_000; said() !== text && Date.now() < end;) await new Promise((resolve) => setTimeout(resolve, 10));
  return said();
};
const loadItem = async () => ({ name: "Lamp" });

const scopes = {
  react: () => ({ ...reactEntry, loadItem, h: react.createElement, Suspense: react.Suspense, rendered: rendered((node, place) => createRoot(place).render(node)) }),
  vue: () => ({ ...vueEntry, loadItem, h: vue.h, rendered: rendered((node, place) => vue.createApp({ render: () => node }).mount(place)) }),
  svelte: () => ({ ...svelteEntry, loadItem }),
  observe: () => svelteEntry,
  axios: () => ({ ...axiosEntry, axios }),
  "tanstack-query": () => ({ ...tanstackEntry, persistQueryClient, experimental_createQueryPersister, queryClient: new QueryClient() }),
  register: () => registerEntry,
  doctor: () => doctorEntry,
};

globalThis.example = async ({ file, name, code }) => {
  const cache = await nearcache.open({ name: `${file}-${name}` });
  const scope = { ...nearcache, cache, assert, ...scopes[file]?.() };
  const AsyncFunction = (async () => {}).constructor;
  await new AsyncFunction(...Object.keys(scope), code)(...Object.values(scope));
};
