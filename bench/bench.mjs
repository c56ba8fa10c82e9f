// How fast the service is, beside a floor in the same run. `npm run bench` measures everything, in some ten minutes, and
// writes it into docs/performance.md; `-- --quick` takes three and only prints; `-- read intake` measures some cases;
// `-- cost` tells what a read costs among more and more customers, and writes that there, too; `--large` has a million.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

import { Bench, ratioOf, summaryOf } from './compare.mjs';
import { allCases, caseOf } from './cases/modules.mjs';
import { peakMemoryOf } from './measures.mjs';
import { describeMachine } from './machine.mjs';
import { writeCosts, writeReport } from './report.mjs';
import { folderToServe, megabytes, serve, withService } from './service.mjs';

const { values: options, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: {
    quick: { type: 'boolean', default: false },
    large: { type: 'boolean', default: false },
    connections: { type: 'string' },
    people: { type: 'string' },
  },
});

/** How long a case is measured: longest where there is an aim to compare with. */
const LONG = { slices: 5, seconds: 2 };
const SHORT = { slices: 3, seconds: 1 };
/** The number of connections at which aims are stated. */
const STATED = 16;
const CONNECTIONS = (options.connections ?? (options.quick ? '16' : '1,16,64')).split(',').map(Number);
const SMALL = 1_000;
const PEOPLE = Number(options.people ?? (options.quick ? 5_000 : 100_000));
const LARGE = 1_000_000;
const WARM = 10_000;
const SIGNED_IN = options.quick ? 300 : 1_000;
const COST_ALONE = 'cost';
/** How the cost of a read is told: the CPU of so much reading. */
const COST = { connections: STATED, ...(options.quick ? SHORT : LONG) };

const folder = folderToServe();
if (folder) {
  // On a busy machine, too, nobody is turned away: that is another bench.
  await serve(folder, 3995, () => ({}), { LOG_LEVEL: 'info', REQUEST_WAIT_SECONDS: '30' });
} else await withService(fileURLToPath(import.meta.url), {}, measure);

async function measure(ask, service) {
  const isWhole = wanted.length === 0;
  const isOfCost = options.large || wanted.includes(COST_ALONE);
  const names = wanted.filter((name) => name !== COST_ALONE);
  const cases = isWhole ? await allCases() : await Promise.all(names.map(caseOf));
  const bench = await Bench.begin(ask, service);
  try {
    const costs = [];
    if (isOfCost) {
      for (const people of [SMALL, PEOPLE]) {
        costs.push(await costOfRead(bench, await bench.populate({ people, readers: Math.min(WARM, people) })));
      }
    }
    // Only what a read costs among many is measured with many who are read: all else would tell of whom it met first.
    if (cases.length > 0) await bench.populate({ people: PEOPLE, readers: SMALL, customers: SIGNED_IN });
    const results = [];
    for (const one of cases) {
      for (const plan of plansOf(one)) {
        results.push(resultOf(one, plan, await bench.compare({ ...one, ...plan })));
        tell(results.at(-1));
      }
    }
    const peak = megabytes(peakMemoryOf(service.pid));
    console.log(`\nPeak memory of the service: ${peak} MB`);
    const machine = await describeMachine(bench.databaseUrl);
    if (isWhole && !options.quick) await writeReport({ machine, people: PEOPLE, results, peak });
    if (options.large) {
      // Without the first versions of preferences, which no read looks at: they would be 20 GB.
      costs.push(await costOfRead(bench, await bench.populate({ people: LARGE, readers: WARM, history: false })));
    }
    if (costs.length > 0) console.table(costs);
    if (isOfCost && !options.quick) {
      await writeCosts({ machine, costs, peak: megabytes(peakMemoryOf(service.pid)) });
    }
  } finally {
    await bench.end();
  }
}

function plansOf({ aim }) {
  const isLong = (connections) => !options.quick && aim && connections === STATED;
  return CONNECTIONS.map((connections) => ({ connections, ...(isLong(connections) ? LONG : SHORT) }));
}

/**
 * What a read costs among as many customers as there are, of whom some are read over and over, and what the first read of
 * each cost: of the token, the consent and the documents nothing was known then.
 */
async function costOfRead(bench, first) {
  const { service } = await bench.compare({ module: 'cases/reads.mjs', name: 'read', sides: ['service'], ...COST });
  const { node, postgres, perSecond } = summaryOf(service);
  const { people, readers } = bench;
  return {
    people,
    readers,
    node: Math.round(node),
    postgres: Math.round(postgres),
    perSecond: Math.round(perSecond),
    firstNode: Math.round(first.node),
    firstPostgres: Math.round(first.postgres),
  };
}

function resultOf({ name, title, aim = {}, sides }, { connections }, found) {
  const floors = sides.filter((side) => side !== 'service');
  return {
    name,
    title,
    aim,
    connections,
    sides: Object.fromEntries(sides.map((side) => [side, summaryOf(found[side])])),
    ratios: Object.fromEntries(floors.map((floor) => [floor, ratioOf(found.service, found[floor])])),
  };
}

function tell({ name, connections, sides, ratios }) {
  console.log(`\n${name}, ${connections} connection${connections === 1 ? '' : 's'}`);
  const rows = Object.entries(sides).map(([side, { perSecond, node, postgres, caller, p50, p99 }]) => {
    const ratio = ratios[side];
    return [
      side,
      {
        'requests/s': Math.round(perSecond),
        'node µs': Math.round(node),
        'PostgreSQL µs': Math.round(postgres),
        'caller µs': Math.round(caller),
        'p50 ms': Number(p50.toFixed(2)),
        'p99 ms': Number(p99.toFixed(2)),
        'service / floor': ratio
          ? `${ratio.median.toFixed(2)} (${ratio.least.toFixed(2)}–${ratio.most.toFixed(2)})`
          : '',
      },
    ];
  });
  console.table(Object.fromEntries(rows));
}
