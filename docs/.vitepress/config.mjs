// The site that `make docs` builds from these pages into target/docs. A link that leads nowhere fails the build.

import { existsSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";

import { defineConfig } from "vitepress";

const root = fileURLToPath(new URL("../..", import.meta.url));
const docs = resolve(root, "docs");
const repository = "https://github.com/nearcache/nearcache";

/** On GitHub a page links to files beside the docs; on the site these links lead to GitHub. */
function linkOut(markdown) {
  const render = markdown.renderer.rules.link_open ?? ((tokens, i, options, _, self) => self.renderToken(tokens, i, options));
  markdown.renderer.rules.link_open = (tokens, i, options, page, self) => {
    const href = tokens[i].attrGet("href");
    const target = /^\.\.?\//.test(href) ? resolve(docs, dirname(page.relativePath), href.split("#")[0]) : docs;
    const path = relative(docs, target);
    if (path.startsWith("..") || (path && !path.endsWith(".md") && existsSync(target))) {
      if (!existsSync(target)) throw new Error(`${page.relativePath} links to ${href}, which is not there`);
      tokens[i].attrSet("href", `${repository}/tree/main/${relative(root, target)}`);
    }
    return render(tokens, i, options, page, self);
  };
}

const page = (text, link) => ({ text, link });

export default defineConfig({
  title: "nearcache",
  description: "One cache for web front-ends over everything a browser can remember, with HTTP semantics.",
  head: [["link", { rel: "icon", href: "data:," }]],
  outDir: "../target/docs",
  cacheDir: "../target/docs-cache",
  cleanUrls: true,
  lastUpdated: false,
  markdown: { config: linkOut },
  themeConfig: {
    search: { provider: "local" },
    outline: [2, 3],
    socialLinks: [{ icon: "github", link: repository }],
    nav: [page("Guide", "/guide"), page("API", "/api"), page("Compared", "/comparison")],
    sidebar: [
      {
        text: "Using it",
        items: [
          page("Problems", "/problems"),
          page("Guide", "/guide"),
          page("API", "/api"),
          page("Headers at the origin", "/origin"),
          page("Browsers", "/browsers"),
        ],
      },
      {
        text: "Coming from",
        items: [
          page("Workbox", "/from-workbox"),
          page("idb-keyval", "/from-idb-keyval"),
          page("localForage", "/from-localforage"),
          page("lru-cache", "/from-lru-cache"),
          page("axios-cache-interceptor", "/from-axios-cache-interceptor"),
        ],
      },
      {
        text: "Judging it",
        items: [
          page("Compared with others", "/comparison"),
          page("Benchmarks", "/benchmarks"),
          page("In the worker", "/benchmarks-worker"),
          page("Size", "/size"),
          page("HTTP", "/http"),
          page("Architecture", "/architecture"),
        ],
      },
    ],
  },
});
