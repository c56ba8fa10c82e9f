const WIDTH = 760;
const HEIGHT = 440;
const PLOT = { left: 64, top: 52, right: 540, bottom: 380 } as const;
const LEGEND_LEFT = 564;
const LEGEND_STEP = 22;

/** How values of one direction lie on the picture. */
export interface Axis {
  readonly label: string;
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly number[];
  /** How a tick is written; as it is unless given. */
  readonly write?: (tick: number) => string;
  /** Whether equal factors are equally far apart. */
  readonly isLogarithmic?: boolean;
}

export interface Mark {
  readonly x: number;
  readonly y: number;
  /** How large it is drawn, in pixels. */
  readonly size?: number;
  /** The range within which the value lies. */
  readonly range?: readonly [low: number, high: number];
}

/** Something that is compared with the others of a chart: told apart by colour, dashes and the shape of its marks. */
export interface Series {
  readonly name: string;
  readonly points: readonly Mark[];
  readonly isLine: boolean;
  readonly hasMarks: boolean;
}

export interface Chart {
  readonly title: string;
  /** What it shows, for those who do not see it. */
  readonly description: string;
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly Series[];
  /** One place of the first series that matters most. */
  readonly highlight?: Mark | undefined;
  /** Where something would lie that is as it should be. */
  readonly reference?: { readonly name: string; readonly points: readonly Mark[] };
}

/** Legible on light and on dark: the picture follows the reader's system and brings its own ground. */
const style = `
  svg { --ink: #1f2328; --quiet: #59636e; --rule: #d1d9e0; --ground: #ffffff;
    --c0: #0b57d0; --c1: #b3261e; --c2: #146c2e; --c3: #7b4fbf; --c4: #8a5300; }
  @media (prefers-color-scheme: dark) {
    svg { --ink: #e6edf3; --quiet: #9da7b3; --rule: #3d444d; --ground: #0d1117;
      --c0: #79b8ff; --c1: #ff9b93; --c2: #6fdd8b; --c3: #d2a8ff; --c4: #f0b35e; }
  }
  text { font: 13px system-ui, -apple-system, "Segoe UI", sans-serif; fill: var(--ink); }
  .title { font-size: 16px; font-weight: 600; }
  .quiet { fill: var(--quiet); }
  .ground { fill: var(--ground); }
  .grid { stroke: var(--rule); stroke-width: 1; }
  .reference { stroke: var(--quiet); stroke-width: 1.5; stroke-dasharray: 2 4; fill: none; }
  .line { fill: none; stroke-width: 2.25; stroke-linejoin: round; }
  .range { stroke-width: 1.25; opacity: 0.7; }
${[0, 1, 2, 3, 4].map((n) => `  .s${n} { stroke: var(--c${n}); } .m${n} { fill: var(--c${n}); }`).join('\n')}
`;
const dashes = ['', '8 4', '2 3', '10 3 2 3', '5 3'] as const;

/** A chart as an SVG document. */
export function drawn(chart: Chart): string {
  const { title, description, x, y, series, highlight, reference } = chart;
  const place = { x: scale(x, PLOT.left, PLOT.right), y: scale(y, PLOT.bottom, PLOT.top) };
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-labelledby="title description">`,
    `<title id="title">${escaped(title)}</title>`,
    `<desc id="description">${escaped(description)}</desc>`,
    `<style>${style}</style>`,
    `<rect class="ground" width="${WIDTH}" height="${HEIGHT}"/>`,
    `<text class="title" x="${PLOT.left}" y="28">${escaped(title)}</text>`,
    ...grid(x, y, place),
    ...(reference ? [`<path class="reference" d="${path(reference.points, place)}"/>`] : []),
    ...series.flatMap((one, number) => drawnSeries(one, number, place)),
    ...(highlight ? drawnSeries({ name: '', points: [highlight], isLine: false, hasMarks: true }, 0, place) : []),
    ...legend(series, reference?.name),
    '</svg>',
    '',
  ].join('\n');
}

interface Place {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}

function scale({ from, to, isLogarithmic = false }: Axis, start: number, end: number): (value: number) => number {
  const of = isLogarithmic ? Math.log : (value: number) => value;
  return (value) => start + ((of(value) - of(from)) / (of(to) - of(from))) * (end - start);
}

function grid(x: Axis, y: Axis, place: Place): string[] {
  const written = ({ write = String }: Axis, tick: number) => escaped(write(tick));
  const middle = { x: (PLOT.left + PLOT.right) / 2, y: (PLOT.top + PLOT.bottom) / 2 };
  return [
    ...y.ticks.flatMap((tick) => {
      const at = px(place.y(tick));
      return [
        `<line class="grid" x1="${PLOT.left}" x2="${PLOT.right}" y1="${at}" y2="${at}"/>`,
        `<text class="quiet" x="${PLOT.left - 8}" y="${at}" dy="4" text-anchor="end">${written(y, tick)}</text>`,
      ];
    }),
    ...x.ticks.flatMap((tick) => {
      const at = px(place.x(tick));
      return [
        `<line class="grid" x1="${at}" x2="${at}" y1="${PLOT.bottom}" y2="${PLOT.bottom + 5}"/>`,
        `<text class="quiet" x="${at}" y="${PLOT.bottom + 20}" text-anchor="middle">${written(x, tick)}</text>`,
      ];
    }),
    `<text x="${middle.x}" y="${PLOT.bottom + 44}" text-anchor="middle">${escaped(x.label)}</text>`,
    `<text transform="translate(18 ${middle.y}) rotate(-90)" text-anchor="middle">${escaped(y.label)}</text>`,
  ];
}

function drawnSeries({ points, isLine, hasMarks }: Series, number: number, place: Place): string[] {
  const dash = dashes[number] ? ` stroke-dasharray="${dashes[number]}"` : '';
  return [
    ...points.flatMap(({ x, range }) =>
      range
        ? [`<path class="range s${number}" d="M${px(place.x(x))} ${px(place.y(range[0]))}V${px(place.y(range[1]))}"/>`]
        : [],
    ),
    ...(isLine && points.length > 1 ? [`<path class="line s${number}"${dash} d="${path(points, place)}"/>`] : []),
    ...(hasMarks ? points.map(({ x, y, size = 4 }) => mark(number, place.x(x), place.y(y), size)) : []),
  ];
}

function mark(number: number, x: number, y: number, size: number): string {
  const shapes = [
    `<circle class="m${number}" cx="${px(x)}" cy="${px(y)}" r="${px(size)}"/>`,
    `<path class="m${number}" d="M${px(x - size)} ${px(y - size)}h${px(2 * size)}v${px(2 * size)}h${px(-2 * size)}z"/>`,
    `<path class="m${number}" d="M${px(x)} ${px(y - size * 1.3)}l${px(size * 1.2)} ${px(size * 2.1)}h${px(-2.4 * size)}z"/>`,
    `<path class="m${number}" d="M${px(x)} ${px(y - size * 1.3)}l${px(size * 1.3)} ${px(size * 1.3)}l${px(-size * 1.3)} ${px(size * 1.3)}l${px(-size * 1.3)} ${px(-size * 1.3)}z"/>`,
  ];
  return shapes[number % shapes.length] as string;
}

function legend(series: readonly Series[], reference: string | undefined): string[] {
  const row = (place: number) => PLOT.top + 10 + place * LEGEND_STEP;
  const lines = series.flatMap(({ name, isLine, hasMarks }, number) => {
    const y = row(number);
    const dash = dashes[number] ? ` stroke-dasharray="${dashes[number]}"` : '';
    return [
      ...(isLine ? [`<path class="line s${number}"${dash} d="M${LEGEND_LEFT} ${y}h28"/>`] : []),
      ...(hasMarks ? [mark(number, LEGEND_LEFT + 14, y, 4)] : []),
      `<text x="${LEGEND_LEFT + 36}" y="${y}" dy="4">${escaped(name)}</text>`,
    ];
  });
  if (reference === undefined) return lines;
  const y = row(series.length);
  return [
    ...lines,
    `<path class="reference" d="M${LEGEND_LEFT} ${y}h28"/>`,
    `<text class="quiet" x="${LEGEND_LEFT + 36}" y="${y}" dy="4">${escaped(reference)}</text>`,
  ];
}

function path(points: readonly Mark[], place: Place): string {
  return points.map(({ x, y }, at) => `${at === 0 ? 'M' : 'L'}${px(place.x(x))} ${px(place.y(y))}`).join('');
}

/** To a tenth of a pixel: nobody sees more, and the file stays small. */
function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
