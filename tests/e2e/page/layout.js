// The raw stores of this cache as JSON, and back: for the fixture of the stored layout.

const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
const bytes = (buffer) => [...new Uint8Array(buffer)];

/** A stored value as JSON; bytes and Blobs are marked. */
async function plain(value) {
  if (value instanceof Blob) return { $blob: bytes(await value.arrayBuffer()), type: value.type };
  if (value instanceof ArrayBuffer) return { $bytes: bytes(value) };
  if (Array.isArray(value)) return Promise.all(value.map(plain));
  if (value && typeof value === "object") return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, member]) => [name, await plain(member)])));
  return value;
}

function rich(value) {
  if (value?.$blob) return new Blob([new Uint8Array(value.$blob)], { type: value.type });
  if (value?.$bytes) return new Uint8Array(value.$bytes).buffer;
  if (Array.isArray(value)) return value.map(rich);
  if (value && typeof value === "object") return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, rich(member)]));
  return value;
}

export async function dump() {
  const out = { databases: [], local: { ...localStorage }, caches: [] };
  for (const { name, version } of await indexedDB.databases()) {
    const db = await done(indexedDB.open(name));
    const stores = {};
    for (const store of db.objectStoreNames) {
      const records = db.transaction(store).objectStore(store);
      const [keys, values] = await Promise.all([done(records.getAllKeys()), done(records.getAll())]);
      stores[store] = await Promise.all(keys.map(async (key, at) => [key, await plain(values[at])]));
    }
    db.close();
    out.databases.push({ name, version, stores });
  }
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    const records = await Promise.all((await cache.keys()).map(async (request) => {
      const response = await cache.match(request, { ignoreVary: true });
      return { url: request.url, headers: [...request.headers], response: [...response.headers], body: await response.text() };
    }));
    out.caches.push({ name, records });
  }
  return out;
}

export async function restore({ databases, local, caches: named }) {
  for (const { name, version, stores } of databases) {
    const request = indexedDB.open(name, version);
    request.onupgradeneeded = () => {
      for (const store of Object.keys(stores)) request.result.createObjectStore(store);
    };
    const db = await done(request);
    const transaction = db.transaction(Object.keys(stores), "readwrite");
    for (const [store, records] of Object.entries(stores)) {
      for (const [key, value] of records) transaction.objectStore(store).put(rich(value), key);
    }
    await new Promise((resolve, reject) => Object.assign(transaction, { oncomplete: resolve, onabort: () => reject(transaction.error) }));
    db.close();
  }
  Object.assign(localStorage, local);
  for (const { name, records } of named) {
    const cache = await caches.open(name);
    for (const { url, headers, response, body } of records) await cache.put(new Request(url, { headers }), new Response(body, { headers: response }));
  }
}
