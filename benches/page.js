// Runs in a page: each contender does the same work on 1000 entries of about 1 KB, turn by turn.

import Dexie from "dexie";
import CachePolicy from "http-cache-semantics";
import * as idbKeyval from "idb-keyval";
import localforage from "localforage";
import { LRUCache } from "lru-cache";
import { open } from "nearcache";

const COUNT = 1000;
const entries = Array.from({ length: COUNT }, (_, i) => [`https://shop.example/api/products/p${i}?lang=en`, { id: i, text: "x".repeat(1000) }]);
const keys = entries.map(([key]) => key);

let names = 0;
const fresh = (kind) => `bench-${kind}-${performance.timeOrigin}-${names++}`;
const each = (work) => Promise.all(entries.map(([key, value]) => work(key, value)));
const inTurn = async (work) => {
  for (const key of keys) await work(key);
};

const request = (asked) =>
  new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
const done = (transaction) =>
  new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = () => reject(transaction.error);
  });

/** A contender makes an empty store and gives the ways to use it; `reopen` starts cold on the same data. */
const contenders = {
  async nearcache() {
    const options = { name: fresh("nearcache"), tiers: ["memory", "indexeddb"], budgets: { memory: "64MB" } };
    const use = (cache) => ({
      setAll: () => each((key, value) => cache.set(key, value)),
      getAll: () => each((key) => cache.get(key)),
      getInTurn: () => inTurn((key) => cache.get(key)),
      getMany: () => cache.getMany(keys),
      reopen: async () => {
        await cache.close();
        return use(await open(options));
      },
    });
    return use(await open(options));
  },
  async "idb-keyval"() {
    const name = fresh("idb-keyval");
    const use = (store) => ({
      setAll: () => each((key, value) => idbKeyval.set(key, value, store)),
      getAll: () => each((key) => idbKeyval.get(key, store)),
      getInTurn: () => inTurn((key) => idbKeyval.get(key, store)),
      getMany: () => idbKeyval.getMany(keys, store),
      reopen: async () => use(idbKeyval.createStore(name, "entries")),
    });
    return use(idbKeyval.createStore(name, "entries"));
  },
  async localForage() {
    const store = localforage.createInstance({ name: fresh("localforage"), driver: localforage.INDEXEDDB });
    await store.ready();
    const use = {
      setAll: () => each((key, value) => store.setItem(key, value)),
      getAll: () => each((key) => store.getItem(key)),
      getInTurn: () => inTurn((key) => store.getItem(key)),
      reopen: async () => use,
    };
    return use;
  },
  async Dexie() {
    const name = fresh("dexie");
    const use = async () => {
      const database = new Dexie(name);
      database.version(1).stores({ entries: "" });
      await database.open();
      const table = database.table("entries");
      return {
        setAll: () => table.bulkPut(entries.map(([, value]) => value), keys),
        getInTurn: () => inTurn((key) => table.get(key)),
        getMany: () => table.bulkGet(keys),
        reopen: async () => {
          database.close();
          return use();
        },
      };
    };
    return use();
  },
  async "raw IndexedDB"() {
    const name = fresh("raw");
    const use = async () => {
      const opening = indexedDB.open(name, 1);
      opening.onupgradeneeded = () => opening.result.createObjectStore("entries");
      const database = await request(opening);
      const start = (mode) => database.transaction("entries", mode, { durability: "relaxed" });
      const read = () => {
        const store = start("readonly").objectStore("entries");
        return Promise.all(keys.map((key) => request(store.get(key))));
      };
      return {
        setAll: () => {
          const transaction = start("readwrite");
          for (const [key, value] of entries) transaction.objectStore("entries").put(value, key);
          return done(transaction);
        },
        getAll: read,
        getMany: read,
        reopen: async () => {
          database.close();
          return use();
        },
      };
    };
    return use();
  },
};

const time = async (work) => {
  const start = performance.now();
  await work();
  return performance.now() - start;
};

const median = (times) => times.toSorted((a, b) => a - b)[times.length >> 1];
/** Of `{ [work]: { [contender]: [number] } }`. */
const medians = (times) =>
  Object.fromEntries(Object.entries(times).map(([work, by]) => [work, Object.fromEntries(Object.entries(by).map(([name, all]) => [name, median(all)]))]));

/** `{ [work]: { [contender]: ms } }`, medians over the rounds. */
async function stores(rounds) {
  const times = {};
  const note = (work, name, ms) => ((times[work] ??= {})[name] ??= []).push(ms);
  for (let round = 0; round < rounds; round++) {
    for (const [name, make] of Object.entries(contenders)) {
      let use = await make();
      note("set, all at once", name, await time(use.setAll));
      for (const [work, way] of [["get, all at once", "getAll"], ["get, one after the other", "getInTurn"], ["getMany", "getMany"]]) {
        if (!use[way]) continue;
        use = await use.reopen();
        note(`${work} (cold)`, name, await time(use[way]));
      }
      if (use.getMany) {
        note("opened, then getMany", name, await time(async () => {
          use = await use.reopen();
          await use.getMany();
        }));
      }
    }
  }
  return medians(times);
}

/** Nanoseconds a call for what is in memory: `{ [work]: { [contender]: ns } }`. */
async function memory(rounds) {
  const cache = await open({ name: fresh("memory"), tiers: ["memory"], budgets: { memory: "64MB" } });
  const lru = new LRUCache({ max: COUNT * 2 });
  const map = new Map();
  await each((key, value) => cache.set(key, value));
  for (const [key, value] of entries) {
    lru.set(key, value);
    map.set(key, value);
  }
  let sink = 0;
  const loop = (read) => () => {
    for (let i = 0; i < 20; i++) for (const key of keys) if (read(key)) sink++;
  };
  const works = {
    "peek, and get of the others": {
      nearcache: loop((key) => cache.peek(key)),
      "lru-cache": loop((key) => lru.get(key)),
      Map: loop((key) => map.get(key)),
    },
    "get, awaited; a clone by the others": {
      nearcache: () => inTurn((key) => cache.get(key)),
      "lru-cache": () => inTurn(async (key) => structuredClone(lru.get(key))),
      Map: () => inTurn(async (key) => structuredClone(map.get(key))),
    },
  };
  const calls = (work) => (work.startsWith("peek") ? 20 * COUNT : COUNT);
  const times = {};
  for (let round = 0; round < rounds; round++) {
    for (const [work, ways] of Object.entries(works)) {
      for (const [name, way] of Object.entries(ways)) (((times[work] ??= {})[name]) ??= []).push(((await time(way)) / calls(work)) * 1e6);
    }
  }
  if (sink === 0) throw new Error("nothing was found");
  return medians(times);
}

/**
 * Microseconds for a response that is in memory and fresh, by what stands between the caller and it: `{ [work]: { [contender]: us } }`.
 * All but the barest take what `fetch` takes, and so make a Request of it.
 */
async function responses(path, rounds) {
  const HITS = 500;
  const url = new URL(path, location.href).href;
  const request = () => new Request(url);
  const original = await fetch(url);
  const [status, headers, body] = [original.status, Object.fromEntries(original.headers), await original.arrayBuffer()];
  const plain = (request) => ({ url: request.url, method: request.method, headers: Object.fromEntries(request.headers) });

  const map = new Map([[url, { status, headers, body }]]);
  const policies = new Map([[url, { policy: new CachePolicy(plain(request()), { status, headers }, { shared: false }), body }]]);
  const platform = await caches.open(fresh("responses"));
  await platform.put(request(), new Response(body, { status, headers }));
  const cache = await open({ name: fresh("responses"), tiers: ["memory"] });
  await (await cache.fetch(url)).arrayBuffer();

  const ways = {
    "nearcache fetch": () => cache.fetch(url),
    "http-cache-semantics, Map, Response": async () => {
      const asked = request();
      const { policy, body } = policies.get(asked.url);
      if (!policy.satisfiesWithoutRevalidation(plain(asked))) throw new Error("stale");
      return new Response(body, { status, headers: policy.responseHeaders() });
    },
    "Request, Map, Response": async () => {
      const { status, headers, body } = map.get(request().url);
      return new Response(body, { status, headers });
    },
    "Map, Response": async () => {
      const { status, headers, body } = map.get(url);
      return new Response(body, { status, headers });
    },
    "Cache API match": () => platform.match(request()),
  };
  const works = { "the response": (response) => response, "and its text": (response) => response.text() };
  if (!(await cache.fetch(url)).headers.get("cache-status")?.includes("hit")) throw new Error("nearcache did not answer from memory");
  const times = {};
  // The first round only warms up.
  for (let round = 0; round <= rounds; round++) {
    for (const [work, use] of Object.entries(works)) {
      for (const [name, way] of Object.entries(ways)) {
        const ms = await time(async () => {
          for (let i = 0; i < HITS; i++) await use(await way());
        });
        if (round > 0) ((times[work] ??= {})[name] ??= []).push((ms / HITS) * 1000);
      }
    }
  }
  await cache.close();
  return medians(times);
}

/** Microseconds for whether a fresh response may answer, and the headers it then has: HTTP alone, without any Response. */
async function decisions(rounds) {
  const CALLS = 5000;
  // benches/http as wasm. What it imports belongs to parts of the package that are never called here.
  const module = await WebAssembly.compileStreaming(fetch("decide.wasm"));
  const imports = {};
  for (const { module: from, name } of WebAssembly.Module.imports(module)) (imports[from] ??= {})[name] = () => undefined;
  const { decide } = (await WebAssembly.instantiate(module, imports)).exports;
  const asked = { url: "/p", method: "GET", headers: { accept: "application/json", "accept-language": "en" } };
  const headers = {
    "content-type": "application/json; charset=utf-8", "content-length": "1024", date: new Date().toUTCString(), "last-modified": new Date(0).toUTCString(),
    etag: '"5d8c72a5edda8d6a"', "cache-control": "public, max-age=3600, stale-while-revalidate=30", vary: "Accept-Encoding, Accept-Language",
    age: "3", via: "1.1 abc.cloudfront.net (CloudFront)", "x-cache": "Hit from cloudfront",
  };
  const policy = new CachePolicy(asked, { status: 200, headers }, { shared: false });
  let sink = 0;
  const ways = {
    nearcache: () => decide(CALLS),
    "http-cache-semantics": () => {
      for (let i = 0; i < CALLS; i++) if (policy.satisfiesWithoutRevalidation(asked) && policy.responseHeaders()) sink++;
    },
  };
  const times = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, way] of Object.entries(ways)) {
      const ms = await time(way);
      if (round > 0) times[name].push((ms / CALLS) * 1000);
    }
  }
  if (sink !== CALLS * (rounds + 1)) throw new Error("http-cache-semantics found it stale");
  return Object.fromEntries(Object.entries(times).map(([name, us]) => [name, median(us)]));
}

/** Milliseconds a body of so many bytes, written and read back whole, by where it is kept: `{ [work]: { [home]: ms } }`. */
async function homes(size) {
  const count = Math.max(2, Math.min(40, Math.floor(4e6 / size)));
  const body = crypto.getRandomValues(new Uint8Array(Math.min(size, 65_536)));
  const bytes = new Uint8Array(size).map((_, at) => body[at % body.length]).buffer;
  const text = String.fromCharCode(...new Uint8Array(bytes, 0, Math.min(size, 32_768)));
  const names = Array.from({ length: count }, (_, at) => `/body/${size}/${at}`);
  const opening = indexedDB.open(fresh("homes"), 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore("bodies");
  const database = await request(opening);
  const start = (mode) => database.transaction("bodies", mode, { durability: "relaxed" });
  const inDatabase = (made, whole) => ({
    async write(name) {
      const transaction = start("readwrite");
      transaction.objectStore("bodies").put(made(), name);
      await done(transaction);
    },
    read: async (name) => (await whole(await request(start("readonly").objectStore("bodies").get(name)))).byteLength,
  });
  const platform = await caches.open(fresh("homes"));
  const ways = {
    "IndexedDB, bytes": inDatabase(() => bytes, (kept) => kept),
    "IndexedDB, Blob": inDatabase(() => new Blob([bytes]), (kept) => kept.arrayBuffer()),
    "Cache API": {
      write: (name) => platform.put(name, new Response(bytes)),
      read: async (name) => (await (await platform.match(name)).arrayBuffer()).byteLength,
    },
    ...(size <= text.length && {
      "localStorage": {
        write: async (name) => localStorage.setItem(name, text),
        read: async (name) => new TextEncoder().encode(localStorage.getItem(name)).byteLength && size,
      },
    }),
  };
  const times = { write: {}, read: {} };
  for (const [home, { write, read }] of Object.entries(ways)) {
    for (const [work, way] of Object.entries({ write, read })) {
      const ms = await time(async () => {
        for (const name of names) if ((await way(name)) < size) throw new Error(`${home} lost some of ${name}`);
      });
      times[work][home] = ms / count;
    }
  }
  localStorage.clear();
  database.close();
  return times;
}

/** Leaves a cache with the entries behind; resolves to its name. */
async function filled() {
  const name = fresh("filled");
  const cache = await open({ name });
  await cache.setMany(entries);
  await cache.close();
  return name;
}

globalThis.bench = { filled, stores, memory, responses, decisions, homes };
