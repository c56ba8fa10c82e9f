import type { Language } from '../../consents/phrases.js';
import type { Notice, NoticeDetail } from '../../consents/wording.js';
import { type Html, html } from '../../platform/http/html.js';
import type { Retailer } from '../../retailers/retailer.entity.js';
import { deviceMessages } from './device.messages.js';
import { alertOf, messagePage, pageOf } from './layout.js';

/** The form of the engine that the pages fill: where it leads, and what protects it. */
export interface DeviceForm {
  readonly action: string;
  readonly secret: string;
}

export interface CodeEntry extends DeviceForm {
  readonly language: Language;
  /** What was typed, or came with the address. */
  readonly code?: string | undefined;
  readonly problem?: string | undefined;
}

/** Where somebody types the code that a device shows. */
export function codeEntryPage({ language, action, secret, code, problem }: CodeEntry): string {
  const say = deviceMessages[language];
  return pageOf({
    language,
    title: say.title,
    address: action,
    body: html`<section class="card narrow">
      <h1>${say.title}</h1>
      <p class="lead">${say.lead}</p>
      ${alertOf(problem)}
      <form method="post" action="${action}">
        <input type="hidden" name="xsrf" value="${secret}" />
        <label class="field">
          ${say.code}
          <input
            type="text"
            name="user_code"
            value="${code}"
            required
            maxlength="20"
            autocomplete="one-time-code"
            autocapitalize="characters"
            spellcheck="false"
          />
          <span class="hint">${say.codeHint}</span>
        </label>
        <button class="wide" type="submit">${say.goOn}</button>
      </form>
      <p class="aside">${say.careful}</p>
    </section>`,
  });
}

export interface CodeConfirmation extends DeviceForm {
  readonly language: Language;
  readonly userCode: string;
  /** Shows that this page was seen before it was answered. */
  readonly confirmation: string;
  readonly notice: Notice;
  readonly retailer: Pick<Retailer, 'legalName' | 'website'>;
  /** What the retailer calls the device. */
  readonly device: string;
  readonly minutesAgo: number;
}

/** What a code stands for, before anything else: who asks, where, for what; and whether it is the device at hand. */
export function codeConfirmationPage(page: CodeConfirmation): string {
  const { language, notice, retailer } = page;
  const say = deviceMessages[language];
  const title = say.asks(notice.retailer.name);
  return pageOf({
    language,
    title,
    address: `${page.action}?user_code=${encodeURIComponent(page.userCode)}`,
    body: html`<section class="card">
        <h1>${title}</h1>
        <p class="lead">${say.compare}</p>
        <p class="user-code"><strong>${page.userCode}</strong></p>
        <h2>${say.from}</h2>
        <ul class="facts">
          <li>${notice.retailer.name}, ${retailer.legalName}, ${retailer.website}</li>
          <li>${say.device(page.device)}</li>
          <li>${say.asked(page.minutesAgo)}</li>
        </ul>
        <h2>${say.what}</h2>
        ${notice.details.map(lineOf)}
        <ul class="facts">
          <li>${notice.life}</li>
        </ul>
      </section>
      <section class="card">
        <p>${say.next}</p>
        <div class="answers">${answerForm(page, 'abort', say.stop)} ${answerForm(page, 'confirm', say.same)}</div>
        <p class="aside">${say.careful}</p>
      </section>`,
  });
}

function lineOf({ items, purposes, conditions }: NoticeDetail): Html {
  return html`<ul class="facts">
    ${items.map(({ sentence }) => html`<li>${sentence}</li>`)}
    ${purposes.map(({ label, sentence }) => html`<li><b>${label}.</b> ${sentence !== label && sentence}</li>`)}
    ${conditions.map((condition) => html`<li>${condition}</li>`)}
  </ul>`;
}

function answerForm(page: CodeConfirmation, answer: 'confirm' | 'abort', label: string): Html {
  return html`<form method="post" action="${page.action}">
    <input type="hidden" name="xsrf" value="${page.secret}" />
    <input type="hidden" name="user_code" value="${page.userCode}" />
    <button type="submit" name="${answer}" value="${page.confirmation}">${label}</button>
  </form>`;
}

/** The customer has decided; the device goes on. */
export function deviceDonePage(language: Language, retailer: string): string {
  const say = deviceMessages[language];
  return messagePage({ language, title: say.done }, say.doneLead(retailer), html`<p>${say.ending}</p>`);
}

/** The customer gives nothing to this device. */
export function deviceStoppedPage(language: Language): string {
  const say = deviceMessages[language];
  return messagePage({ language, title: say.stopped }, say.stoppedLead);
}
