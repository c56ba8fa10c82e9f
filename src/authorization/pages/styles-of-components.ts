const surfaces = `
.card { margin-bottom: var(--space-3); padding: clamp(1.2rem, 4vw, 1.9rem); border: 1px solid var(--line); border-radius: var(--radius); background: var(--surface); box-shadow: var(--shadow); }
.narrow { max-width: 27rem; margin-inline: auto; }
.medium { max-width: 36rem; margin-inline: auto; }
.head { margin-bottom: var(--space-4); }
.back { margin: 0 0 var(--space-1); }
.back a { display: inline-flex; gap: 0.4rem; align-items: center; min-height: var(--target); }
.empty { padding-block: var(--space-5); text-align: center; border-style: dashed; box-shadow: none; }
.cards > li + li { margin-top: var(--space-2); }
.cards .card { margin: 0; }
.asker + .row { margin-top: var(--space-2); }
.row { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4rem 0.75rem; margin-bottom: var(--space-2); }
.row h2, .row h3 { flex: 1 1 auto; margin: 0; font-size: 1.15rem; color: var(--text); }
.older { margin-top: var(--space-3); text-align: center; }

.asker { display: flex; gap: 1rem; align-items: flex-start; }
.initial { flex: none; display: grid; place-items: center; width: 3.25rem; height: 3.25rem; border-radius: 50%; background: var(--tint); color: var(--accent-strong); font-size: 1.4rem; font-weight: 650; }
.asker > div { min-width: 0; }
.words { margin-top: var(--space-3); padding: 0.1rem 0 0.1rem 1rem; border-left: 3px solid var(--line); }
.words p { margin: 0; }
.step { margin-bottom: var(--space-2); font-size: 0.9rem; font-weight: 600; color: var(--muted); }
.guarded { display: inline-block; padding: 0.15rem 0.7rem; border: 1px solid var(--warn-line); border-radius: 99px; background: var(--warn-ground); color: var(--warn-text); }

.till-code { text-align: center; }
.till-code > p { margin-top: var(--space-3); }
.till-code .stage, .till-code .fresh { display: grid; justify-items: center; }
.till-code .stage > * { grid-area: 1 / 1; align-self: center; }
.qr { width: min(100%, 16rem); border-radius: var(--radius-small); }
.qr .light { fill: #ffffff; }
.qr .dark { fill: #000000; }
.digits { margin: var(--space-2) 0; font: 650 clamp(1.4rem, 7.5vw, 1.9rem) / 1.2 var(--mono); letter-spacing: 0.04em; white-space: nowrap; user-select: all; }
.time-left { width: 100%; max-width: 16rem; height: 0.4rem; margin-bottom: var(--space-2); border-radius: 99px; background: var(--line); overflow: hidden; }
.time-left span { display: block; height: 100%; background: var(--accent); transform-origin: left; animation: run-out 60s linear forwards; }
.fresh { animation: vanish 60s step-end forwards; }
.stale { margin: 0; visibility: hidden; animation: appear 60s step-end forwards; }
@keyframes run-out { to { transform: scaleX(0); } }
@keyframes vanish { to { visibility: hidden; } }
@keyframes appear { to { visibility: visible; } }
@media (prefers-reduced-motion: reduce) { .time-left { display: none; } }

.alert, .note, .done { margin: 0 0 var(--space-3); padding: 0.85rem 1.1rem; border: 1px solid; border-radius: var(--radius-small); }
.alert { border-color: var(--warn-line); background: var(--warn-ground); color: var(--warn-text); }
.note { border-color: var(--info-line); background: var(--info-ground); color: var(--info-text); }
.card .note { margin: var(--space-3) 0 0; }
.note.banner { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.75rem; font-weight: 600; }
.done { border-color: var(--accent); background: var(--tint); color: var(--accent-strong); font-weight: 600; }
.problem:empty { display: none; }
.problem { color: var(--warn-text); }

.status { display: inline-flex; gap: 0.4rem; align-items: center; padding: 0.1rem 0.7rem; border: 1px solid var(--line-strong); border-radius: 99px; font-size: 0.85rem; font-weight: 600; color: var(--muted); white-space: nowrap; }
.status.active, .status.approved, .status.narrowed, .status.open { border-color: var(--accent); color: var(--accent-strong); background: var(--tint); }
.status.paused { border-color: var(--warn-line); color: var(--warn-text); background: var(--warn-ground); }
.terms { display: grid; grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr)); gap: var(--space-1) var(--space-3); margin: var(--space-2) 0 0; padding-top: var(--space-2); border-top: 1px solid var(--line); }
.terms dt { font-size: 0.85rem; color: var(--muted); }
.terms dd { margin: 0; font-weight: 600; }
.lines-title { margin: 0 0 0.2rem; }
.lines { margin-bottom: var(--space-2); }
.lines li { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; padding: 0.4rem 0; border-bottom: 1px solid var(--line); }
.lines li:last-child { border: 0; }
.lines b { font-weight: 600; color: var(--muted); }
.lines span { display: inline-block; }
.lines span::first-letter, .facts li::first-letter { text-transform: uppercase; }
.facts + .facts { margin-top: 0.4rem; }
.facts + .field, .facts + .pair, .chips + .pair, fieldset + .pair { margin-top: var(--space-3); }
.facts { display: grid; gap: 0.4rem; }
.facts li { position: relative; padding-left: 1.3rem; }
.facts li::before { content: ''; position: absolute; left: 0.25rem; top: 0.62em; width: 0.36rem; height: 0.36rem; border-radius: 50%; background: var(--line-strong); }
.receipts li { display: flex; flex-wrap: wrap; align-items: center; justify-content: space-between; gap: 0.5rem 1rem; padding: 0.75rem 0; border-top: 1px solid var(--line); }
.receipts li > span { min-width: 0; }
.number, code { font-family: var(--mono); font-size: 0.85em; }
.codes { display: grid; grid-template-columns: repeat(auto-fill, minmax(11rem, 1fr)); gap: 0.4rem; margin: var(--space-3) 0; font-family: var(--mono); }
.codes li { padding: 0.45rem 0.7rem; border-radius: 6px; background: var(--sunken); }
.user-code { padding: 0.75rem; border-radius: var(--radius-small); background: var(--sunken); text-align: center; }
.user-code strong { font: 650 1.9rem/1.3 var(--mono); letter-spacing: 0.12em; }
details summary { min-height: var(--target); padding: 0.6rem 0; color: var(--muted); font-size: 0.9rem; cursor: pointer; }
pre { margin: 0 0 0.75rem; padding: 0.8rem 1rem; overflow-x: auto; background: var(--sunken); border-radius: var(--radius-small); line-height: 1.6; }
`;

const choices = `
fieldset { border: 0; margin: 0; padding: 0; min-width: 0; }
fieldset + fieldset, form > fieldset { margin-bottom: var(--space-3); }
legend { padding: 0; font-weight: 600; }
.items { display: grid; gap: 0.6rem; }
fieldset > .items { margin-top: var(--space-1); }
.choice { display: grid; grid-template-columns: 1.4rem 1fr; gap: 0.15rem 0.8rem; align-items: start; min-height: var(--target); padding: 0.8rem 1rem; border: 1px solid var(--line-strong); border-radius: var(--radius-small); cursor: pointer; }
.choice:hover { border-color: var(--accent); }
.choice:has(input:checked) { border-color: var(--accent); background: var(--tint); }
.choice:has(input:focus-visible), .chip:has(input:focus-visible) { outline: 3px solid var(--focus); outline-offset: 2px; }
.choice input:focus-visible, .chip input:focus-visible { outline: 0; }
.choice.still { cursor: default; border-color: var(--line); background: var(--sunken); }
.choice.going { border-style: dashed; border-color: var(--line-strong); background: none; }
.choice > input, .choice > .sign { grid-row: span 2; }
.sign { text-align: center; font-weight: 700; color: var(--accent); }
.going .sign { color: var(--muted); }
.said { grid-column: 2; }
.value { grid-column: 2; font-size: 0.9rem; color: var(--muted); }
.value b { color: var(--text); font-weight: 600; }
.mark-of { display: inline-block; margin-left: 0.2rem; padding: 0 0.55rem; border: 1px solid var(--line-strong); border-radius: 99px; background: var(--surface); font-size: 0.8rem; font-weight: 600; white-space: nowrap; }
.mark-of.new, .mark-of.wider { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
.mark-of.going { border-style: dashed; }
input[type='checkbox'], input[type='radio'] { width: 1.35rem; height: 1.35rem; margin: 0.1rem 0 0; accent-color: var(--accent); }
.chips { display: flex; flex-wrap: wrap; gap: 0.5rem; }
.chip { display: inline-flex; align-items: center; gap: 0.5rem; min-height: var(--target); padding: 0.3rem 0.95rem 0.3rem 0.7rem; border: 1px solid var(--line-strong); border-radius: 99px; cursor: pointer; }
.chip:hover { border-color: var(--accent); }
.chip:has(input:checked) { border-color: var(--accent); background: var(--tint); }
.chip input { margin: 0; }
.statement { margin-bottom: var(--space-3); padding: 1.1rem; border: 2px solid var(--line-strong); border-radius: var(--radius-small); }
.statement h3 { margin-top: 0; }
.statement blockquote { margin: 0 0 var(--space-3); font-size: 1.05rem; }
.choice.express { font-weight: 600; background: var(--surface); }

.field { display: block; margin-bottom: var(--space-3); font-weight: 600; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(13rem, 1fr)); gap: 0 var(--space-3); }
input[type='email'], input[type='password'], input[type='text'], select { display: block; width: 100%; min-height: 3rem; margin-top: 0.35rem; padding: 0.6rem 0.85rem; border: 1px solid var(--line-strong); border-radius: var(--radius-small); background: var(--surface); color: var(--text); font: inherit; font-weight: 400; text-overflow: ellipsis; }
input[name='user_code'] { font: 650 1.4rem var(--mono); letter-spacing: 0.12em; text-transform: uppercase; }
.hint { display: block; margin-top: 0.35rem; font-size: 0.9rem; font-weight: 400; color: var(--muted); }
`;

const actions = `
button, .button { display: inline-flex; align-items: center; justify-content: center; min-height: 3rem; padding: 0.55rem 1.2rem; border: 2px solid var(--accent); border-radius: var(--radius-small); background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 650; line-height: 1.3; text-align: center; text-decoration: none; cursor: pointer; }
button:hover, .button:hover { border-color: var(--accent-strong); background: var(--accent-strong); }
button.secondary, .button.secondary { min-height: var(--target); border: 1px solid var(--line-strong); background: var(--surface); color: var(--accent-strong); font-weight: 600; }
button.secondary:hover, .button.secondary:hover { border-color: var(--accent); background: var(--tint); }
button.plain { min-height: var(--target); padding: 0.2rem 0.3rem; border-color: transparent; background: none; color: var(--accent); font-weight: 500; text-decoration: underline; text-underline-offset: 0.2em; font-size: inherit; }
button.plain:hover { border-color: transparent; background: none; color: var(--accent-strong); }
.wide { width: 100%; }
.answers { display: grid; grid-template-columns: 1fr 1fr; gap: 0.75rem; margin-top: var(--space-3); }
.answers > *, .answers button { width: 100%; min-height: 3.25rem; }
.actions { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6rem; margin-top: var(--space-3); }
.acts li { display: grid; grid-template-columns: minmax(11rem, auto) 1fr; gap: 0.2rem 1rem; align-items: center; padding: 0.5rem 0; }
.acts li > form > *, .acts li > a { width: 100%; }
.aside { margin: var(--space-3) 0 0; text-align: center; }
.passkey { margin-top: var(--space-2); }
.or { margin: var(--space-2) 0; text-align: center; color: var(--muted); }
@media (max-width: 30rem) {
  .answers { grid-template-columns: 1fr; }
  .acts li { grid-template-columns: 1fr; }
  .asker { gap: 0.8rem; }
  .initial { width: 2.6rem; height: 2.6rem; font-size: 1.15rem; }
}
@media (prefers-reduced-motion: no-preference) {
  button, .button, .choice, .chip, .areas a { transition: background-color 120ms, border-color 120ms; }
}
@media (forced-colors: active) {
  .choice, .chip, button, .button, .mark-of, .status { border-color: ButtonText; }
  .areas a[aria-current] { outline: 2px solid Highlight; }
}
`;

/** Everything that stands on the pages: surfaces, what can be ticked and filled in, what can be pressed. */
export const componentStyles = `${surfaces}${choices}${actions}`;
