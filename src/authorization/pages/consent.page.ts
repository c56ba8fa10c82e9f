import type { Notice, NoticeDetail, NoticeItem } from '../../consents/wording.js';
import { type Html, html } from '../../platform/http/html.js';
import { alertOf, pageOf } from './layout.js';
import { type Messages, messages } from './messages.js';
import type { Visit } from './visit.js';

export interface ConsentPage {
  readonly notice: Notice;
  /** Names exactly what is shown, so that nothing else can be decided. */
  readonly noticeHash: string;
  readonly requestId: string;
  readonly lifetimeDays: number;
  readonly email: string;
  /** What the customer has stated, in words, by attribute. */
  readonly values: ReadonlyMap<string, readonly string[]>;
  readonly problem?: string | undefined;
}

/** The lives that can be chosen beside the one that was asked for. */
const SHORTER_DAYS = [1, 7, 30, 90, 180];

/** Who asks, for what exactly, what for, where and for how long; and two answers of equal weight. */
export function consentPage(visit: Visit, page: ConsentPage): string {
  const say = messages[visit.language];
  const { notice } = page;
  return pageOf({
    language: visit.language,
    title: notice.title,
    account: accountBar(visit, page.email),
    body: html`${alertOf(page.problem)}
      <section class="card">
        <div class="asker">
          <span class="initial" aria-hidden="true">${initialOf(notice.retailer.name)}</span>
          <div>
            <h1>${notice.title}</h1>
            <p class="small">
              ${visit.retailer.legalName} · ${hostOf(visit.retailer.website)} ·
              <a href="${notice.retailer.privacy_url}" target="_blank" rel="noopener noreferrer"
                >${say.consent.privacy}</a
              >
            </p>
          </div>
        </div>
        ${wordsOf(say.consent.inTheirWords(notice.retailer.name), notice.message)}
        ${wordsOf(say.consent.inReturn(notice.retailer.name), notice.incentive)}
        ${isWidening(notice) && html`<p class="words">${say.consent.difference(notice.retailer.name)}</p>`}
      </section>
      <form method="post" action="${visit.path}/decision">
        <input type="hidden" name="form" value="${visit.formToken('decision')}" />
        <input type="hidden" name="request" value="${page.requestId}" />
        <input type="hidden" name="notice" value="${page.noticeHash}" />
        <input type="hidden" name="language" value="${notice.language}" />
        ${notice.details.map((detail) => detailCard(detail, notice, page, say))}
        <section class="card">
          <label class="field">${say.consent.howLong} ${lifeChoice(page.lifetimeDays, say)}</label>
          <ul class="facts">
            <li>${notice.life}</li>
            <li>${notice.ending}</li>
            <li>${notice.refusing}</li>
          </ul>
          <div class="answers">
            <button type="submit" name="decision" value="refuse" formnovalidate>${say.consent.refuse}</button>
            <button type="submit" name="decision" value="approve">${say.consent.allow}</button>
          </div>
          <p class="aside small">${say.consent.untick}</p>
        </section>
      </form>`,
  });
}

function detailCard(detail: NoticeDetail, notice: Notice, page: ConsentPage, say: Messages): Html {
  const { name } = notice.retailer;
  const title = detail.type === 'ccx_preferences' ? say.consent.mayRead(name) : say.consent.mayReport(name);
  return html`<section class="card">
    <fieldset>
      <legend><h2>${title}</h2></legend>
      <p class="small">${say.consent.itemsLegend}</p>
      <div class="items">${detail.items.map((item) => itemChoice(item, detail, page, say))}</div>
    </fieldset>
    <h3>${say.consent.why}</h3>
    <ul class="facts">
      ${detail.purposes.map(({ label, sentence }) => html`<li><b>${label}.</b> ${sentence !== label && sentence}</li>`)}
    </ul>
    <fieldset>
      <legend><h3>${say.consent.where}</h3></legend>
      <div class="chips">
        ${detail.touchpoints.map(
          ({ code, label }) =>
            html`<label class="chip"
              ><input type="checkbox" name="touchpoint" value="${detail.id} ${code}" checked /> ${label}</label
            >`,
        )}
      </div>
    </fieldset>
    <h3>${say.consent.terms}</h3>
    <ul class="facts">
      ${detail.conditions.map((condition) => html`<li>${condition}</li>`)}
    </ul>
  </section>`;
}

function itemChoice(item: NoticeItem, detail: NoticeDetail, { values }: ConsentPage, say: Messages): Html {
  const value = `${detail.id} ${item.code}`;
  const stated = detail.type === 'ccx_preferences' ? statedWords(values.get(item.code), say) : undefined;
  if (item.standing === 'given') {
    return html`<div class="choice held">
      <input type="hidden" name="item" value="${value}" />
      <span class="tickmark" aria-hidden="true">✓</span>
      <span>${item.sentence} <span class="badge">${say.consent.already}</span></span>
      ${stated}
    </div>`;
  }
  return html`<label class="choice">
    <input type="checkbox" name="item" value="${value}" checked />
    <span>${item.sentence} ${item.standing === 'wider' && html`<span class="badge">${say.consent.wider}</span>`}</span>
    ${stated}
  </label>`;
}

function statedWords(values: readonly string[] | undefined, say: Messages): Html {
  return values?.length
    ? html`<span class="value">${say.consent.yourValue}: <b>${values.join('; ')}</b></span>`
    : html`<span class="value">${say.consent.nothingStated}</span>`;
}

function lifeChoice(asked: number, say: Messages): Html {
  const shorter = SHORTER_DAYS.filter((days) => days < asked);
  return html`<select name="days">
    <option value="${asked}" selected>${say.consent.asAsked(say.consent.days(asked))}</option>
    ${shorter.toReversed().map((days) => html`<option value="${days}">${say.consent.days(days)}</option>`)}
  </select>`;
}

export function accountBar(visit: Visit, email: string): Html {
  const say = messages[visit.language].session;
  return html`<form class="account" method="post" action="${visit.path}/sign-out">
    <input type="hidden" name="form" value="${visit.formToken('sign-out')}" />
    <span>${say.signedInAs} <b>${email}</b></span>
    <button class="plain" type="submit">${say.signOut}</button>
  </form>`;
}

function wordsOf(title: string, text: string | null): Html | null {
  return (text &&
    html`<div class="words">
      <p class="small">${title}</p>
      <p><q>${text}</q></p>
    </div>`) as Html | null;
}

function isWidening({ details }: Notice): boolean {
  return details.some(({ items }) => items.some(({ standing }) => standing !== 'new'));
}

function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '·';
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
