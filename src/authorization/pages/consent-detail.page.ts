import { isSpecialType } from '../../consents/detail.js';
import type { Receipt } from '../../consents/receipts.dto.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage, actButton, backTo } from './account-place.js';
import { askerOf, factsOf, inGroups, itemText, purposesOf } from './consent-parts.js';
import type { ConsentLine, ConsentView } from './consent-views.service.js';
import { endsEarlier, olderThan, statusBadge, termsOf, whatIsGiven } from './consents.page.js';
import { messages } from './messages.js';
import { dayOf, momentOf } from './times.js';

export interface ReceiptsOnPage {
  readonly receipts: readonly Receipt[];
  readonly before: string | null;
}

/** One consent: what exactly, what can be done about it, and the receipts of what was done. */
export function consentDetailPage(place: AccountPlace, view: ConsentView, receipts: ReceiptsOnPage): string {
  const say = messages[place.language];
  const { retailer, consent, status } = view;
  return accountPage(place, {
    area: 'consents',
    title: retailer.name,
    body: html`${backTo(place, '/account/consents')}
      <section class="card">
        ${askerOf(retailer.name, retailer, place.language)}
        <p class="row">
          ${statusBadge(view, place)}
          ${consent.use === 'once' && html`<span class="status">${say.consents.once}</span>`}
        </p>
        ${termsOf(view, place)}
        ${view.reminder && html`<p class="note">${say.consents.reminder(view.reminder.percent)}</p>`}
        ${status === 'paused' && html`<p class="note">${say.consents.pausedNote}</p>`}
        ${!view.can.end && html`<p class="note">${say.consents.endedNote}</p>`}
      </section>
      ${view.can.end && actionsCard(place, view)} ${view.lines.map((line) => lineCard(line, view, place))}
      ${receiptsCard(place, view, receipts)}`,
  });
}

function actionsCard(place: AccountPlace, { consent, status, renewals, retailer, can }: ConsentView): Html {
  const { oneConsent: say, switch: taking } = messages[place.language];
  const address = `/account/consents/${consent.id}`;
  const { name } = retailer;
  const command = (what: 'pause' | 'resume') =>
    actButton(place, { address: `${address}/${what}`, action: `${what} ${consent.id}`, label: say[what], name });
  const link = (what: 'renew' | 'change' | 'withdraw') =>
    html`<a class="button secondary" href="${address}/${what}">${say[what]}<span class="hidden">: ${name}</span></a>`;
  return html`<section class="card">
    <h2>${say.actions}</h2>
    <ul class="acts">
      <li>${link('withdraw')} <span class="small">${say.withdrawHint}</span></li>
      ${
        status === 'paused'
          ? html`<li>${command('resume')} <span class="small">${say.resumeHint}</span></li>`
          : html`<li>${command('pause')} <span class="small">${say.pauseHint}</span></li>`
      }
      <li>${link('change')} <span class="small">${say.changeHint}</span></li>
      ${renewals.length > 0 && html`<li>${link('renew')} <span class="small">${say.renewHint}</span></li>`}
      ${
        can.take &&
        html`<li>
          <a class="button secondary" href="${address}/switch">${taking.take}<span class="hidden">: ${name}</span></a>
          <span class="small">${taking.takeHint}</span>
        </li>`
      }
    </ul>
  </section>`;
}

function lineCard(
  line: ConsentLine,
  { retailer, values, consent, can }: ConsentView,
  { language }: AccountPlace,
): Html {
  const { consents: say, consent: words, special } = messages[language];
  return html`<section class="card">
    <h2>${whatIsGiven(line.type, retailer.name, can.end, language)}</h2>
    ${isSpecialType(line.type) && html`<p class="step"><span class="guarded">${special.kind}</span></p>`}
    ${inGroups(
      line.type,
      line.items,
      language,
      (items) =>
        html`<ul class="items">
          ${items.map(
            (item) =>
              html`<li class="choice still">
                <span class="sign" aria-hidden="true">${can.end ? '✓' : '−'}</span>
                ${itemText(item, line.type, values, language)}
              </li>`,
          )}
        </ul>`,
    )}
    ${purposesOf(line, language)}
    <h3>${words.terms}</h3>
    ${factsOf([...line.conditions, ...(can.end && endsEarlier(line, consent) ? [html`${say.until} ${dayOf(line.expiresAt, language)}.`] : [])])}
  </section>`;
}

function receiptsCard(place: AccountPlace, { consent }: ConsentView, { receipts, before }: ReceiptsOnPage): Html {
  const { oneConsent: say, account } = messages[place.language];
  const address = `/account/consents/${consent.id}`;
  return html`<section class="card" id="receipts">
    <h2>${say.receipts}</h2>
    <p class="small">${say.receiptsLead}</p>
    ${
      receipts.length === 0
        ? html`<p class="small">${say.noReceipts}</p>`
        : html`<ol class="receipts">
            ${receipts.map((receipt) => receiptItem(receipt, address, place))}
          </ol>`
    }
    ${olderThan({ before }, address, account.more)}
  </section>`;
}

function receiptItem({ event, at, id, version }: Receipt, address: string, { language }: AccountPlace): Html {
  const say = messages[language].oneConsent;
  const what = say[`change_${event}`];
  return html`<li>
    <span
      ><b>${what}</b><br /><span class="small"
        >${momentOf(at, language)} · <span class="number">${say.fingerprint} ${id.slice(-12)}</span></span
      ></span
    >
    ${
      version !== null &&
      html`<a class="button secondary" href="${address}/receipts/${version}" download
        ><span aria-hidden="true">${say.download}</span><span class="hidden">${say.downloadOf(what)}</span></a
      >`
    }
  </li>`;
}
