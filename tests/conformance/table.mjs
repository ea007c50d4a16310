// The table of docs/http.md: cases passed of those played, by section, requirement and environment.

import { readFileSync, writeFileSync } from "node:fs";

const page = new URL("../../docs/http.md", import.meta.url);
const BEGIN = /<!-- conformance table.*-->\n\n/;
const END = "\n<!-- end of table -->";

export function render(cases, outcomes) {
  const environments = [...outcomes.keys()];
  const sections = [...new Set(cases.map(({ section }) => section))].sort();
  const cell = (some, outcome) => {
    const played = some.filter(({ id }) => outcome.has(id));
    return `${played.filter(({ id }) => outcome.get(id) === null).length}/${played.length}`;
  };
  const row = (title, some) => {
    const cells = environments.flatMap((name) => ["R", "O"].map((column) =>
      cell(some.filter(({ requirement }) => requirement === column), outcomes.get(name))));
    return `| ${[title, ...cells].join(" | ")} |`;
  };
  const heads = environments.flatMap((name) => ["R", "O"].map((column) => `${name} ${column}`));
  return [
    `| ${["section", ...heads].join(" | ")} |`,
    `| ${["section", ...heads].map(() => "---").join(" | ")} |`,
    ...sections.map((section) => row(section, cases.filter((one) => one.section === section))),
    row("all", cases),
    "",
  ].join("\n");
}

/** Puts the table into docs/http.md. */
export function write(cases, outcomes) {
  const text = readFileSync(page, "utf8");
  const begin = text.match(BEGIN);
  const end = text.indexOf(END);
  if (!begin || end < 0) throw new Error("docs/http.md has lost the place of its table");
  writeFileSync(page, text.slice(0, begin.index + begin[0].length) + render(cases, outcomes) + text.slice(end));
}
