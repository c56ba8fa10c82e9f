/**
 * How the summary looks. It stands in the page itself, which is kept as a file of its own. The colours of parts are
 * those of Paul Tol's scheme "muted" (SRON/EPS/TN/09-002), which people with defects of colour vision tell apart too.
 */
export const summaryStyle = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f3; --surface: #fff; --text: #15211c; --muted: #4d5e56; --line: #dbe2dd; --rail: #edf1ee;
  --accent: #0b6b4f; --c0: #332288; --c1: #cc6677; --c2: #117733; --c3: #999933; --c4: #aa4499; --c5: #6b7a72;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1412; --surface: #171f1c; --text: #e9f0ec; --muted: #a8b8b0; --line: #2c3833; --rail: #222d29;
    --accent: #63cda6; --c0: #88ccee; --c1: #e38a98; --c2: #44aa99; --c3: #ddcc77; --c4: #cf8fc4; --c5: #8fa39a;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif; overflow-wrap: break-word; }
:lang(de) { hyphens: auto; }
main { max-width: 52rem; margin-inline: auto; padding: 2rem 1rem 4rem; }
h1 { margin: 0 0 0.5rem; font-size: clamp(1.4rem, 1.2rem + 1.4vw, 1.9rem); line-height: 1.2; letter-spacing: -0.015em; text-wrap: balance; }
h2 { margin: 0 0 0.25rem; font-size: 1.1rem; line-height: 1.3; }
p { margin: 0 0 0.75rem; }
.lead, .small { color: var(--muted); }
.small { font-size: 0.9rem; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 0.75rem; margin: 1.5rem 0; padding: 0; list-style: none; }
.figures li, .card { border: 1px solid var(--line); border-radius: 16px; background: var(--surface); }
.figures li { padding: 0.9rem 1.1rem; color: var(--muted); font-size: 0.9rem; line-height: 1.3; }
.figures b { display: block; color: var(--text); font-size: 1.7rem; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }
.card { margin: 0 0 1rem; padding: 1.25rem; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 0 1rem; align-items: start; }
figure { margin: 0.75rem 0; }
figure > svg { max-width: 24rem; }
.brand { display: flex; align-items: center; gap: 0.6rem; margin-bottom: 1.25rem; font-weight: 650; letter-spacing: 0.04em; }
.mark { width: 1.9rem; height: 1.9rem; }
.mark rect { fill: var(--accent); }
.mark path { fill: none; stroke: var(--surface); stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round; }
svg { display: block; width: 100%; height: auto; font: 12px system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', Arial, sans-serif; font-variant-numeric: tabular-nums; }
svg text { fill: var(--text); }
svg .tick { fill: var(--muted); }
svg .label { font-size: 13px; }
svg .value { font-size: 13px; font-weight: 650; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .rail { fill: var(--rail); }
svg [class^='s'] { stroke: var(--surface); stroke-width: 1; }
.s0 { fill: var(--c0); } .s1 { fill: var(--c1); } .s2 { fill: var(--c2); } .s3 { fill: var(--c3); } .s4 { fill: var(--c4); } .s5 { fill: var(--c5); }
.counts { fill: var(--accent); }
.narrow { display: none; }
@media (max-width: 34rem) { .wide { display: none; } .narrow { display: block; } .card { padding: 1rem; } }
.key { display: flex; flex-wrap: wrap; gap: 0.3rem 1.1rem; margin: 0.75rem 0 0; padding: 0; list-style: none; font-size: 0.9rem; }
.key li { display: inline-flex; align-items: center; gap: 0.45rem; min-width: 0; }
.key svg { flex: none; width: 0.85rem; height: 0.85rem; }
details { font-size: 0.9rem; }
summary { display: inline-flex; align-items: center; min-height: 2.75rem; color: var(--accent); cursor: pointer; font-weight: 600; }
summary::before { content: '▸'; width: 1.1em; }
details[open] summary::before { content: '▾'; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.6rem 0.3rem 0; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child { min-width: 8rem; text-align: left; font-weight: 400; }
thead th, thead th:first-child { font-weight: 650; vertical-align: bottom; }
code { font: 0.9em ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
@page { margin: 15mm; }
@media print {
  :root { --ground: #fff; --surface: #fff; --text: #000; --muted: #333; --line: #bbb; --rail: #eee; --accent: #0b6b4f; --c0: #332288; --c1: #cc6677; --c2: #117733; --c3: #999933; --c4: #aa4499; --c5: #6b7a72; }
  body { font-size: 10pt; }
  main { max-width: none; padding: 0; }
  .wide { display: block; } .narrow { display: none; }
  .pair { display: block; }
  .scroll { overflow: visible; }
  figure, .figures li, tr { break-inside: avoid; }
  h2 { break-after: avoid; }
  .card, svg { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  /* What is folded on the screen is there on paper. */
  details::details-content { content-visibility: visible; display: block; block-size: auto; }
  summary { display: none; }
}
`;
