import { type Html, html } from '../../platform/http/html.js';
import { accountBar, pageOf } from './layout.js';
import { messages } from './messages.js';
import type { Place, SignedIn } from './place.js';

/** What an act in the account can have done: said once, on the page that comes after it. */
export type Done = keyof (typeof messages)['en']['done'];

/** Somebody in their account. */
export interface AccountPlace extends SignedIn<Place> {
  readonly email: string;
  /** How many requests wait for an answer. */
  readonly waiting: number;
  /** What has just been done. */
  readonly done?: Done | undefined;
}

export const areas = ['consents', 'requests', 'rules', 'till-code', 'security'] as const;
export type Area = (typeof areas)[number];

/** The parts of the account area that its pages have in common. */
export function accountFrame(place: AccountPlace, area: Area, scripts: readonly string[] = []) {
  const { language, address } = place;
  return { language, address, account: accountBar(place, place.email), nav: navOf(place, area), scripts };
}

/** A page of the account area. */
export function accountPage(
  place: AccountPlace,
  { area, title, body, scripts }: { area: Area; title: string; body: Html; scripts?: readonly string[] },
): string {
  return pageOf({ ...accountFrame(place, area, scripts), title, body: html`${doneOf(place)} ${body}` });
}

/** The way back to where a page was opened from. */
export function backTo(place: Place, href: string): Html {
  return html`<p class="back">
    <a href="${href}"><span aria-hidden="true">←</span> ${messages[place.language].account.back}</a>
  </p>`;
}

function doneOf({ language, done }: AccountPlace): Html | undefined {
  return (
    done && html`<p class="done" role="status"><span aria-hidden="true">✓</span> ${messages[language].done[done]}</p>`
  );
}

/** A button that does one thing, as a form of its own. */
export function actButton(
  place: Place,
  act: { address: string; action: string; label: string; name?: string; style?: 'plain' | 'secondary' },
): Html {
  return html`<form method="post" action="${act.address}">
    <input type="hidden" name="form" value="${place.formToken(act.action)}" />
    <button class="${act.style ?? 'secondary'}" type="submit">
      ${act.label}${act.name !== undefined && html`<span class="hidden">: ${act.name}</span>`}
    </button>
  </form>`;
}

export function emptyState(title: string, lead: string): Html {
  return html`<section class="card empty">
    <p class="lead-strong">${title}</p>
    <p class="lead">${lead}</p>
  </section>`;
}

function navOf({ language, waiting }: AccountPlace, current: Area): Html {
  const say = messages[language].account;
  return html`<nav class="areas" aria-label="${say.nav}">
    <ul>
      ${areas.map(
        (area) =>
          html`<li>
            <a href="/account/${area}" ${area === current && html` aria-current="page"`}
              >${say[area]}${
                area === 'requests' &&
                waiting > 0 &&
                html` <span class="count"
                  ><span aria-hidden="true">${waiting}</span><span class="hidden">${say.waiting(waiting)}</span></span
                >`
              }</a
            >
          </li>`,
      )}
    </ul>
  </nav>`;
}
