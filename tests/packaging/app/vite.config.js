import nearcache from "nearcache/vite";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [nearcache()],
  build: {
    rolldownOptions: {
      input: { main: "index.html", sw: "sw.ts" },
      // A service worker's URL must not change with its content.
      output: { entryFileNames: ({ name }) => (name === "sw" ? "sw.js" : "assets/[name]-[hash].js") },
    },
  },
});
