// A dedicated worker that brings an older version along until it is killed, and tells of each entry.
import { open } from "/pkg/dist/entry/web.js";

await open({
  name: "test",
  version: 2,
  migrate: async (entry) => {
    postMessage(entry.key);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 4));
    return { ...entry, value: { ...entry.value, migrated: true } };
  },
});
postMessage("done");
