import { sha256 } from '../platform/crypto/seal.js';
import { Html, html } from '../platform/http/html.js';
import type { AnswerLanguage } from '../platform/http/language.js';
import { cardOf, foldedTable, keyOf, Spelling, type Table, tableOf } from './summary-parts.js';
import { barsPlot, columnsPlot, type Series } from './summary-plots.js';
import { summaryStyle } from './summary-style.js';
import { type Standing, standings, type Summary } from './summary-tally.js';
import { type SummaryWords, summaryWords, touchpointName, typeName } from './summary-words.js';

/** For whom a summary is made. */
export interface SummaryReader {
  readonly language: AnswerLanguage;
  /** Of the IANA database. */
  readonly timeZone: string;
  readonly at: Date;
  /** What a retailer is called, by its id. */
  readonly nameOf: (retailerId: string) => string;
}

// To the byte what the policy has the hash of.
const styleElement = new Html(`<style>${summaryStyle}</style>`);

/** What the page may do: nothing but look as it does. Where it is served a header says so, in a file the page itself. */
export const SUMMARY_POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${sha256(summaryStyle).toString('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The columns have room for so many months, and a narrow screen for so many. */
const MOST_MONTHS = 24;
const FEW_MONTHS = 9;
/** Retailers with a colour of their own; the rest are put together. */
const MOST_COLOURS = 5;
const MOST_BARS = 12;
const WIDTHS = { wide: 752, narrow: 336 } as const;

const colourOf: Readonly<Record<Standing, string>> = {
  standing: 'counts',
  disputed: 's1',
  corrected: 's3',
  voided: 's5',
};

/** The summary as a page that needs nothing but itself: no script, no picture and no font from elsewhere. */
export function summaryPage(summary: Summary, reader: SummaryReader): string {
  const page = new SummaryPage(summary, reader);
  return html`<!doctype html>
    <html lang="${reader.language}">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content="${SUMMARY_POLICY}" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>${page.say.title} · CCX</title>
        ${styleElement}
      </head>
      <body>
        <main>${page.content()}</main>
      </body>
    </html> `.markup;
}

const mark = html`<svg class="mark" viewBox="0 0 32 32" aria-hidden="true">
  <rect width="32" height="32" rx="9" />
  <path d="M21.6 12.2a7 7 0 1 0 0 7.6" />
  <path d="m13.4 16.2 2.6 2.6 5.2-5.4" />
</svg>`;

class SummaryPage {
  readonly say: SummaryWords;
  private readonly language: AnswerLanguage;
  private readonly spelling: Spelling;

  constructor(
    private readonly summary: Summary,
    private readonly reader: SummaryReader,
  ) {
    this.language = reader.language;
    this.say = summaryWords[reader.language];
    this.spelling = new Spelling(reader.language);
  }

  content(): Html {
    const { reporters, readers } = this.summary;
    const { at, timeZone } = this.reader;
    const isReported = reporters.length > 0;
    return html`<p class="brand">${mark} CCX</p>
      <h1>${this.say.title}</h1>
      <p class="lead">${this.say.lead(this.spelling.moment(at, timeZone), timeZone)}</p>
      ${isReported ? this.reports() : html`<p class="card">${this.say.nothing}</p>`}
      <div class="pair">${isReported && this.byStanding()} ${readers.length > 0 && this.readers()}</div>
      ${this.kinds()}`;
  }

  private reports(): Html {
    return html`${this.figures()} ${this.byMonth()}
      <div class="pair">${this.byTouchpoint()} ${this.byType()}</div>`;
  }

  private figures(): Html {
    const { reporters } = this.summary;
    const all = sumOf(reporters.map(({ total }) => total));
    const counting = sumOf(reporters.map(({ byStanding }) => byStanding.standing));
    const { reported, retailers, counting: count, notCounting } = this.say.figures;
    const figure = (value: number, name: string) => html`<li><b>${this.spelling.count(value)}</b> ${name}</li>`;
    return html`<ul class="figures">
      ${figure(all, reported)} ${figure(reporters.length, retailers)} ${figure(counting, count)}
      ${figure(all - counting, notCounting)}
    </ul>`;
  }

  private byMonth(): Html {
    const { title, lead, description } = this.say.byMonth;
    const { months, reporters } = this.summary;
    const shown = months.slice(-MOST_MONTHS);
    const series = this.reporterSeries(shown);
    const sums = shown.map((_, place) => sumOf(series.map(({ values }) => values[place] ?? 0)));
    const earlier = sumOf(reporters.map(({ total }) => total)) - sumOf(sums);
    const most = Math.max(...sums);
    const peak = `${this.spelling.month(shown[sums.indexOf(most)] ?? '', 'long')}: ${this.spelling.count(most)}.`;
    const plot = (name: 'wide' | 'narrow', count: number) =>
      columnsPlot({
        id: `months-${name}`,
        title,
        description: description(peak),
        width: WIDTHS[name],
        categories: shown.slice(-count).map((month) => this.spelling.month(month, 'short')),
        series: series.map((one) => ({ ...one, values: one.values.slice(-count) })),
        spell: this.spelling.count,
      });
    const rows = shown.map(
      (month, place) =>
        [
          this.spelling.month(month, 'long'),
          ...series.map(({ values }) => values[place] ?? 0),
          sums[place] ?? 0,
        ] as const,
    );
    const before = html`${lead} ${earlier > 0 && this.say.earlier(this.spelling.count(earlier))}`;
    return cardOf(
      { title, lead: before },
      html`<figure>
          <div class="wide">${plot('wide', MOST_MONTHS)}</div>
          <div class="narrow">${plot('narrow', FEW_MONTHS)}</div>
          ${keyOf(series)}
        </figure>
        ${this.numbers(title, { heads: [this.say.month, ...series.map(({ label }) => label), this.say.sum], rows })}`,
    );
  }

  /** Each retailer of the largest by itself, and the rest together. */
  private reporterSeries(months: readonly string[]): Series[] {
    const { reporters } = this.summary;
    const first = reporters.slice(0, reporters.length > MOST_COLOURS + 1 ? MOST_COLOURS : MOST_COLOURS + 1);
    const rest = reporters.slice(first.length);
    const own = first.map(({ name, byMonth }, place) => ({
      label: name,
      colour: `s${place}`,
      values: months.map((month) => byMonth.get(month) ?? 0),
    }));
    if (rest.length === 0) return own;
    const together = months.map((month) => sumOf(rest.map(({ byMonth }) => byMonth.get(month) ?? 0)));
    const label = this.say.others(this.spelling.count(rest.length));
    return [...own, { label, colour: `s${MOST_COLOURS}`, values: together }];
  }

  private byTouchpoint(): Html {
    const { touchpoints } = this.summary;
    const named = touchpoints.map(({ code, count }) => ({ name: touchpointName(code, this.language), count }));
    return this.counts('touchpoints', this.say.byTouchpoint, named, [this.say.touchpoint, this.say.interactions]);
  }

  private byType(): Html {
    const named = this.summary.types.map(({ code, count }) => ({ name: typeName(code, this.language), count }));
    return this.counts('types', this.say.byType, named, [this.say.type, this.say.interactions]);
  }

  private readers(): Html {
    const named = this.summary.readers.map(({ code, count }) => ({ name: this.reader.nameOf(code), count }));
    return this.counts('readers', this.say.byReader, named, [this.say.retailer, this.say.reads]);
  }

  private counts(
    id: string,
    say: { title: string; lead?: string; description: (first: string) => string },
    counts: readonly { name: string; count: number }[],
    heads: readonly [string, string],
  ): Html {
    const [first] = counts;
    const plot = barsPlot({
      id,
      title: say.title,
      description: say.description(`${first?.name ?? ''} (${this.spelling.count(first?.count ?? 0)})`),
      rows: counts.slice(0, MOST_BARS).map(({ name, count }) => ({ label: name, values: [count] })),
      series: [{ label: heads[1], colour: 'counts' }],
      spell: this.spelling.count,
    });
    const rows = counts.map(({ name, count }) => [name, count] as const);
    return cardOf(
      say,
      html`<figure>${plot}</figure>
        ${this.numbers(say.title, { heads, rows })}`,
    );
  }

  private byStanding(): Html {
    const { title, lead, description } = this.say.byStanding;
    const series = standings.map((standing) => ({ label: this.say.standings[standing], colour: colourOf[standing] }));
    const rows = this.summary.reporters.map(({ name, byStanding }) => ({
      label: name,
      values: standings.map((standing) => byStanding[standing]),
    }));
    const shares = series.map(({ label }, place) => {
      const count = sumOf(rows.map(({ values }) => values[place] ?? 0));
      return `${label}: ${this.spelling.count(count)}`;
    });
    const plot = barsPlot({
      id: 'standings',
      title,
      description: description(`${shares.join(', ')}.`),
      rows: rows.slice(0, MOST_BARS),
      series,
      spell: this.spelling.count,
    });
    const table = {
      heads: [this.say.retailer, ...series.map(({ label }) => label), this.say.sum],
      rows: rows.map(({ label, values }) => [label, ...values, sumOf(values)] as const),
    };
    return cardOf(
      { title, lead },
      html`<figure>${plot} ${keyOf(series)}</figure>
        <p class="small">${this.say.foot}</p>
        ${this.numbers(title, table)}`,
    );
  }

  private kinds(): Html {
    const { title, lead, kind, records } = this.say.kinds;
    const rows = this.summary.kinds.map(({ code, count }) => [html`<code>${code}</code>`, count] as const);
    return cardOf({ title, lead }, tableOf({ heads: [kind, records], rows }, this.spelling));
  }

  private numbers(title: string, table: Table): Html {
    return foldedTable(this.say.numbers, title, tableOf(table, this.spelling));
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
