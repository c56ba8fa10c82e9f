import type { ConsentRequest, RequestStatus } from '../../consents/consent-request.entity.js';
import { itemsOf } from '../../consents/detail.js';
import type { RetailerDescription } from '../../retailers/retailers.service.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage, backTo, emptyState } from './account-place.js';
import { askerOf } from './consent-parts.js';
import { olderThan } from './consents.page.js';
import { messages } from './messages.js';
import { momentOf } from './times.js';

export interface RequestView {
  readonly request: ConsentRequest;
  readonly status: RequestStatus;
  readonly retailer: RetailerDescription;
}

export interface RequestsPage {
  readonly views: readonly RequestView[];
  readonly before: string | null;
}

/** The inbox: who waits for an answer, what is agreed to that nobody has asked for, and how others were answered. */
export function requestsPage(
  place: AccountPlace,
  { open, agreed }: { readonly open: readonly RequestView[]; readonly agreed: readonly RequestView[] },
  closed: RequestsPage,
): string {
  const { requests: say, switch: taking, account } = messages[place.language];
  return accountPage(place, {
    area: 'requests',
    title: say.title,
    body: html`<div class="head">
        <h1>${say.title}</h1>
        <p class="lead">${say.lead}</p>
      </div>
      <h2>${say.open}</h2>
      ${open.length === 0 ? emptyState(say.none, say.noneLead) : cards(open, place)}
      ${
        agreed.length > 0 &&
        html`<h2>${taking.agreedTitle}</h2>
          ${cards(agreed, place)}`
      }
      ${
        closed.views.length > 0 &&
        html`<h2>${say.closed}</h2>
          ${cards(closed.views, place)} ${olderThan(closed, '/account/requests', account.more)}`
      }`,
  });
}

/** How a request was decided that is open no more. */
export function closedRequestPage(
  place: AccountPlace,
  { request, status, retailer, hasReceipt }: RequestView & { readonly hasReceipt: boolean },
): string {
  const { requests: say } = messages[place.language];
  return accountPage(place, {
    area: 'requests',
    title: retailer.name,
    body: html`${backTo(place, '/account/requests')}
      <section class="card">
        ${askerOf(retailer.name, retailer, place.language)}
        <p class="row">${statusOf(status, place)}</p>
        <p class="note">
          ${request.decidedByRule ? say.byRule(request.decidedByRule.name) : status === 'lapsed' ? say.status.lapsed : say.decided}
        </p>
        <div class="actions">
          ${
            request.consentId !== null &&
            html`<a class="button secondary" href="/account/consents/${request.consentId}">${say.toConsent}</a>`
          }
          ${
            hasReceipt &&
            html`<a class="button secondary" href="/account/requests/${request.id}/receipt" download>${say.receipt}</a>`
          }
        </div>
      </section>`,
  });
}

function cards(views: readonly RequestView[], place: AccountPlace): Html {
  return html`<ul class="cards">
    ${views.map((view) => html`<li>${card(view, place)}</li>`)}
  </ul>`;
}

function card({ request, status, retailer }: RequestView, place: AccountPlace): Html {
  const { requests: say, switch: taking } = messages[place.language];
  const things = request.details.flatMap((detail) => itemsOf(detail)).length;
  const isOpen = status === 'open';
  const isAgreed = status === 'pre_approved';
  const address = `/account/requests/${request.id}`;
  return html`<article class="card consent">
    <div class="row">
      <h3>${retailer.name}</h3>
      ${statusOf(status, place)}
    </div>
    ${request.message !== null && html`<p><q>${request.message}</q></p>`}
    <dl class="terms">
      <div>
        <dt>${say.asked}</dt>
        <dd>${momentOf(request.createdAt, place.language)}</dd>
      </div>
      ${
        (isOpen || isAgreed) &&
        html`<div>
          <dt>${isAgreed ? taking.counts : say.until}</dt>
          <dd>${momentOf(request.expiresAt, place.language)}</dd>
        </div>`
      }
    </dl>
    ${request.decidedByRule && html`<p class="small">${say.byRule(request.decidedByRule.name)}</p>`}
    <div class="actions">
      ${
        isOpen
          ? html`<a class="button" href="${address}"
              ><span aria-hidden="true">${say.answer}</span
              ><span class="hidden">${say.answerOf(retailer.name)}</span></a
            >`
          : request.consentId !== null
            ? html`<a class="button secondary" href="/account/consents/${request.consentId}"
                >${say.toConsent}<span class="hidden">: ${retailer.name}</span></a
              >`
            : (status === 'refused' || isAgreed) &&
              html`<a class="button secondary" href="${address}"
                >${isAgreed ? taking.seeAgreed : say.look}<span class="hidden">: ${retailer.name}</span></a
              >`
      }
      ${isOpen && html`<span class="small">${say.things(things)}</span>`}
    </div>
  </article>`;
}

function statusOf(status: RequestStatus, { language }: AccountPlace): Html {
  const signs = { open: '●', approved: '✓', narrowed: '✓', refused: '−', lapsed: '■', pre_approved: '→' } as const;
  return html`<span class="status ${status}"
    ><span aria-hidden="true">${signs[status]}</span> ${messages[language].requests.status[status]}</span
  >`;
}
