import { type Html, html } from '../platform/http/html.js';

/** A row of numbers with a name. Its place in the list says its colour. */
export interface Series {
  readonly label: string;
  /** Which colour of the sheet it has: `s0` and so on. */
  readonly colour: string;
  readonly values: readonly number[];
}

/** What a picture is called and what it shows, for those who do not see it. */
export interface Described {
  /** Of the picture, among all of the page. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
}

export interface Columns extends Described {
  /** Of the whole picture, in pixels at its usual size: the text does not shrink with it. */
  readonly width: number;
  readonly categories: readonly string[];
  readonly series: readonly Series[];
  readonly spell: (count: number) => string;
}

const HEIGHT = 260;
const MARGIN = { top: 12, right: 12, bottom: 28, left: 44 } as const;
const LABEL_WIDTH = 48;

/** Columns that stand side by side, each made of one part for each of the series. */
export function columnsPlot({ id, title, description, width, categories, series, spell }: Columns): Html {
  const sums = categories.map((_, place) => series.reduce((sum, { values }) => sum + (values[place] ?? 0), 0));
  const ticks = ticksUpTo(Math.max(...sums));
  const top = ticks.at(-1) ?? 1;
  const inner = { width: width - MARGIN.left - MARGIN.right, height: HEIGHT - MARGIN.top - MARGIN.bottom };
  const step = inner.width / Math.max(categories.length, 1);
  const bar = Math.min(step * 0.7, 48);
  const y = (value: number) => MARGIN.top + inner.height * (1 - value / top);
  const x = (place: number) => MARGIN.left + step * (place + 0.5);
  const every = Math.ceil((categories.length * LABEL_WIDTH) / inner.width);

  const lines = ticks.map(
    (tick) =>
      html`<line
          class="grid"
          x1="${MARGIN.left}"
          x2="${width - MARGIN.right}"
          y1="${px(y(tick))}"
          y2="${px(y(tick))}"
        />
        <text class="tick" x="${MARGIN.left - 8}" y="${px(y(tick) + 4)}" text-anchor="end">${spell(tick)}</text>`,
  );
  const columns = categories.map((category, place) => {
    let below = 0;
    const parts = series.map(({ label, colour, values }) => {
      const value = values[place] ?? 0;
      if (value === 0) return undefined;
      const from = y(below);
      below += value;
      return html`<rect
        class="${colour}"
        x="${px(x(place) - bar / 2)}"
        y="${px(y(below))}"
        width="${px(bar)}"
        height="${px(from - y(below))}"
        ><title>${category}, ${label}: ${spell(value)}</title></rect
      >`;
    });
    // The last month is always named: that is where a reader begins.
    const isNamed = (categories.length - 1 - place) % every === 0;
    return html`${parts}${isNamed && html`<text class="tick" x="${px(x(place))}" y="${HEIGHT - 8}" text-anchor="middle">${category}</text>`}`;
  });
  return picture({ id, title, description }, { width, height: HEIGHT }, html`${lines}${columns}`);
}

export interface BarRow {
  readonly label: string;
  /** In the order of the series. */
  readonly values: readonly number[];
}

export interface Bars extends Described {
  readonly rows: readonly BarRow[];
  /** What the parts of a bar are; their `values` are not looked at. */
  readonly series: readonly Pick<Series, 'label' | 'colour'>[];
  readonly spell: (count: number) => string;
}

const BARS_WIDTH = 336;
const ROW_HEIGHT = 40;
const LONGEST_LABEL = 34;

/** Bars that lie one below the other, each with its name and its number above it. */
export function barsPlot({ id, title, description, rows, series, spell }: Bars): Html {
  const sums = rows.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const longest = Math.max(...sums, 1);
  const bars = rows.map(({ label, values }, row) => {
    const top = row * ROW_HEIGHT;
    let left = 0;
    const parts = values.map((value, part) => {
      if (value === 0) return undefined;
      const { label: name, colour } = series[part] as Pick<Series, 'label' | 'colour'>;
      const width = (value / longest) * BARS_WIDTH;
      const rect = html`<rect class="${colour}" x="${px(left)}" y="${top + 20}" width="${px(width)}" height="12"
        ><title>${label}, ${name}: ${spell(value)}</title></rect
      >`;
      left += width;
      return rect;
    });
    return html`<text class="label" x="0" y="${top + 14}">${shortened(label)}</text>
      <text class="value" x="${BARS_WIDTH}" y="${top + 14}" text-anchor="end">${spell(sums[row] ?? 0)}</text>
      <rect class="rail" x="0" y="${top + 20}" width="${BARS_WIDTH}" height="12" />
      ${parts}`;
  });
  return picture({ id, title, description }, { width: BARS_WIDTH, height: rows.length * ROW_HEIGHT }, html`${bars}`);
}

function picture(
  { id, title, description }: Described,
  { width, height }: { width: number; height: number },
  content: Html,
): Html {
  return html`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-description">
    <title id="${id}-title">${title}</title>
    <desc id="${id}-description">${description}</desc>
    ${content}
  </svg>`;
}

/**
 * Whole numbers from nought to no less than `most`, evenly spaced by 1, 2 or 5 times a power of ten: what people read off
 * an axis most easily (Heckbert, "Nice Numbers for Graph Labels", Graphics Gems, 1990).
 */
export function ticksUpTo(most: number): number[] {
  const rough = Math.max(most, 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  return Array.from({ length: Math.ceil(Math.max(most, 1) / step) + 1 }, (_, place) => place * step);
}

function shortened(label: string): string {
  const characters = [...label];
  return characters.length <= LONGEST_LABEL ? label : `${characters.slice(0, LONGEST_LABEL - 1).join('')}…`;
}

/** A length as short as a picture needs it. */
function px(length: number): number {
  return Math.round(length * 100) / 100;
}
