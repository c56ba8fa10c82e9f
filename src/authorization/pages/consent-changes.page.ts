import { type DetailType, detailTypes, isSpecialType } from '../../consents/detail.js';
import type { Language } from '../../consents/phrases.js';
import { spellList } from '../../consents/spelling.js';
import { type Notice, type NoticeDetail, noticeHash } from '../../consents/wording.js';
import { type Html, html } from '../../platform/http/html.js';
import { type AccountPlace, accountPage, backTo } from './account-place.js';
import { factsOf, inGroups, itemText, purposesOf, titleOf } from './consent-parts.js';
import type { ConsentView } from './consent-views.service.js';
import { readsField } from './consent.page.js';
import { endsEarlier } from './consents.page.js';
import { alertOf } from './layout.js';
import { messages } from './messages.js';
import { dayWords } from './times.js';

/** The second of the two clicks that end a consent, and the one question that goes with it. */
export function withdrawPage(place: AccountPlace, view: ConsentView): string {
  const { withdraw: say } = messages[place.language];
  const { name } = view.retailer;
  const reports = view.lines.some(({ type }) => type === 'ccx_interactions');
  return changePage(place, view, 'withdraw', {
    title: say.title(name),
    lead: say.lead(name),
    fields: reports
      ? html`<fieldset>
          <legend>${say.reported(name)}</legend>
          <div class="items">
            ${reportedChoice('keep', say.keep, say.keepHint, true)}
            ${reportedChoice('delete', say.delete, say.deleteHint, false)}
          </div>
        </fieldset>`
      : html`<input type="hidden" name="reported_data" value="keep" />`,
    submit: say.submit,
  });
}

/** One end that can be chosen, and exactly what the customer is told about it. */
export interface RenewalChoice {
  readonly days: number;
  readonly notice: Notice;
}

/** What would go on, and until when. Beside each choice its notice is named, so that no other can be agreed to. */
export function renewPage(
  place: AccountPlace,
  view: ConsentView,
  choices: readonly [RenewalChoice, ...RenewalChoice[]],
  problem?: string,
): string {
  const { renew: say, consent } = messages[place.language];
  // They differ in nothing but the end.
  const [{ notice }] = choices;
  return changePage(place, view, 'renew', {
    title: say.title(view.retailer.name),
    lead: `${notice.title} ${say.lead}`,
    problem,
    fields: html`${notice.details.map((detail) => goingOn(detail, notice))}
      <fieldset>
        <legend><h2>${say.howLong}</h2></legend>
        <div class="items">
          ${choices.map(
            (choice) =>
              html`<label class="choice">
                <input
                  type="radio"
                  name="choice"
                  value="${choice.days} ${noticeHash(choice.notice).toString('hex')}"
                  ${choice === choices[0] && html` checked`}
                />
                <span class="said">${consent.days(choice.days)}</span>
                <span class="value">${choice.notice.life}</span>
              </label>`,
          )}
        </div>
      </fieldset>
      ${factsOf([notice.ending, notice.refusing])}`,
    submit: say.submit,
  });
}

/** What is unticked ends at once, wherever it was given: a box speaks for all lines of its type. */
export function lessPage(place: AccountPlace, view: ConsentView, problem?: string): string {
  const { language } = place;
  const { change: say, consent: words } = messages[language];
  const { consent } = view;
  const end = dayWords(consent.expiresAt, language);
  return changePage(place, view, 'change', {
    title: say.title(view.retailer.name),
    lead: say.lead,
    problem,
    wide: true,
    fields: html`${detailTypes.map((type) => typeFields(type, view, place))}
      <div class="pair">
        <label class="field"
          >${say.howLong}
          <select name="days">
            <option value="" selected>${say.asNow(end)}</option>
            ${[180, 90, 30, 7, 1]
              .filter((days) => days < view.daysLeft)
              .map((days) => html`<option value="${days}">${say.inDays(words.days(days))}</option>`)}
          </select>
        </label>
        <label class="field"
          >${words.howOften} ${readsField({ most: consent.maxReadsPerDay, inWords: words.asNow }, language)}
        </label>
      </div>`,
    submit: say.submit,
  });
}

interface Change {
  readonly title: string;
  readonly lead: string;
  readonly fields: Html;
  readonly submit: string;
  readonly problem?: string | undefined;
  readonly wide?: boolean;
}

function changePage(
  place: AccountPlace,
  { consent }: ConsentView,
  what: 'withdraw' | 'renew' | 'change',
  change: Change,
): string {
  const address = `/account/consents/${consent.id}`;
  return accountPage(place, {
    area: 'consents',
    title: change.title,
    body: html`${backTo(place, address)}
      <form class="card${!change.wide && html` medium`}" method="post" action="${address}/${what}">
        <h1>${change.title}</h1>
        <p class="lead">${change.lead}</p>
        ${alertOf(change.problem)}
        <input type="hidden" name="form" value="${place.formToken(`${what} ${consent.id}`)}" />
        ${change.fields}
        <div class="answers">
          <a class="button secondary" href="${address}">${messages[place.language].account.cancel}</a>
          <button type="submit">${change.submit}</button>
        </div>
      </form>`,
  });
}

function reportedChoice(value: 'keep' | 'delete', label: string, hint: string, checked: boolean): Html {
  return html`<label class="choice">
    <input type="radio" name="reported_data" value="${value}" ${checked && html` checked`} />
    <span class="said">${label}</span>
    <span class="value">${hint}</span>
  </label>`;
}

/** A line that goes on, or goes along, in words. */
export function goingOn({ type, items, purposes, conditions }: NoticeDetail, { retailer, language }: Notice): Html {
  const { consent: say } = messages[language];
  return html`<h2>${titleOf(type, retailer.name, language)}</h2>
    ${factsOf(items.map(({ sentence, already }) => html`${sentence} ${already}`))} ${purposesOf({ purposes }, language)}
    <h3>${say.terms}</h3>
    ${factsOf(conditions)}`;
}

function typeFields(
  type: DetailType,
  { consent, retailer, values, lines: all }: ConsentView,
  { language }: AccountPlace,
): Html | null {
  const { consent: say, special, change } = messages[language];
  const lines = all.filter((line) => line.type === type);
  if (lines.length === 0) return null;
  // What one line says of all its items is said once; else each item says what it is given for.
  const isOne = lines.length === 1 && lines.every((line) => !endsEarlier(line, consent));
  const ways = (code: string) =>
    lines
      .filter(({ items }) => items.some((item) => item.code === code))
      .map(({ purposes, touchpoints, expiresAt }) =>
        change.way(labelsOf(purposes, language), labelsOf(touchpoints, language), dayWords(expiresAt, language)),
      );
  return html`<fieldset>
      <legend>
        <h2>${titleOf(type, retailer.name, language)}</h2>
      </legend>
      ${isSpecialType(type) && html`<p class="step"><span class="guarded">${special.kind}</span></p>`}
      ${inGroups(
        type,
        once(lines.flatMap(({ items }) => items)),
        language,
        (items) =>
          html`<div class="items">
            ${items.map(
              (item) =>
                html`<label class="choice">
                  <input type="checkbox" name="item" value="${type} ${item.code}" checked />
                  ${itemText(item, type, values, language)}
                  ${!isOne && [...new Set(ways(item.code))].map((way) => html`<span class="value">${way}</span>`)}
                </label>`,
            )}
          </div>`,
      )}
    </fieldset>
    ${isOne && lines.map((line) => purposesOf(line, language))}
    <fieldset>
      <legend><h3>${say.where}</h3></legend>
      <div class="chips">
        ${once(lines.flatMap(({ touchpoints }) => touchpoints)).map(
          ({ code, label }) =>
            html`<label class="chip"
              ><input type="checkbox" name="touchpoint" value="${type} ${code}" checked /> ${label}</label
            >`,
        )}
      </div>
    </fieldset>`;
}

/** Each code once. */
function once<T extends { readonly code: string }>(listed: readonly T[]): T[] {
  return [...new Map(listed.map((each) => [each.code, each])).values()];
}

function labelsOf(codes: readonly { readonly label: string }[], language: Language): string {
  return spellList(
    codes.map(({ label }) => label),
    language,
  );
}
