// A module service worker with what JSON cannot carry: `byte` makes its key, `key: "rejects"` or `"nothing"` spoils it,
// `migrate` is a hook that adds a tag and tells a page of each call.
import { serve } from "/pkg/dist/entry/worker.js";

const { byte, key, migrate, ...options } = JSON.parse(new URL(location.href).searchParams.get("options"));
const made = async () => {
  if (key === "rejects") throw new Error("no key today");
  return key === "nothing" ? undefined : crypto.subtle.importKey("raw", new Uint8Array(32).fill(byte), "AES-GCM", false, ["encrypt", "decrypt"]);
};
const channel = new BroadcastChannel("migrate");
const hook = (entry) => {
  channel.postMessage(entry.key);
  return { ...entry, tags: ["migrated"] };
};
const encrypt = byte || key ? made() : undefined;
encrypt?.catch(() => {});
const cache = serve({ ...options, ...(encrypt ? { encrypt } : {}), ...(migrate ? { migrate: hook } : {}) });
addEventListener("message", ({ data, ports: [port] }) => {
  if (data.get) cache.get(data.get).then((value) => port.postMessage(value ?? null));
});
