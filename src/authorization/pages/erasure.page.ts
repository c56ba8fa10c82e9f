import { type Html, html } from '../../platform/http/html.js';
import type { Erasure } from '../../portability/erasure.entity.js';
import type { ErasureProgress } from '../../portability/erasures.service.js';
import { type AccountPlace, accountPage, actButton, backTo } from './account-place.js';
import { messages } from './messages.js';
import type { Place, ShownPage } from './place.js';
import { factsOf } from './consent-parts.js';
import { alertOf, pageOf } from './layout.js';
import { dayWords, momentOf } from './times.js';

export const ERASURE_PATH = '/account/erasure';
export const PROGRESS_PATH = '/account/erasure/progress';

/** How long somebody may take to change their mind, as the page offers it: in days. */
export const coolOffs = [7, 30, 0] as const;

/** What would go, what to take along first, and when it is to be. */
export function askErasurePage(place: AccountPlace): string {
  const { erasure: say, account } = messages[place.language];
  return accountPage(place, {
    area: 'security',
    title: say.title,
    body: html`${backTo(place, '/account/security')}
      <section class="card medium">
        <h1>${say.title}</h1>
        <p class="lead">${say.lead}</p>
        ${factsOf(say.what)}
        <h2>${say.export}</h2>
        <p>${say.exportHint}</p>
        <p><a class="button secondary" href="${ERASURE_PATH}/export" download>${say.download}</a></p>
        <form method="post" action="${ERASURE_PATH}">
          <input type="hidden" name="form" value="${place.formToken('erase')}" />
          <fieldset>
            <legend><h2>${say.when}</h2></legend>
            <div class="items">${coolOffs.map((days) => coolOffChoice(days, place))}</div>
          </fieldset>
          <div class="answers">
            <a class="button secondary" href="/account/security">${account.cancel}</a>
            <button type="submit">${say.submit}</button>
          </div>
        </form>
      </section>`,
  });
}

function coolOffChoice(days: number, { language }: AccountPlace): Html {
  const { erasure: say } = messages[language];
  return html`<label class="choice">
    <input type="radio" name="cool_off" value="${days}" ${days === coolOffs[0] && html` checked`} />
    <span class="said">${days === 0 ? say.now : say.inDays(days)}</span>
    <span class="value">${days === 0 ? say.nowHint : say.inDaysHint}</span>
  </label>`;
}

/** It is asked for: the only time that its token is seen. */
export function askedErasurePage(place: AccountPlace, { id, executeAt }: Erasure, token: string): string {
  const { erasure: say } = messages[place.language];
  return accountPage(place, {
    area: 'security',
    title: say.askedTitle,
    body: html`<section class="card medium">
      <h1>${say.askedTitle}</h1>
      <p class="lead">${say.asked}</p>
      <ul class="codes">
        <li>${token}</li>
      </ul>
      ${factsOf([`${say.number}: ${id}`, html`${say.waiting} ${momentOf(executeAt, place.language)}.`])}
      <p><a class="button secondary" href="${PROGRESS_PATH}">${say.follow}</a></p>
    </section>`,
  });
}

/** It is asked for, and can be taken back. */
export function waitingErasurePage(place: AccountPlace, { id, executeAt }: Erasure): string {
  const { erasure: say } = messages[place.language];
  const keep = { address: `${ERASURE_PATH}/cancel`, action: 'keep-account', label: say.keep };
  return accountPage(place, {
    area: 'security',
    title: say.waitingTitle,
    body: html`${backTo(place, '/account/security')}
      <section class="card medium">
        <h1>${say.waitingTitle}</h1>
        <p class="lead">${say.waiting} ${momentOf(executeAt, place.language)}.</p>
        ${factsOf([`${say.number}: ${id}`])}
        <h2>${say.export}</h2>
        <p>${say.exportHint}</p>
        <p><a class="button secondary" href="${ERASURE_PATH}/export" download>${say.download}</a></p>
        ${actButton(place, keep)}
      </section>`,
  });
}

/** Where whoever has the token looks how far it is, signed in or not. */
export function progressPage(place: Place, token = '', found?: ErasureProgress | null): ShownPage {
  const { language, address } = place;
  const { erasure: say } = messages[language];
  const page = pageOf({
    language,
    address,
    title: say.progressTitle,
    body: html`<section class="card medium">
      <h1>${say.progressTitle}</h1>
      ${found ? progressOf(place, token, found) : html`<p class="lead">${say.progressLead}</p>`}
      ${alertOf(found === null ? say.unknown : undefined)}
      <form method="post" action="${PROGRESS_PATH}">
        <label class="field"
          >${say.code}
          <input
            type="text"
            name="token"
            value="${token}"
            required
            autocomplete="off"
            spellcheck="false"
            maxlength="100"
          />
        </label>
        <button class="secondary" type="submit">${say.look}</button>
      </form>
    </section>`,
  });
  return { page, status: found === null ? 422 : 200 };
}

function progressOf({ language }: Place, token: string, { erasure, notices }: ErasureProgress): Html {
  const { erasure: say } = messages[language];
  const hasBegun = erasure.beganAt !== null;
  return html`<p class="lead-strong">${say.status[erasure.status]}</p>
    ${hasBegun && factsOf([say.steps(erasure.done(), erasure.total), `${say.number}: ${erasure.id}`])}
    ${
      hasBegun &&
      html`<h2>${say.retailers}</h2>
        ${
          notices.length === 0
            ? html`<p>${say.noRetailers}</p>`
            : factsOf(
                notices.map(
                  ({ notice, retailer }) =>
                    html`<b>${retailer?.name ?? ''}</b> ${say.notice[notice.status](dayWords(notice.dueAt, language))}`,
                ),
              )
        }`
    }
    ${
      erasure.receipt !== null &&
      html`<h2>${say.receipt}</h2>
        <p>${say.receiptHint}</p>
        <form method="post" action="${PROGRESS_PATH}/receipt">
          <input type="hidden" name="token" value="${token}" />
          <button class="secondary" type="submit">${messages[language].requests.receipt}</button>
        </form>`
    }`;
}
