import { type DetailType, isReportingType } from '../../consents/detail.js';
import { dateOf } from '../../consents/duration.js';
import type { Language } from '../../consents/phrases.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage, backTo, emptyState } from './account-place.js';
import type { ConsentLine, ConsentView, ViewsPage } from './consent-views.service.js';
import { messages } from './messages.js';
import { dayOf } from './times.js';

/** Whom the customer has allowed what: what is in force first, then what has ended. */
export function consentsPage(place: AccountPlace, current: ViewsPage, ended: ViewsPage): string {
  const { consents: say, account } = messages[place.language];
  return accountPage(place, {
    area: 'consents',
    title: say.title,
    body: html`<div class="head">
        <h1>${say.title}</h1>
        <p class="lead">${say.lead}</p>
      </div>
      ${
        place.waiting > 0 &&
        html`<p class="note banner">
          <span>${account.waitingBanner(place.waiting)}</span>
          <a class="button" href="/account/requests">${account.look}</a>
        </p>`
      }
      <h2>${say.current}</h2>
      ${current.views.length === 0 ? emptyState(say.none, say.noneLead) : consentCards(current.views, place)}
      ${olderThan(current, '/account/consents', account.more)}
      ${
        ended.views.length > 0 &&
        html`<h2>${say.ended}</h2>
          ${consentCards(ended.views, place)} ${olderThan(ended, '/account/consents/ended', account.more)}`
      }`,
  });
}

/** All that has ended, page by page. */
export function endedConsentsPage(place: AccountPlace, ended: ViewsPage): string {
  const { consents: say, account } = messages[place.language];
  return accountPage(place, {
    area: 'consents',
    title: say.ended,
    body: html`${backTo(place, '/account/consents')}
      <h1>${say.ended}</h1>
      ${ended.views.length === 0 ? emptyState(say.noneEnded, say.endedNote) : consentCards(ended.views, place)}
      ${olderThan(ended, '/account/consents/ended', account.more)}`,
  });
}

export function statusBadge({ status, endedBy, retailer }: ConsentView, { language }: AccountPlace): Html {
  const { consents: say } = messages[language];
  const signs = { active: '●', paused: '‖', withdrawn: '■', expired: '■' } as const;
  return html`<span class="status ${status}"
    ><span aria-hidden="true">${signs[status]}</span>
    ${endedBy === 'customer' ? say.endedByYou : endedBy === 'retailer' ? say.endedBy(retailer.name) : say.status[status]}</span
  >`;
}

/** Whether a line ends on an earlier day than the consent as a whole, so that it has to be said. */
export function endsEarlier(line: ConsentLine, consent: ConsentView['consent']): boolean {
  return dateOf(line.expiresAt) < dateOf(consent.expiresAt);
}

/** What the retailer may do by lines of this type, or could as long as the consent held. */
export function whatIsGiven(type: DetailType, retailer: string, isOpen: boolean, language: Language): string {
  const { shares, shared, reports, reported, names, named } = messages[language].consents;
  if (type === 'ccx_interactions_special') return (isOpen ? names : named)(retailer);
  if (type === 'ccx_interactions') return (isOpen ? reports : reported)(retailer);
  return (isOpen ? shares : shared)(retailer);
}

/** Since when, until when, how often. */
export function termsOf(view: ConsentView, { language }: AccountPlace): Html {
  const { consents: say } = messages[language];
  const { consent, can } = view;
  return html`<dl class="terms">
    <div>
      <dt>${say.since}</dt>
      <dd>${dayOf(consent.givenAt, language)}</dd>
    </div>
    <div>
      <dt>${can.end ? say.until : say.endedOn}</dt>
      <dd>${dayOf(can.end ? consent.expiresAt : (consent.endedAt ?? consent.expiresAt), language)}</dd>
    </div>
    ${
      consent.maxReadsPerDay !== null &&
      html`<div>
        <dt>${say.reads}</dt>
        <dd>${say.readsAtMost(consent.maxReadsPerDay)}</dd>
      </div>`
    }
  </dl>`;
}

export function olderThan({ before }: { readonly before: string | null }, path: string, label: string): Html | null {
  return before === null
    ? null
    : html`<p class="older"><a class="button secondary" href="${path}?before=${before}">${label}</a></p>`;
}

function consentCards(views: readonly ConsentView[], place: AccountPlace): Html {
  return html`<ul class="cards">
    ${views.map((view) => html`<li>${consentCard(view, place)}</li>`)}
  </ul>`;
}

function consentCard(view: ConsentView, place: AccountPlace): Html {
  const { consents: say, oneConsent } = messages[place.language];
  const { consent, retailer, lines } = view;
  const address = `/account/consents/${consent.id}`;
  return html`<article class="card consent">
    <div class="row">
      <h3>${retailer.name}</h3>
      ${statusBadge(view, place)} ${consent.use === 'once' && html`<span class="status">${say.once}</span>`}
    </div>
    ${lines.map((line) => lineSummary(line, view, place))} ${termsOf(view, place)}
    ${view.reminder && html`<p class="note">${say.reminder(view.reminder.percent)}</p>`}
    <div class="actions">
      <a class="button secondary" href="${address}"
        >${view.can.end ? say.open : say.look}<span class="hidden">: ${retailer.name}</span></a
      >
      ${
        view.can.end &&
        html`<a class="button secondary" href="${address}/withdraw"
          >${oneConsent.withdraw}<span class="hidden">: ${retailer.name}</span></a
        >`
      }
    </div>
  </article>`;
}

function lineSummary(
  line: ConsentLine,
  { retailer, values, can, consent }: ConsentView,
  { language }: AccountPlace,
): Html {
  const say = messages[language].consents;
  const until =
    can.end && endsEarlier(line, consent) && html` · <b>${say.until} ${dayOf(line.expiresAt, language)}</b>`;
  return html`<p class="small lines-title">${whatIsGiven(line.type, retailer.name, can.end, language)}${until}</p>
    <ul class="lines">
      ${line.items.map(
        ({ code, label }) =>
          html`<li>
            <span>${label}</span
            >${!isReportingType(line.type) && can.end && html` <b>${values.get(code)?.join('; ') ?? say.itemNone}</b>`}
          </li>`,
      )}
    </ul>`;
}
