import type { ConsentRequest } from '../../consents/consent-request.entity.js';
import { type Language, phrases } from '../../consents/phrases.js';
import { spellList } from '../../consents/spelling.js';
import type { Notice, NoticeDetail, NoticeItem } from '../../consents/wording.js';
import { type Html, html } from '../../platform/http/html.js';
import {
  answersOf,
  askerOf,
  factsOf,
  inGroups,
  itemText,
  markOf,
  purposesOf,
  type RetailerOnPage,
  retailersWords,
  titleOf,
  type Values,
} from './consent-parts.js';
import { alertOf, type PageFrame, pageOf } from './layout.js';
import { messages } from './messages.js';

/** A request before the customer, wherever they meet it. */
export interface ConsentPage {
  /** What stands around it. */
  readonly frame: Omit<PageFrame, 'title' | 'body'>;
  readonly request: Pick<ConsentRequest, 'id' | 'lifetimeDays' | 'maxReadsPerDay'>;
  readonly notice: Notice;
  /** Names exactly what is shown, so that nothing else can be decided. */
  readonly noticeHash: string;
  readonly retailer: RetailerOnPage;
  readonly values: Values;
  /** Where the decision goes, and what shows that it comes from here. */
  readonly decision: { readonly address: string; readonly form: string };
  /** Which question of how many, where a retailer asks several. */
  readonly part?: { readonly number: number; readonly of: number } | undefined;
  /** What the customer allows this retailer already, if the request is about that: whether it is paused, how often a day. */
  readonly standing: { readonly isPaused: boolean; readonly maxReadsPerDay: number | null } | null;
  /** What the customer has approved beforehand for this retailer, item by item, by the id of its line. */
  readonly agreed: ReadonlyMap<string, readonly string[]>;
  /** What was refused by a rule of the customer's, in words. */
  readonly struck: readonly { readonly sentence: string; readonly rule: string }[];
  readonly problem?: string | undefined;
}

/** The lives and the frequencies that can be chosen beside what was asked for. */
const SHORTER_DAYS = [180, 90, 30, 7, 1];
const FEWER_READS = [10, 3, 1];

/** Who asks, for what exactly, what for, where and for how long; and two answers of equal weight. */
export function consentPage(page: ConsentPage): string {
  const { notice, frame, retailer } = page;
  const say = messages[frame.language].consent;
  const isDifference = hasDifference(notice);
  return pageOf({
    ...frame,
    title: notice.title,
    body: html`${alertOf(page.problem)}
      <section class="card">
        ${partOf(page)} ${askerOf(notice.title, retailer, frame.language)} ${retailersWords(notice, frame.language)}
        ${isDifference && html`<p class="note">${differenceWords(notice, say)}</p>`}
        ${hasAgreed(page) && html`<p class="note">${say.agreedNote(retailer.name)}</p>`}
        ${page.standing?.isPaused && html`<p class="note">${say.paused(retailer.name)}</p>`}
      </section>
      <form method="post" action="${page.decision.address}">
        ${decisionFields(page)} ${notice.details.map((detail) => detailCard(detail, page, isDifference))}
        ${goingCard(page)} ${struckCard(page)}
        <section class="card">
          <h2>${say.howLongTitle}</h2>
          <div class="pair">
            <label class="field">${say.howLong} ${lifeChoice(page)}</label>
            <label class="field">${say.howOften} ${readsChoice(page)}</label>
          </div>
          ${factsOf([notice.life])}
        </section>
        <section class="card decision">
          <h2>${say.decide}</h2>
          ${factsOf([notice.ending, notice.refusing])} ${answersOf(say)}
          <p class="aside small">${say.untick}</p>
        </section>
      </form>`,
  });
}

/** What the decision is about, so that it is never taken for one about anything else. */
export function decisionFields({ decision, request, notice, noticeHash }: ConsentPage): Html {
  return html`<input type="hidden" name="form" value="${decision.form}" />
    <input type="hidden" name="request" value="${request.id}" />
    <input type="hidden" name="notice" value="${noticeHash}" />
    <input type="hidden" name="language" value="${notice.language}" />`;
}

export function partOf({ part, frame }: ConsentPage): Html | undefined {
  return part && part.of > 1
    ? html`<p class="step">${messages[frame.language].consent.part(part.number, part.of)}</p>`
    : undefined;
}

/** What the customer's own rules have left out, so that they know why it is not asked. */
export function struckCard({ struck, frame }: ConsentPage): Html | undefined {
  const say = messages[frame.language].consent;
  return struck.length === 0
    ? undefined
    : html`<section class="card">
        <h2>${say.struckTitle}</h2>
        <ul class="items">
          ${struck.map(
            ({ sentence, rule }) =>
              html`<li class="choice still">
                <span class="sign" aria-hidden="true">−</span>
                <span class="said"><s>${sentence}</s></span>
                <span class="value">${say.struck(rule)}</span>
              </li>`,
          )}
        </ul>
      </section>`;
}

function detailCard(detail: NoticeDetail, page: ConsentPage, isDifference: boolean): Html {
  const { retailer, frame } = page;
  const say = messages[frame.language].consent;
  const conditions = besidesWhere(detail, frame.language);
  return html`<section class="card">
    <fieldset>
      <legend><h2>${titleOf(detail.type, retailer.name, frame.language)}</h2></legend>
      <p class="small">${say.itemsLegend}</p>
      ${inGroups(
        detail.type,
        detail.items,
        frame.language,
        (items) => html`<div class="items">${items.map((item) => itemChoice(item, detail, page, isDifference))}</div>`,
      )}
    </fieldset>
    ${purposesOf(detail, frame.language)}
    <fieldset>
      <legend><h3>${say.where}</h3></legend>
      <div class="chips">
        ${detail.touchpoints.map(
          ({ code, label }) =>
            html`<label class="chip"
              ><input type="checkbox" name="touchpoint" value="${detail.id} ${code}" checked /> ${label}</label
            >`,
        )}
      </div>
    </fieldset>
    ${
      conditions.length > 0 &&
      html`<h3>${say.terms}</h3>
        ${factsOf(conditions)}`
    }
  </section>`;
}

/** Where it is, the boxes say. */
function besidesWhere({ conditions, touchpoints }: NoticeDetail, language: Language): string[] {
  const labels = touchpoints.map(({ label }) => label);
  const where = phrases[language].where(spellList(labels, language));
  return conditions.filter((condition) => condition !== where);
}

function itemChoice(item: NoticeItem, detail: NoticeDetail, page: ConsentPage, isDifference: boolean): Html {
  const { language } = page.frame;
  const value = `${detail.id} ${item.code}`;
  const isAgreed = page.agreed.get(detail.id)?.includes(item.code) && item.standing !== 'given';
  const text = itemText(
    item,
    detail.type,
    page.values,
    language,
    isAgreed ? markOf('agreed', language) : isDifference || hasAgreed(page) ? markOf(item.standing, language) : null,
  );
  return item.standing === 'given'
    ? html`<div class="choice still">
        <input type="hidden" name="item" value="${value}" />
        <span class="sign" aria-hidden="true">✓</span>
        ${text}
      </div>`
    : html`<label class="choice">
        <input type="checkbox" name="item" value="${value}" checked />
        ${text}
      </label>`;
}

function goingCard({ notice, frame }: ConsentPage): Html | undefined {
  return notice.removed.length === 0
    ? undefined
    : html`<section class="card">
        <h2>${messages[frame.language].consent.goingTitle}</h2>
        <ul class="items">
          ${notice.removed.map(
            ({ sentence }) =>
              html`<li class="choice still going">
                <span class="sign" aria-hidden="true">−</span>
                <span class="said">${sentence} ${markOf('going', frame.language)}</span>
              </li>`,
          )}
        </ul>
      </section>`;
}

function lifeChoice({ request: { lifetimeDays }, frame }: ConsentPage): Html {
  const say = messages[frame.language].consent;
  return html`<select name="days">
    <option value="${lifetimeDays}" selected>${say.asAsked(say.days(lifetimeDays))}</option>
    ${SHORTER_DAYS.filter((days) => days < lifetimeDays).map(
      (days) => html`<option value="${days}">${say.days(days)}</option>`,
    )}
  </select>`;
}

function readsChoice({ request: { maxReadsPerDay: asked }, standing, frame }: ConsentPage): Html {
  const say = messages[frame.language].consent;
  return readsField(
    {
      most: asked ?? standing?.maxReadsPerDay ?? null,
      inWords: asked === null ? say.asNow : say.asAsked,
    },
    frame.language,
  );
}

/** How often a day at most: so often, unless less is chosen. */
export function readsField(
  { most, inWords }: { most: number | null; inWords: (reads: string) => string },
  language: Language,
): Html {
  const say = messages[language].consent;
  return html`<select name="reads">
    <option value="" selected>${most === null ? say.unlimited : inWords(say.readsPerDay(most))}</option>
    ${FEWER_READS.filter((reads) => reads < (most ?? Infinity)).map(
      (reads) => html`<option value="${reads}">${say.readsPerDay(reads)}</option>`,
    )}
  </select>`;
}

function hasDifference({ details, removed }: Notice): boolean {
  return removed.length > 0 || details.some(({ items }) => items.some(({ standing }) => standing !== 'new'));
}

function hasAgreed({ agreed }: ConsentPage): boolean {
  return [...agreed.values()].some((codes) => codes.length > 0);
}

function differenceWords({ removed, retailer }: Notice, say: (typeof messages)['en']['consent']): string {
  return removed.length > 0 ? say.replacing(retailer.name) : say.difference(retailer.name);
}
