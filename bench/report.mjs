// What a run has found, as it stands in docs/performance.md: between two marks, with plots beside it. The words around
// it are written by hand.
import { mkdir, readFile, writeFile } from 'node:fs/promises';

import { format } from 'prettier';

import { built } from './built.mjs';

const DOCS = new URL('../docs/', import.meta.url);
const REPORT = new URL('performance.md', DOCS);
const [BEGIN, END] = ['<!-- written by npm run bench: begin -->', '<!-- written by npm run bench: end -->'];
const [COST_BEGIN, COST_END] = [
  '<!-- written by npm run bench -- cost: begin -->',
  '<!-- written by npm run bench -- cost: end -->',
];
/** At so many connections aims are stated. */
const STATED = 16;
/** A read among a million customers may cost so much more than among a thousand. */
const COST_AIM = 1.2;
const MEMORY_AIM_MB = 300;

const floors = { plain: 'plain floor', tuned: 'tuned floor', bare: 'bare engine' };
const grouped = (number) => String(Math.round(number)).replaceAll(/\B(?=(\d{3})+$)/g, ' ');
const ratio = (value) => value.toFixed(2);
const spread = ({ median, least, most }) => `${ratio(median)} (${ratio(least)}–${ratio(most)})`;

/** @param {{machine: object, people: number, results: object[], peak: number}} run */
export async function writeReport(run) {
  const { machine, people, results, peak } = run;
  await writeBetween(
    [BEGIN, END],
    [
      taken(machine, `with ${grouped(people)} customers `),
      `### Against the aims, at ${STATED} connections`,
      aimsTable({ results, peak }),
      '![Requests a second of the service as a share of what the floor does](performance/ratios.svg)',
      '![Reads a second of the service and of the floors](performance/read.svg)',
      '### Everything',
      'CPU is of the server’s process and of all processes of PostgreSQL, for each request; a ratio is the median of the ' +
        'slices, with the least and the most beside it.',
      ...resultTables(results),
    ],
  );
  await writePlots(await plotsOf(results));
}

/** What a read costs among more and more customers. @param {{machine: object, costs: object[], peak: number}} run */
export async function writeCosts({ machine, costs, peak }) {
  await writeBetween(
    [COST_BEGIN, COST_END],
    [
      taken(machine, ''),
      costTable(costs),
      `${costVerdict(costs)} The memory of the service was ${peak} MB at most.`,
      '![CPU of a read, by the number of customers](performance/cost.svg)',
    ],
  );
  await writePlots({ cost: await costPlot(costs) });
}

async function writePlots(plots) {
  await mkdir(new URL('performance/', DOCS), { recursive: true });
  for (const [name, plot] of Object.entries(plots)) await writeFile(new URL(`performance/${name}.svg`, DOCS), plot);
  console.log(`\nWritten: ${REPORT.pathname}`);
}

function taken({ at, processors, memory, system, node, postgres }, among) {
  const day = at.toISOString().slice(0, 10);
  return `Taken ${day} ${among}on ${processors}, ${memory}, ${system}, Node.js ${node}, ${postgres}.`;
}

/** Writes paragraphs between two marks, in the place of what stood there. */
export async function writeBetween([begin, end], parts) {
  const text = await readFile(REPORT, 'utf8');
  const [before, rest] = text.split(begin);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new Error(`${REPORT.pathname} has no place between ${begin} and ${end}.`);
  const whole = [before, begin, '\n\n', parts.join('\n\n'), '\n\n', end, after].join('');
  await writeFile(REPORT, await format(whole, { parser: 'markdown', printWidth: 120, proseWrap: 'preserve' }));
}

export const table = ([head, ...rows]) =>
  [head, head.map((_, column) => (column === 0 ? '---' : '--:')), ...rows]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');

const verdict = (isMet) => (isMet ? 'met' : '**not met**');

function aimsTable({ results, peak }) {
  const rows = results
    .filter(({ connections }) => connections === STATED)
    .flatMap(({ title, aim, ratios }) =>
      Object.entries(aim).map(([floor, least]) => [
        title,
        `≥ ${ratio(least)} of the ${floors[floor]}`,
        spread(ratios[floor]),
        verdict(ratios[floor].median >= least),
      ]),
    );
  return table([
    ['', 'aim', 'found', ''],
    ...rows,
    ['peak memory of the service', `≤ ${MEMORY_AIM_MB} MB`, `${peak} MB`, verdict(peak <= MEMORY_AIM_MB)],
  ]);
}

function resultTables(results) {
  const titles = [...new Set(results.map(({ title }) => title))];
  return titles.flatMap((title) => [
    `**${title[0].toUpperCase()}${title.slice(1)}**`,
    table([
      ['', 'connections', 'requests/s', 'p50 ms', 'p99 ms', 'node µs', 'PostgreSQL µs', 'service / floor'],
      ...results
        .filter((result) => result.title === title)
        .flatMap(({ connections, sides, ratios }) =>
          Object.entries(sides).map(([side, { perSecond, p50, p99, node, postgres }]) => [
            floors[side] ?? side,
            connections,
            grouped(perSecond),
            p50.toFixed(2),
            p99.toFixed(2),
            grouped(node),
            grouped(postgres),
            ratios[side] ? spread(ratios[side]) : '',
          ]),
        ),
    ]),
  ]);
}

const totalOf = ({ node, postgres }) => node + postgres;

function costTable(costs) {
  const [first] = costs;
  return table([
    [
      'customers',
      'of whom are read',
      'node µs',
      'PostgreSQL µs',
      'together',
      'times',
      'first read: node µs',
      'PostgreSQL µs',
    ],
    ...costs.map((cost) => [
      grouped(cost.people),
      grouped(cost.readers),
      cost.node,
      cost.postgres,
      totalOf(cost),
      ratio(totalOf(cost) / totalOf(first)),
      cost.firstNode,
      cost.firstPostgres,
    ]),
  ]);
}

function costVerdict(costs) {
  const [few, many] = [costs.at(0), costs.at(-1)];
  const more = totalOf(many) / totalOf(few);
  const times = `${ratio(more)} times what it costs among ${grouped(few.people)}`;
  return `Among ${grouped(many.people)} a read costs ${times}; the aim is ${COST_AIM} at most: ${verdict(more <= COST_AIM)}.`;
}

/** The plots by their names. */
async function plotsOf(results) {
  const { drawn } = await built('src/cli/evaluate/chart');
  const of = (name) => results.filter((result) => result.name === name);
  const connections = logarithmic('Connections', [...new Set(results.map((result) => result.connections))]);
  const reads = ['service', 'plain', 'tuned'].map((side) =>
    line(
      floors[side] ?? side,
      of('read').map(({ connections: x, sides }) => ({ x, y: sides[side].perSecond, range: sides[side].range })),
    ),
  );
  const aimed = [...new Set(results.filter(({ aim }) => Object.keys(aim).length > 0).map(({ name }) => name))];
  const shares = aimed.map((name) => {
    const points = of(name).map(({ connections: x, ratios: { plain, bare } }) => pointOf(x, plain ?? bare));
    return line(name, points);
  });
  return {
    read: drawn({
      title: 'Reads a second',
      description:
        'Reads a second of the service and of both floors at 1, 16 and 64 connections; bars show the slices.',
      x: connections,
      y: { ...upTo('Thousand requests a second', reads), write: (tick) => String(tick / 1_000) },
      series: reads,
    }),
    ratios: drawn({
      title: 'The service beside the plain floor',
      description:
        'Requests a second of the service as a share of the plain floor’s, or of the bare engine’s for tokens.',
      x: connections,
      y: upTo('Share of the floor’s requests a second', shares),
      series: shares,
      reference: {
        name: 'as fast as the floor',
        points: [connections.from, connections.to].map((x) => ({ x, y: 1 })),
      },
    }),
  };
}

async function costPlot(costs) {
  const { drawn } = await built('src/cli/evaluate/chart');
  const spent = Object.entries({ together: totalOf, node: ({ node }) => node, PostgreSQL: ({ postgres }) => postgres });
  return drawn({
    title: 'CPU of a read, by the number of customers',
    description: 'Microseconds of node and PostgreSQL for one read, among more and more customers.',
    x: logarithmic('Customers', [...new Set(costs.map(({ people }) => people))]),
    y: upTo('Microseconds', [{ points: costs.map((cost) => ({ y: totalOf(cost) })) }]),
    series: spent.map(([name, value]) =>
      line(
        name,
        costs.map((cost) => ({ x: cost.people, y: value(cost) })),
      ),
    ),
  });
}

const line = (name, points) => ({ name, points, isLine: true, hasMarks: true });
const pointOf = (x, { median, least, most }) => ({ x, y: median, range: [least, most] });

/** With room on both sides of what lies on it. */
function logarithmic(label, ticks) {
  const [from, to] = [Math.min(...ticks) / 1.3, Math.max(...ticks) * 1.3];
  return { label, from, to, ticks, write: grouped, isLogarithmic: true };
}

/** From 0 up to the largest value, by steps that are easily read. */
function upTo(label, series) {
  const largest = Math.max(...series.flatMap(({ points }) => points.flatMap(({ y, range = [] }) => [y, ...range])));
  const magnitude = 10 ** Math.floor(Math.log10(largest));
  const step = [0.2, 0.5, 1, 2].map((factor) => factor * magnitude).find((size) => largest / size <= 6);
  const steps = Math.ceil(largest / step);
  const ticks = Array.from({ length: steps + 1 }, (_, place) => Number((place * step).toPrecision(3)));
  return { label, from: 0, to: steps * step, ticks, write: (tick) => (step < 1 ? String(tick) : grouped(tick)) };
}
