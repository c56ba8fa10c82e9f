import { type DetailType, isReportingType } from '../../consents/detail.js';
import type { Language } from '../../consents/phrases.js';
import type { Notice, NoticeDetail, NoticeItem, NoticeStanding } from '../../consents/wording.js';
import { type Html, html } from '../../platform/http/html.js';
import { grouped } from './event-groups.js';
import { messages } from './messages.js';

/** What the customer has stated, in words, by attribute. */
export type Values = ReadonlyMap<string, readonly string[]>;

export interface RetailerOnPage {
  readonly name: string;
  readonly legalName: string;
  readonly website: string;
  readonly privacyUrl: string;
}

/** Who it is about: the first letter, the name in a heading, and who is behind it. */
export function askerOf(heading: Html | string, retailer: RetailerOnPage, language: Language): Html {
  const say = messages[language].consent;
  return html`<div class="asker">
    <span class="initial" aria-hidden="true">${initialOf(retailer.name)}</span>
    <div>
      <h1>${heading}</h1>
      <p class="small">
        ${retailer.legalName} · ${hostOf(retailer.website)} ·
        <a href="${retailer.privacyUrl}" target="_blank" rel="noopener noreferrer"
          >${say.privacy}<span class="hidden"> ${say.opensElsewhere}</span></a
        >
      </p>
    </div>
  </div>`;
}

/** The retailer's own words: what it says, and what it offers in return. */
export function retailersWords({ retailer: { name }, message, incentive }: Notice, language: Language): Html {
  const say = messages[language].consent;
  return html`${quoted(say.inTheirWords(name), message)} ${quoted(say.inReturn(name), incentive)}`;
}

function quoted(title: string, text: string | null): Html | null {
  return text === null || text === ''
    ? null
    : html`<div class="words">
        <p class="small">${title}</p>
        <p><q>${text}</q></p>
      </div>`;
}

/** What a line of this type is about, as a heading. */
export function titleOf(type: DetailType, retailer: string, language: Language): string {
  const { mayRead, mayReport, mayName } = messages[language].consent;
  if (type === 'ccx_interactions_special') return mayName(retailer);
  return (type === 'ccx_interactions' ? mayReport : mayRead)(retailer);
}

/**
 * The items of a line in lists. Many kinds of event come under headings, each in a few words: whose they are, and what
 * may be done with them, stands above.
 */
export function inGroups<Item extends { readonly code: string; readonly label: string; readonly sentence: string }>(
  type: DetailType,
  items: readonly Item[],
  language: Language,
  listOf: (items: readonly Item[]) => Html,
): Html[] {
  return grouped(type, items).map((group) =>
    group.name === null
      ? listOf(group.items)
      : html`<h3>${messages[language].consent.groups[group.name]}</h3>
          ${listOf(group.items.map((item) => ({ ...item, sentence: capitalised(item.label) })))}`,
  );
}

/** What an item is, in one sentence, and what the customer has stated there. */
export function itemText(
  item: Pick<NoticeItem, 'code' | 'sentence'> & { readonly already?: string | null },
  type: NoticeDetail['type'],
  values: Values,
  language: Language,
  mark?: Html | null,
): Html {
  return html`<span class="said">${item.sentence}${mark && html` ${mark}`}</span>
    ${!isReportingType(type) && statedWords(values.get(item.code), language)}
    ${item.already && html`<span class="value">${item.already}</span>`}`;
}

function statedWords(stated: readonly string[] | undefined, language: Language): Html {
  const say = messages[language].consent;
  return stated?.length
    ? html`<span class="value">${say.yourValue}: <b>${stated.join('; ')}</b></span>`
    : html`<span class="value">${say.nothingStated}</span>`;
}

export type Mark = NoticeStanding | 'going' | 'agreed';

const signs: Readonly<Record<Mark, string>> = {
  given: '✓',
  longer: '→',
  shorter: '←',
  wider: '↗',
  new: '+',
  going: '−',
  agreed: '✓',
};
const names = {
  given: 'already',
  longer: 'longer',
  shorter: 'shorter',
  wider: 'wider',
  new: 'new',
  going: 'going',
  agreed: 'agreed',
} as const;

/** What would become of an item, against what is given already: a sign and words, so that no colour is needed. */
export function markOf(mark: Mark, language: Language): Html {
  return html`<span class="mark-of ${mark}"
    ><span aria-hidden="true">${signs[mark]}</span> ${messages[language].consent[names[mark]]}</span
  >`;
}

export function purposesOf(detail: Pick<NoticeDetail, 'purposes'>, language: Language): Html {
  return html`<h3>${messages[language].consent.why}</h3>
    <ul class="facts">
      ${detail.purposes.map(({ label, sentence }) => html`<li><b>${label}.</b> ${sentence !== label && sentence}</li>`)}
    </ul>`;
}

export function factsOf(facts: readonly (string | Html)[]): Html {
  return html`<ul class="facts">
    ${facts.map((fact) => html`<li>${fact}</li>`)}
  </ul>`;
}

/** The two answers: as large, as dark and as near as each other. */
export function answersOf({ refuse, allow }: { refuse: string; allow: string }): Html {
  return html`<div class="answers">
    <button type="submit" name="decision" value="refuse" formnovalidate>${refuse}</button>
    <button type="submit" name="decision" value="approve">${allow}</button>
  </div>`;
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function initialOf(name: string): string {
  return [...name.trim()][0]?.toUpperCase() ?? '·';
}

function hostOf(address: string): string {
  return URL.canParse(address) ? new URL(address).host : address;
}
