// How much the web origin of a tab may store: `await narrow(bytes)`, and `narrow(0)` for what the browser allows.

export const narrowing = ({ browser, origin, tab }) => async (bytes) => {
  if (browser.name === "chromium") return tab.cdp("Storage.overrideQuotaForOrigin", { origin: origin.url, ...(bytes ? { quotaSize: bytes } : {}) });
  // What Firefox allows is fixed when its storage starts, so that is started anew.
  return browser.chrome(async (kb) => {
    const done = (request) => new Promise((resolve, reject) => { request.callback = () => (request.resultCode ? reject(request.resultCode) : resolve()); });
    Services.prefs.setBoolPref("dom.quotaManager.testing", true);
    // What other tests have stored counts too.
    if (kb) await done(Services.qms.clear());
    if (kb) Services.prefs.setIntPref("dom.quotaManager.temporaryStorage.fixedLimit", kb);
    else Services.prefs.clearUserPref("dom.quotaManager.temporaryStorage.fixedLimit");
    await done(Services.qms.reset());
  }, bytes && bytes / 1024);
};

/**
 * Fills the disk by a database of somebody else's, up to less than `slack` bytes; resolves to what empties it again.
 * Firefox opens nothing, and removes nothing, where there is no room at all.
 */
export async function filled(tab, slack = 1 << 19) {
  await tab.evaluate(async (slack) => {
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: () => reject(request.error) }));
    const add = async (bytes) => {
      const opening = indexedDB.open("filler");
      opening.onupgradeneeded = () => opening.result.createObjectStore("all", { autoIncrement: true });
      const filler = await done(opening); // each time: Firefox closes one that has found the disk full
      try {
        const transaction = filler.transaction("all", "readwrite");
        transaction.objectStore("all").add(bytes);
        return await new Promise((resolve) => Object.assign(transaction, { oncomplete: () => resolve(true), onabort: () => resolve(false) }));
      } finally {
        filler.close();
      }
    };
    for (let size = 1 << 20; size >= slack;) {
      if (!(await add(noise(size)))) size /= 2;
    }
  }, slack);
  return () => tab.evaluate(() => new Promise((resolve, reject) => Object.assign(indexedDB.deleteDatabase("filler"), { onsuccess: resolve, onerror: reject })));
}
