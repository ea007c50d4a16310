// Bar charts for docs/plots: for each work one group of bars a browser, ours first, scaled to the slowest of the group.

import { mkdir, writeFile } from "node:fs/promises";

const COLOURS = ["#4f6bd8", "#8a8f98", "#b0855a", "#5a9a8a", "#a56aa0", "#8f8a5a"];
const [PANEL, NAMES, BAR, ROW] = [330, 250, 11, 14];
const escape = (text) => text.replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);

/**
 * Writes docs/plots/{name}.svg. `results` is `{ [browser]: { [work]: { [contender]: number } } }`, less is better.
 */
export async function plot(name, title, unit, results) {
  const panels = Object.entries(results);
  const works = Object.keys(panels[0][1]);
  const contenders = [...new Set(panels.flatMap(([, by]) => Object.values(by).flatMap(Object.keys)))];
  const colour = (contender) => COLOURS[contenders.indexOf(contender) % COLOURS.length];
  const heights = works.map((work) => 26 + ROW * Object.keys(panels[0][1][work]).length);
  const [width, height] = [NAMES + PANEL * panels.length + 20, 56 + heights.reduce((a, b) => a + b)];
  const text = (x, y, content, more = "") => `<text x="${x}" y="${y}"${more}>${escape(content)}</text>`;

  const group = (work, panel, by, x, y) => {
    const most = Math.max(...Object.values(by[work]));
    return Object.entries(by[work]).map(([contender, value], i) => {
      const [top, length] = [y + 20 + i * ROW, Math.max(1, (value / most) * (PANEL - 90))];
      const label = panel === 0 ? text(NAMES - 10, top + 9, contender, ' text-anchor="end"') : "";
      return `${label}<rect x="${x}" y="${top}" width="${length.toFixed(1)}" height="${BAR}" rx="2" fill="${colour(contender)}"/>`
        + text(x + length + 6, top + 9, value >= 100 ? value.toFixed(0) : value.toPrecision(3));
    }).join("");
  };
  let y = 48;
  const rows = works.map((work, i) => {
    const row = text(12, y + 10, work, ' class="work"') + panels.map(([, by], at) => group(work, at, by, NAMES + at * PANEL, y)).join("");
    y += heights[i];
    return row;
  });
  const heads = panels.map(([browser], at) => text(NAMES + at * PANEL, 40, browser, ' class="quiet"'));
  await mkdir(new URL("../docs/plots/", import.meta.url), { recursive: true });
  await writeFile(new URL(`../docs/plots/${name}.svg`, import.meta.url), `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escape(title)}">
<style>text{font:11px system-ui,sans-serif;fill:#24292f}.title{font-size:13px;font-weight:600}.work{font-weight:600}.quiet{fill:#6a737d}.back{fill:#fff}
@media(prefers-color-scheme:dark){text{fill:#d4d8dd}.quiet{fill:#9aa2ab}.back{fill:#16181c}}</style>
<rect class="back" width="${width}" height="${height}"/>
${text(12, 20, `${title}, ${unit}; less is better`, ' class="title"')}
${heads.join("\n")}
${rows.join("\n")}
</svg>
`);
}
