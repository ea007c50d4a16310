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
