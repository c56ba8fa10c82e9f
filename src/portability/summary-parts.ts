import { type Html, html } from '../platform/http/html.js';
import type { AnswerLanguage } from '../platform/http/language.js';
import type { Series } from './summary-plots.js';

/** Writes numbers, months and moments as readers of a language do. */
export class Spelling {
  private readonly locale: string;
  private readonly numbers: Intl.NumberFormat;

  constructor(language: AnswerLanguage) {
    // Days before months, as they are written in Europe.
    this.locale = language === 'en' ? 'en-GB' : language;
    this.numbers = new Intl.NumberFormat(this.locale);
  }

  readonly count = (count: number): string => this.numbers.format(count);

  month(month: string, length: 'short' | 'long'): string {
    const year = length === 'short' ? '2-digit' : 'numeric';
    const format = new Intl.DateTimeFormat(this.locale, { month: length, year, timeZone: 'UTC' });
    return format.format(new Date(`${month}-01T00:00:00Z`));
  }

  moment(at: Date, timeZone: string): string {
    return new Intl.DateTimeFormat(this.locale, { dateStyle: 'long', timeStyle: 'short', timeZone }).format(at);
  }
}

/** A table whose rows begin with a name and go on with numbers. */
export interface Table {
  readonly heads: readonly string[];
  readonly rows: readonly (readonly [string | Html, ...number[]])[];
}

export function tableOf({ heads, rows }: Table, spelling: Spelling): Html {
  return html`<table>
    <thead>
      <tr>
        ${heads.map((head) => html`<th scope="col">${head}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        ([name, ...values]) =>
          html`<tr>
            <th scope="row">${name}</th>
            ${values.map((value) => html`<td>${spelling.count(value)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** A table that is folded until somebody asks for it. A wide one is moved by itself, by keyboard, too. */
export function foldedTable(name: string, about: string, table: Html): Html {
  return html`<details>
    <summary>${name}</summary>
    <div class="scroll" role="region" aria-label="${about}: ${name}" tabindex="0">${table}</div>
  </details>`;
}

/** What the colours of a picture mean. */
export function keyOf(series: readonly Pick<Series, 'label' | 'colour'>[]): Html {
  return html`<ul class="key">
    ${series.map(
      ({ label, colour }) =>
        html`<li>
          <svg viewBox="0 0 10 10" aria-hidden="true"><rect class="${colour}" width="10" height="10" rx="2" /></svg>
          ${label}
        </li>`,
    )}
  </ul>`;
}

/** A part of the page with a heading. */
export function cardOf({ title, lead }: { title: string; lead?: string | Html }, content: Html): Html {
  return html`<section class="card">
    <h2>${title}</h2>
    ${lead && html`<p class="small">${lead}</p>`} ${content}
  </section>`;
}
