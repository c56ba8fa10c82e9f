import { sha256 } from '../../platform/crypto/seal.js';

/** All that the pages look like. Colours, spaces and radii are tokens at the top; light and dark differ in these alone. */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --ground: #f4f6f5;
  --surface: #ffffff;
  --sunken: #eef2f0;
  --text: #14211c;
  --muted: #52635b;
  --line: #d5deda;
  --line-strong: #7d8f87;
  --accent: #0b6b4f;
  --accent-strong: #084c38;
  --on-accent: #ffffff;
  --tint: #e3f2ec;
  --warn-ground: #fdf1e2;
  --warn-text: #6d3a00;
  --warn-line: #e2a45c;
  --shadow: 0 1px 2px rgb(20 33 28 / 6%), 0 8px 28px rgb(20 33 28 / 7%);
  --radius: 14px;
  --radius-small: 9px;
  --space: 1rem;
  --focus: #1a56db;
  --font: system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Helvetica Neue', Arial, sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #0f1513;
    --surface: #18211d;
    --sunken: #1f2a25;
    --text: #e8f0ec;
    --muted: #a3b5ac;
    --line: #2f3d36;
    --line-strong: #7c9087;
    --accent: #5cc9a2;
    --accent-strong: #8adcbf;
    --on-accent: #06231a;
    --tint: #1c3a2f;
    --warn-ground: #3a2a14;
    --warn-text: #f6d7a7;
    --warn-line: #a97632;
    --shadow: 0 1px 2px rgb(0 0 0 / 40%);
    --focus: #9db9ff;
  }
}
*, *::before, *::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0;
  background: var(--ground);
  color: var(--text);
  font: 1rem/1.55 var(--font);
  overflow-wrap: anywhere;
}
main { max-width: 44rem; margin: 0 auto; padding: 0 var(--space) 4rem; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 0.5rem; letter-spacing: -0.01em; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 0 0 0.75rem; }
h3 { font-size: 0.8rem; margin: 1.5rem 0 0.5rem; color: var(--muted); text-transform: uppercase; letter-spacing: 0.06em; }
p { margin: 0 0 0.75rem; }
a { color: var(--accent); text-underline-offset: 0.2em; }
ul { margin: 0; padding: 0; list-style: none; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; border-radius: 4px; }

.top {
  display: flex;
  flex-wrap: wrap;
  align-items: center;
  justify-content: space-between;
  gap: 0.75rem;
  max-width: 44rem;
  margin: 0 auto;
  padding: 1.25rem var(--space);
}
.brand { display: flex; align-items: center; gap: 0.7rem; }
.brand strong { display: block; letter-spacing: 0.04em; line-height: 1.2; }
.tagline { display: block; color: var(--muted); font-size: 0.85rem; line-height: 1.3; }
.mark rect { fill: var(--accent); }
.mark path { fill: none; stroke: var(--on-accent); stroke-width: 2.6; stroke-linecap: round; stroke-linejoin: round; }
.account { display: flex; flex-wrap: wrap; align-items: center; gap: 0.25rem 0.75rem; color: var(--muted); font-size: 0.875rem; }
.account button { font-size: 0.875rem; }

.card {
  background: var(--surface);
  border: 1px solid var(--line);
  border-radius: var(--radius);
  box-shadow: var(--shadow);
  padding: clamp(1.25rem, 4vw, 2rem);
  margin-bottom: var(--space);
}
.narrow { max-width: 27rem; margin-inline: auto; }
.lead { color: var(--muted); }
.small { font-size: 0.875rem; color: var(--muted); }

.asker { display: flex; gap: 1rem; align-items: flex-start; }
.initial {
  flex: none;
  width: 3.25rem;
  height: 3.25rem;
  display: grid;
  place-items: center;
  border-radius: 50%;
  background: var(--tint);
  color: var(--accent-strong);
  font-size: 1.4rem;
  font-weight: 650;
}
.asker h1 { margin-bottom: 0.25rem; }
.asker .small { margin: 0; }
.words { margin: 1.25rem 0 0; padding: 0.9rem 1.1rem; background: var(--sunken); border-radius: var(--radius-small); }
.words p { margin: 0; }
.words .small { margin-bottom: 0.2rem; }

fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
legend { padding: 0; font-weight: 600; }
.items { display: grid; gap: 0.6rem; }
.choice {
  display: grid;
  grid-template-columns: auto 1fr;
  gap: 0.2rem 0.8rem;
  align-items: start;
  padding: 0.85rem 1rem;
  border: 1px solid var(--line);
  border-radius: var(--radius-small);
  cursor: pointer;
}
.choice:has(input:checked) { border-color: var(--accent); background: var(--tint); }
.choice.held { cursor: default; background: var(--sunken); }
.choice .value { grid-column: 2; font-size: 0.9rem; color: var(--muted); }
.choice .value b { color: var(--text); font-weight: 600; }
.badge {
  display: inline-block;
  margin-left: 0.35rem;
  padding: 0.05rem 0.5rem;
  border-radius: 99px;
  background: var(--sunken);
  border: 1px solid var(--line);
  font-size: 0.75rem;
  font-weight: 600;
  white-space: nowrap;
}
input[type='checkbox'] { width: 1.3rem; height: 1.3rem; margin: 0.12rem 0 0; accent-color: var(--accent); }
.tickmark { width: 1.3rem; text-align: center; color: var(--accent); font-weight: 700; }
.chips { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.chip {
  display: inline-flex;
  align-items: center;
  gap: 0.5rem;
  min-height: 2.75rem;
  padding: 0.3rem 0.9rem 0.3rem 0.7rem;
  border: 1px solid var(--line);
  border-radius: 99px;
  cursor: pointer;
}
.chip:has(input:checked) { border-color: var(--accent); background: var(--tint); }
.chip input { margin: 0; }
.facts { display: grid; gap: 0.45rem; }
.facts li { padding-left: 1.4rem; position: relative; }
.facts li::before { content: ''; position: absolute; left: 0.25rem; top: 0.62em; width: 0.4rem; height: 0.4rem; border-radius: 50%; background: var(--line-strong); }

label.field { display: block; font-weight: 600; margin-bottom: 1rem; }
input[type='email'], input[type='password'], select {
  display: block;
  width: 100%;
  margin-top: 0.35rem;
  padding: 0.7rem 0.85rem;
  min-height: 3rem;
  border: 1px solid var(--line-strong);
  border-radius: var(--radius-small);
  background: var(--surface);
  color: var(--text);
  font: inherit;
  font-weight: 400;
}
.hint { display: block; margin-top: 0.35rem; font-size: 0.875rem; font-weight: 400; color: var(--muted); }
button, .button {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-height: 3rem;
  padding: 0.6rem 1.25rem;
  border: 2px solid var(--accent);
  border-radius: var(--radius-small);
  background: var(--accent);
  color: var(--on-accent);
  font: inherit;
  font-weight: 650;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
}
button:hover, .button:hover { background: var(--accent-strong); border-color: var(--accent-strong); }
.wide { width: 100%; }
button.plain { min-height: 2.75rem; padding: 0.2rem 0.3rem; border-color: transparent; background: none; color: var(--accent); font-weight: 500; text-decoration: underline; text-underline-offset: 0.2em; }
button.plain:hover { color: var(--accent-strong); background: none; border-color: transparent; }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; margin-top: 1.25rem; }
.answers button { width: 100%; }
.alert { padding: 0.8rem 1rem; border: 1px solid var(--warn-line); border-radius: var(--radius-small); background: var(--warn-ground); color: var(--warn-text); }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 0.4rem; margin: 1rem 0; font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
.codes li { padding: 0.45rem 0.7rem; background: var(--sunken); border-radius: 6px; }
.aside { margin-top: 1.25rem; text-align: center; }
details summary { cursor: pointer; color: var(--muted); font-size: 0.875rem; padding: 0.5rem 0; }
code { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, monospace; font-size: 0.875rem; }
pre { margin: 0 0 0.75rem; padding: 0.8rem 1rem; overflow-x: auto; background: var(--sunken); border-radius: var(--radius-small); line-height: 1.6; }
@media (max-width: 30rem) {
  h1 { font-size: 1.35rem; }
  .answers { grid-template-columns: 1fr; }
  .asker { gap: 0.8rem; }
  .initial { width: 2.6rem; height: 2.6rem; font-size: 1.15rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .button, .choice, .chip { transition: background-color 120ms, border-color 120ms; }
}
@media (forced-colors: active) {
  .choice, .chip, button { border-color: ButtonText; }
}
`.trimStart();

export const STYLESHEET_ROUTE = '/assets/ccx.css';

/** The address changes with the content, so that browsers may keep it. */
export const STYLESHEET_PATH = `${STYLESHEET_ROUTE}?v=${sha256(stylesheet).toString('base64url').slice(0, 10)}`;
