import fc from 'fast-check';

import { barsPlot, columnsPlot, ticksUpTo } from './summary-plots.js';

const described = { id: 'plot', title: 'Who <did> it', description: 'Columns & bars.' };
const spell = String;

const numbersIn = (markup: string, element: string, attribute: string) =>
  [...markup.matchAll(new RegExp(`<${element}[^>]*? ${attribute}="([^"]+)"`, 'g'))].map(([, number]) => Number(number));

describe('the ticks of an axis', () => {
  it.each([
    [0, [0, 1]],
    [1, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 2, 4, 6, 8]],
    [115, [0, 50, 100, 150]],
    [4000, [0, 1000, 2000, 3000, 4000]],
  ])('up to %d are %j', (most, ticks) => {
    expect(ticksUpTo(most)).toEqual(ticks);
  });

  it('are few whole numbers, evenly spaced, and reach over all that is shown', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10_000_000 }), (most) => {
        const ticks = ticksUpTo(most);
        const steps = new Set(ticks.slice(1).map((tick, place) => tick - (ticks[place] as number)));
        expect(ticks.every(Number.isInteger)).toBe(true);
        expect(steps.size).toBe(1);
        expect(ticks.length).toBeGreaterThan(1);
        expect(ticks.length).toBeLessThan(7);
        expect(ticks.at(-1)).toBeGreaterThanOrEqual(most);
      }),
    );
  });
});

describe('columns', () => {
  const plot = columnsPlot({
    ...described,
    width: 400,
    categories: ['Oct', 'Nov'],
    series: [
      { label: 'A', colour: 's0', values: [2, 4] },
      { label: 'B', colour: 's1', values: [0, 4] },
    ],
    spell,
  }).markup;

  it('are as high as their numbers, one upon the other, and have no part for nothing', () => {
    const heights = numbersIn(plot, 'rect', 'height');
    expect(heights).toEqual([55, 110, 110]);
    expect(numbersIn(plot, 'rect', 'y')).toEqual([177, 122, 12]);
  });

  it('tell what they are to those who do not see them, and escape what they name', () => {
    expect(plot).toContain('role="img" aria-labelledby="plot-title plot-description"');
    expect(plot).toContain('Who &lt;did&gt; it</title>');
    expect(plot).toContain('Columns &amp; bars.</desc>');
    expect(plot).toMatch(/Nov,\s+B:\s+4/);
    expect(plot).not.toContain('style=');
  });

  it('name so many months that the names do not touch, and always the last', () => {
    const categories = Array.from({ length: 24 }, (_, place) => `M${place}`);
    const many = columnsPlot({ ...described, width: 336, categories, series: [], spell }).markup;
    const named = categories.filter((category) => new RegExp(`>\\s*${category}\\s*</text`).test(many));
    expect(named).toEqual(['M3', 'M8', 'M13', 'M18', 'M23'].slice(-named.length));
    expect(named.length).toBeGreaterThan(3);
  });
});

describe('bars', () => {
  it('are as long as their share of the longest, and name what they are', () => {
    const plot = barsPlot({
      ...described,
      rows: [
        { label: 'Till', values: [6, 2] },
        { label: 'x'.repeat(40), values: [4, 0] },
      ],
      series: [
        { label: 'Counts', colour: 'counts' },
        { label: 'Disputed', colour: 's1' },
      ],
      spell,
    }).markup;
    expect(numbersIn(plot, 'rect class="counts"', 'width')).toEqual([252, 168]);
    expect(numbersIn(plot, 'rect class="s1"', 'width')).toEqual([84]);
    expect(plot).toContain('x'.repeat(33) + '…');
    expect(plot).toMatch(/Till,\s+Disputed:\s+2/);
  });
});
