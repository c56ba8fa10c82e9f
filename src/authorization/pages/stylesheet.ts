import { sha256 } from '../../platform/crypto/seal.js';
import { componentStyles } from './styles-of-components.js';

/** Colours, spaces and radii are tokens; light and dark differ in these alone. */
const tokens = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f3;
  --surface: #ffffff;
  --sunken: #f0f3f0;
  --text: #15211c;
  --muted: #4d5e56;
  --line: #dbe2dd;
  --line-strong: #74867d;
  --accent: #0b6b4f;
  --accent-strong: #084c38;
  --on-accent: #ffffff;
  --tint: #e6f3ed;
  --warn-ground: #fdf2e3;
  --warn-text: #663600;
  --warn-line: #d9944a;
  --info-ground: #eaf1fb;
  --info-text: #1d3b6b;
  --info-line: #a9c1e6;
  --shadow: 0 1px 2px rgb(21 33 28 / 5%), 0 6px 24px rgb(21 33 28 / 6%);
  --focus: #1a56db;
  --radius: 16px;
  --radius-small: 10px;
  --space-1: 0.375rem;
  --space-2: 0.75rem;
  --space-3: 1.125rem;
  --space-4: 1.75rem;
  --space-5: 3rem;
  --measure: 44rem;
  --target: 2.75rem;
  --font: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif;
  --mono: ui-monospace, 'SF Mono', Menlo, Consolas, monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0e1412;
    --surface: #171f1c;
    --sunken: #1e2824;
    --text: #e9f0ec;
    --muted: #a8b8b0;
    --line: #2c3833;
    --line-strong: #7f9389;
    --accent: #63cda6;
    --accent-strong: #93e0c4;
    --on-accent: #06231a;
    --tint: #1b362c;
    --warn-ground: #35270f;
    --warn-text: #f6d7a7;
    --warn-line: #94692f;
    --info-ground: #182640;
    --info-text: #c9dcfb;
    --info-line: #37548a;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%);
    --focus: #9db9ff;
  }
}
`;

/** What every page is made of: type, links, the frame around the content. */
const base = `
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 var(--font); overflow-wrap: break-word; }
:lang(de) { hyphens: auto; }
main, .top, .areas { max-width: var(--measure); margin-inline: auto; padding-inline: 1rem; }
main { padding-bottom: 5rem; }
h1, h2, h3, strong, b { font-weight: 650; }
h1 { margin: 0 0 0.5rem; font-size: clamp(1.4rem, 1.2rem + 1.4vw, 1.75rem); line-height: 1.22; letter-spacing: -0.015em; text-wrap: balance; }
h2 { margin: 0 0 var(--space-2); font-size: 1.15rem; line-height: 1.3; letter-spacing: -0.005em; }
main > h2, .card > :not(input) + h2, .lead ~ :is(h2, fieldset:has(h2)), .card > form + * { margin-top: var(--space-4); }
h3 { margin: var(--space-3) 0 var(--space-1); font-size: 0.9rem; line-height: 1.4; color: var(--muted); }
p { margin: 0 0 var(--space-2); }
p:last-child { margin-bottom: 0; }
a { color: var(--accent); text-underline-offset: 0.2em; text-decoration-thickness: 1px; }
a:hover { text-decoration-thickness: 2px; }
ul, ol { margin: 0; padding: 0; list-style: none; }
q { quotes: '“' '”'; }
:lang(de) q { quotes: '„' '“'; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: 1rem; top: -10rem; padding: 0.7rem 1rem; border-radius: var(--radius-small); background: var(--surface); z-index: 1; }
.skip:focus { top: 0.75rem; }
.lead { color: var(--muted); }
.lead-strong { font-weight: 650; }
.small { font-size: 0.9rem; color: var(--muted); }

.top { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.25rem 1.5rem; padding-block: 1rem; }
.brand { display: inline-flex; align-items: center; gap: 0.7rem; min-height: var(--target); color: inherit; text-decoration: none; }
.brand strong { display: block; letter-spacing: 0.04em; line-height: 1.2; }
.tagline { display: block; color: var(--muted); font-size: 0.85rem; line-height: 1.3; }
.mark rect { fill: var(--accent); }
.mark path { fill: none; stroke: var(--on-accent); stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round; }
.tools, .account { display: flex; align-items: center; gap: 0 1rem; min-width: 0; font-size: 0.9rem; }
.tools { flex: 0 1 auto; }
.account { flex: 1 1 auto; color: var(--muted); }
.account b { display: block; min-width: 0; max-width: 16rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.account button, .language { flex: none; white-space: nowrap; }
.language { display: inline-flex; align-items: center; min-height: var(--target); padding-inline: 0.25rem; }

.areas ul { display: flex; flex-wrap: wrap; gap: 0.25rem; margin-bottom: var(--space-4); padding: 0.25rem; border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); }
.areas li { flex: 1 0 auto; }
.areas a { display: flex; align-items: center; justify-content: center; gap: 0.4rem; min-height: var(--target); padding: 0.25rem 0.7rem; border-radius: calc(var(--radius) - 4px); color: var(--muted); font-weight: 600; font-size: 0.95rem; text-decoration: none; }
.areas a:hover { background: var(--sunken); color: var(--text); }
.areas a[aria-current] { background: var(--tint); color: var(--accent-strong); box-shadow: inset 0 -3px 0 var(--accent); }
.count { display: inline-grid; place-items: center; min-width: 1.4rem; padding: 0 0.35rem; border-radius: 99px; background: var(--accent); color: var(--on-accent); font-size: 0.8rem; line-height: 1.4rem; }

@media (max-width: 30rem) {
  .tools:has(form) { width: 100%; }
  .tools, .account { gap: 0 0.75rem; }
  .account b { flex: 1 1 0; max-width: none; }
  .areas ul { gap: 0.1rem; }
  .areas a { padding-inline: 0.3rem; font-size: 0.875rem; }
  .areas:lang(de) li { flex-basis: 45%; }
}
`;

/** All that the pages look like. */
export const stylesheet = `${tokens}${base}${componentStyles}`.trimStart();

export const STYLESHEET_ROUTE = '/assets/ccx.css';

/** The address changes with the content, so that browsers may keep it. */
export const STYLESHEET_PATH = `${STYLESHEET_ROUTE}?v=${sha256(stylesheet).toString('base64url').slice(0, 10)}`;
