import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { sourceWithdrawals } from '../../consents/pre-approval.js';
import { type Notice, noticeHash } from '../../consents/wording.js';
import { type Html, html } from '../../platform/http/html.js';
import type { Switch } from '../../portability/switches.service.js';
import type { RetailerDescription } from '../../retailers/retailers.service.js';
import type { Labels } from '../../vocabulary/code-lists.js';
import { type AccountPlace, accountPage, actButton, backTo } from './account-place.js';
import { goingOn } from './consent-changes.page.js';
import { askerOf, factsOf } from './consent-parts.js';
import type { ConsentView } from './consent-views.service.js';
import { alertOf } from './layout.js';
import { messages } from './messages.js';
import { momentOf } from './times.js';

/** The first step: to whom. */
export function destinationsPage(
  place: AccountPlace,
  { consent, retailer }: ConsentView,
  others: readonly Pick<RetailerDescription, 'id' | 'name'>[],
): string {
  const { switch: say, account } = messages[place.language];
  const address = `/account/consents/${consent.id}`;
  return accountPage(place, {
    area: 'consents',
    title: say.title(retailer.name),
    body: html`${backTo(place, address)}
      <form class="card medium" method="get" action="${address}/switch">
        <h1>${say.title(retailer.name)}</h1>
        <p class="lead">${others.length === 0 ? say.nobody : say.lead}</p>
        ${
          others.length > 0 &&
          html`<label class="field"
              >${say.where}
              <select name="to">
                ${others.map(({ id, name }) => html`<option value="${id}">${name}</option>`)}
              </select>
            </label>
            <div class="answers">
              <a class="button secondary" href="${address}">${account.cancel}</a>
              <button type="submit">${say.look}</button>
            </div>`
        }
      </form>`,
  });
}

/** The second step: what goes along and what does not, and the customer's yes to just that. */
export function differencePage(
  place: AccountPlace,
  { consent, retailer: { name: from } }: ConsentView,
  found: Switch,
  problem?: string,
): string {
  const { switch: say, account } = messages[place.language];
  const { retailer, notices, taken, existing } = found;
  const notice = notices?.[place.language] ?? null;
  const address = `/account/consents/${consent.id}/switch`;
  const isPossible = taken.lines.length > 0;
  return accountPage(place, {
    area: 'consents',
    title: say.to(from, retailer.name),
    body: html`${backTo(place, address)}
      <form class="card" method="post" action="${address}">
        <h1>${say.to(from, retailer.name)}</h1>
        ${alertOf(problem)} ${notice && html`<p class="lead">${notice.title} ${say.toLead(retailer.name)}</p>`}
        ${!isPossible && html`<p class="note">${say.nothing(retailer.name)}</p>`}
        ${existing && html`<p class="note">${existingWords(found)[place.language]}</p>`}
        <input type="hidden" name="form" value="${place.formToken(`switch ${consent.id}`)}" />
        <input type="hidden" name="to" value="${retailer.id}" />
        ${notice && html`<input type="hidden" name="notice" value="${noticeHash(notice).toString('hex')}" />`}
        ${notice?.details.map((detail) => goingOn(detail, notice))} ${notGoing(found, place)}
        ${isPossible && choices(place, from, retailer.name)} ${notice && factsOf([notice.life, notice.ending])}
        <div class="answers">
          <a class="button secondary" href="/account/consents/${consent.id}">${account.cancel}</a>
          ${isPossible && html`<button type="submit">${notice ? say.submit : say.finish}</button>`}
        </div>
      </form>`,
  });
}

/** What is agreed beforehand: in words, where to go on, and how to call it off. */
export function preApprovedPage(
  place: AccountPlace,
  request: ConsentRequest,
  { notice, retailer, source, continueUrl }: PreApproved,
): string {
  const { switch: say, requests } = messages[place.language];
  const { name } = retailer;
  const address = `/account/requests/${request.id}`;
  const ends = request.preApproval?.withdrawSource === 'on_completion' ? [say.ends(source)] : [];
  return accountPage(place, {
    area: 'requests',
    title: name,
    body: html`${backTo(place, '/account/requests')}
      <section class="card">
        ${askerOf(name, retailer, place.language)}
        <p class="note">${say.agreed} ${momentOf(request.expiresAt, place.language)}.</p>
        ${notice.details.map((detail) => goingOn(detail, notice))} ${factsOf([notice.life, ...ends])}
        ${continueUrl === null && html`<p>${say.goOnYourself(name)}</p>`}
        <div class="actions">
          ${
            continueUrl !== null && html`<a class="button" href="${continueUrl}" rel="noreferrer">${say.goOn(name)}</a>`
          }
          ${actButton(place, {
            address: `${address}/call-off`,
            action: `call-off ${request.id}`,
            label: say.callOff,
            name,
          })}
          <a class="button secondary" href="${address}/receipt" download>${requests.receipt}</a>
        </div>
      </section>`,
  });
}

export interface PreApproved {
  readonly notice: Notice;
  readonly retailer: RetailerDescription;
  /** The name of the retailer from which it is taken. */
  readonly source: string;
  readonly continueUrl: string | null;
}

function existingWords({ existing, words }: Switch): Labels {
  if (existing?.isComplete) return words.existing('complete');
  return words.existing(existing?.consent.status === 'paused' ? 'paused' : 'widened');
}

function notGoing({ taken, words }: Switch, { language }: AccountPlace): Html | null {
  const said = [
    ...taken.askAnew.map(({ attribute }) => words.askAnew(attribute)[language]),
    ...taken.cut.map((cut) => words.cut(cut)[language]),
  ];
  return said.length === 0
    ? null
    : html`<h2>${messages[language].switch.not}</h2>
        ${factsOf([...new Set(said)])}`;
}

function choices({ language }: AccountPlace, from: string, to: string): Html {
  const { switch: say } = messages[language];
  const labels = { no: say.no, on_completion: say.on_completion(to), now: say.now };
  const hints = { no: say.noHint, on_completion: say.on_completionHint, now: say.nowHint };
  return html`<h2>${say.options}</h2>
    <div class="items">${box('copy_overrides', say.overrides(from, to), say.overridesHint)}</div>
    <fieldset>
      <legend>${say.source(from)}</legend>
      <div class="items">
        ${sourceWithdrawals.map(
          (value) =>
            html`<label class="choice">
              <input type="radio" name="withdraw_source" value="${value}" ${value === 'no' && html` checked`} />
              <span class="said">${labels[value]}</span>
              <span class="value">${hints[value]}</span>
            </label>`,
        )}
        ${box('delete_reported', say.reported(from))}
      </div>
    </fieldset>`;
}

function box(name: string, label: string, hint?: string): Html {
  return html`<label class="choice">
    <input type="checkbox" name="${name}" value="yes" />
    <span class="said">${label}</span>
    ${hint !== undefined && html`<span class="value">${hint}</span>`}
  </label>`;
}
