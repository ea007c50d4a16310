/** The inspector's own look. Nothing of the page reaches in but `color-scheme`, the font's size and the accent. */
export const css = `
:host {
  --ground: light-dark(#ffffff, #1c1c1a);
  --sunken: light-dark(#f4f2ee, #262623);
  --text: light-dark(#1e1d1a, #ecebe6);
  --muted: light-dark(#5f5c55, #aaa79e);
  --line: light-dark(#dedbd3, #3a3934);
  --accent: var(--nearcache-accent, light-dark(#1f5f5b, #7fc9c1));
  --on-accent: light-dark(#ffffff, #0c2321);
  display: block; padding: .75rem 1rem; container-type: inline-size; color: var(--text); background: var(--ground);
  font: .875rem/1.45 system-ui, "Segoe UI", Roboto, sans-serif; text-align: start;
}
:host([hidden]), [hidden] { display: none !important; }
*, ::before, ::after { box-sizing: border-box; }
section, .main, .panel > div { display: grid; gap: .75rem; grid-template-columns: minmax(0, 1fr); }
p, h2, dl, dd { margin: 0; }
h2 { font-size: inherit; font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; border-radius: 3px; }
header, .bar, .choices { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; }
header .clear { margin-inline-start: auto; }
.muted, dt { color: var(--muted); }
.said:empty { display: none; }
.said { overflow-wrap: anywhere; }
.heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

button, select, input { font: inherit; color: inherit; min-height: 2rem; padding: 0 .65rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); }
button { cursor: pointer; }
button:hover:not(:disabled) { border-color: var(--muted); }
button:disabled { color: var(--muted); cursor: default; }
button[aria-pressed="true"], [data-sure] { background: var(--accent); border-color: var(--accent); color: var(--on-accent); }
input { flex: 1 1 8rem; min-width: 0; }
input::placeholder { color: var(--muted); opacity: 1; }
select { max-width: 100%; }

.tabs { display: flex; gap: 1.25rem; border-bottom: 1px solid var(--line); }
.tabs button { min-height: 2.25rem; padding: 0; border: 0; border-bottom: 2px solid transparent; border-radius: 0; background: none; color: var(--muted); }
.tabs [aria-selected="true"] { color: var(--text); border-color: var(--accent); }

.scroll { max-height: var(--nearcache-height, 28rem); overflow: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); text-align: start; vertical-align: baseline; font-weight: 400; white-space: nowrap; }
thead th { position: sticky; top: 0; background: var(--ground); color: var(--muted); }
th:last-child, td:last-child { padding-inline-end: 0; }
.number { text-align: end; }
.key { width: 100%; max-width: 0; overflow: hidden; text-overflow: ellipsis; }
.events .what { width: 100%; }
td.key { padding-inline-end: 0; white-space: normal; overflow-wrap: anywhere; }
.tags { max-width: 10rem; overflow: hidden; text-overflow: ellipsis; }
.row { display: block; width: 100%; min-height: 1.75rem; padding: 0 2px; overflow: hidden; text-overflow: ellipsis; border: 0; background: none; text-align: start; }
.row::before { content: ""; display: inline-block; margin-inline: 2px .5rem; border: 4px solid transparent; border-inline-start-color: var(--muted); border-inline-end-width: 0; }
.row[aria-expanded="true"]::before { transform: rotate(90deg); }
.row:focus-visible { outline-offset: -2px; }
[data-stale] .fresh { color: var(--muted); }
.details td { padding: .75rem; background: var(--sunken); white-space: normal; }
.details td > * + * { margin-top: .75rem; }
.mark { padding: .05rem .45rem; border-radius: 99px; background: var(--sunken); }
[data-type="hit"] .mark { background: var(--accent); color: var(--on-accent); }

dl { display: grid; gap: .3rem; }
dl > div { display: grid; grid-template-columns: 7.5rem minmax(0, 1fr); gap: .5rem; align-items: baseline; }
dd, pre, code { overflow-wrap: anywhere; }
pre, code { font: .8125rem/1.5 ui-monospace, Menlo, Consolas, monospace; }
pre { margin: .75rem 0 0; max-height: 16rem; overflow: auto; padding: .75rem; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); white-space: pre-wrap; }
.meter { display: grid; gap: .25rem; min-width: 8rem; }
.track { display: block; height: .375rem; border-radius: 99px; background: var(--sunken); overflow: hidden; }
.fill { display: block; height: 100%; min-width: 2px; background: var(--accent); }

@container (width < 34rem) {
  .entries .tier, .entries .tags { display: none; }
  dl > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  label { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
}
`;
