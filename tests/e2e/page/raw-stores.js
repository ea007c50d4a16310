// Everything this origin has stored in this browser, read past the library as text, so that a test can search it.

/** One line of text for each thing stored. */
export async function rawStores() {
  const lines = [`cookie ${document.cookie}`];
  for (const [name, storage] of [["local", localStorage], ["session", sessionStorage]]) {
    for (let at = 0; at < storage.length; at += 1) {
      const key = storage.key(at);
      lines.push(`${name} ${key} = ${storage.getItem(key)}`);
    }
  }
  for (const { name } of await indexedDB.databases()) lines.push(...await database(name));
  for (const name of await caches.keys()) lines.push(...await cacheLines(name));
  return lines;
}

async function database(name) {
  const db = await done(indexedDB.open(name));
  const lines = [];
  try {
    for (const store of db.objectStoreNames) {
      const records = db.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(records.getAllKeys()), done(records.getAll())]);
      for (const [at, key] of keys.entries()) {
        lines.push(`indexeddb ${name}/${store} ${await text(key)} = ${await text(values[at])}`);
      }
    }
  } finally {
    db.close();
  }
  return lines;
}

async function cacheLines(name) {
  const cache = await caches.open(name);
  const lines = [];
  for (const request of await cache.keys()) {
    const response = await cache.match(request, { ignoreVary: true });
    const headers = (of) => JSON.stringify([...of.headers]);
    lines.push(`cache-storage ${name} ${request.url} ${headers(request)} = ${response && headers(response)} ${response && await response.text()}`);
  }
  return lines;
}

/** The keys of metadata whose body is missing, and of bodies without metadata, in a cache's database. */
export async function halves(name) {
  const db = await done(indexedDB.open(name));
  const transaction = db.transaction(["meta", "body"]);
  const [metas, bodies] = [transaction.objectStore("meta"), transaction.objectStore("body")];
  const [keys, records, apart] = await Promise.all([metas.getAllKeys(), metas.getAll(), bodies.getAllKeys()].map(done));
  db.close();
  const wanted = keys.filter((_, at) => Array.isArray(records[at]) && records[at].length === 1);
  return { bare: wanted.filter((key) => !apart.includes(key)), orphans: apart.filter((key) => !wanted.includes(key)) };
}

function done(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
    request.onblocked = () => reject(new Error("blocked"));
  });
}

/** A structured-clonable value as text, its bytes as Latin-1. */
async function text(value) {
  if (value instanceof Blob) return text(await value.arrayBuffer());
  if (value instanceof ArrayBuffer) return text(new Uint8Array(value));
  if (ArrayBuffer.isView(value)) {
    return Array.from(new Uint8Array(value.buffer, value.byteOffset, value.byteLength), (byte) => String.fromCharCode(byte)).join("");
  }
  if (value instanceof Map || value instanceof Set) return `[${await text([...value])}]`;
  if (Array.isArray(value)) return (await Promise.all(value.map(text))).join(",");
  if (value instanceof Date) return value.toISOString();
  if (value && typeof value === "object") {
    return `{${(await Promise.all(Object.entries(value).map(async ([name, member]) => `${name}:${await text(member)}`))).join(",")}}`;
  }
  return String(value);
}

/** Ruins every record in a store, as a crash mid-write or a foreign hand would; its keys stay. */
export const corrupt = {
  local() {
    for (const key of Object.keys(localStorage)) localStorage.setItem(key, `${localStorage.getItem(key).slice(0, 5)}\u0000}`);
  },
  async indexeddb() {
    for (const { name } of await indexedDB.databases()) {
      const db = await done(indexedDB.open(name));
      for (const store of db.objectStoreNames) {
        const records = db.transaction(store, "readwrite").objectStore(store);
        for (const key of await done(records.getAllKeys())) {
          if (records.keyPath === null) records.put({ garbage: new Uint8Array([1, 2, 3]) }, key);
          else records.put({ [records.keyPath]: key, garbage: true });
        }
      }
      db.close();
    }
  },
  async "cache-storage"() {
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) await cache.put(request, new Response("garbage"));
    }
  },
};
