import axios from "axios";
import { adapter } from "nearcache/axios";

import { opening } from "./tools.js";

const client = axios.create({ adapter: adapter(opening), timeout: 5_000 });
client.interceptors.request.use((config) => (config.headers.set("X-Who", "me"), config));

Object.assign(globalThis, {
  /** What a caller sees of a request, or of its failure. */
  async asked(method, url, ...rest) {
    try {
      const { status, data, headers } = await client[method](url, ...rest);
      return { status, data, via: headers["cache-status"] };
    } catch (error) {
      return { code: error.code, status: error.response?.status, axios: axios.isAxiosError(error), cause: error.cause?.code };
    }
  },
  async cancelled(url) {
    const aborter = new AbortController();
    const asked = client.get(url, { signal: aborter.signal });
    aborter.abort();
    return asked.catch((error) => axios.isCancel(error));
  },
  async progress(url) {
    let loaded = 0;
    const { data } = await client.get(url, { onDownloadProgress: (event) => (loaded = event.loaded), responseType: "arraybuffer" });
    return [loaded, data.byteLength];
  },
});
