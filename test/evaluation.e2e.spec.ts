import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

import { evaluate } from '../src/cli/evaluate/evaluate.js';
import { calibrationOf } from '../src/cli/evaluate/calibration.js';
import { byRule, type StudyMeasured } from '../src/cli/evaluate/measured.js';
import { suggestedOf } from '../src/cli/evaluate/methods.js';
import { precisionOf } from '../src/cli/evaluate/precision.js';
import { filesOf, summaryOf } from '../src/cli/evaluate/report.js';
import { studies } from '../src/cli/evaluate/studies.js';
import { CompleteJourney } from '../src/cli/replay/complete-journey/complete-journey.js';
import type { Dataset, Planned } from '../src/cli/replay/dataset.js';
import { countsOf, candidatesOf } from '../src/suggestions/candidates.js';
import { evidenceOf } from '../src/suggestions/evidence.js';
import { Priors } from '../src/suggestions/priors.js';
import { rules } from '../src/suggestions/rules.js';
import { anOperator, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';

// Whole stories, with hundreds of requests each.
jest.setTimeout(180_000);

const journey = studies.find(({ dataset }) => dataset === 'complete-journey')!;

let app: TestApp;
let operator: TestStaff;
let folder: string;
beforeAll(async () => {
  app = await startApp();
  operator = await anOperator(app);
  folder = mkdtempSync(join(tmpdir(), 'ccx-evaluation-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await app.stop();
});

const evaluated = (dataset: Dataset) =>
  evaluate({
    url: app.url,
    operator,
    folder,
    study: journey,
    dataset,
    say: () => undefined,
    progress: () => ({ add: () => undefined, end: () => undefined }),
  });

const STORE = 1;
const NATIONAL = 2;

/** The days on which each household bought which cheese: learned from, and later. */
const bought: Readonly<Record<string, { before: number[]; after: number[] }>> = {
  // Faithful, and stays so.
  11: { before: Array<number>(14).fill(STORE), after: [STORE, STORE, NATIONAL, STORE] },
  // Faithful, until it is not.
  12: { before: Array<number>(15).fill(STORE), after: [NATIONAL, STORE, NATIONAL] },
  // Faithful, and never seen again.
  13: { before: Array<number>(13).fill(STORE), after: [] },
  // Now this, now that.
  14: { before: [STORE, NATIONAL, STORE, NATIONAL, NATIONAL], after: [NATIONAL] },
};

function writeJourney(): void {
  const baskets = Object.entries(bought).flatMap(([household, { before, after }]) => [
    ...before.map((product, place) => [household, `2017-0${1 + (place % 9)}-${10 + place}T15:00:00Z`, product]),
    ...after.map((product, place) => [household, `2017-1${place % 3}-${10 + place}T15:00:00Z`, product]),
  ]);
  const rows = baskets
    .sort(([, a], [, b]) => (String(a) < String(b) ? -1 : 1))
    .map(([household, at, product], place) => [household, 1, 1_000 + place, product, 1, 2.5, 0, 0, 0, 1, at]);
  const files: Readonly<Record<string, unknown[][]>> = {
    'transactions.csv.gz': [
      'household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp'.split(
        ',',
      ),
      ...rows,
    ],
    'products.csv.gz': [
      'product_id,manufacturer_id,department,brand,product_category,product_type,package_size'.split(','),
      [STORE, 69, 'GROCERY', 'Private', 'CHEESE', 'SHREDDED CHEESE', ''],
      [NATIONAL, 7, 'GROCERY', 'National', 'CHEESE', 'SHREDDED CHEESE', ''],
    ],
    'campaigns.csv.gz': [['campaign_id', 'household_id']],
    'campaign_descriptions.csv': [['campaign_id', 'campaign_type', 'start_date', 'end_date']],
    'coupons.csv.gz': [['coupon_upc', 'product_id', 'campaign_id']],
    'coupon_redemptions.csv': [['household_id', 'coupon_upc', 'campaign_id', 'redemption_date']],
  };
  for (const [name, content] of Object.entries(files)) {
    const text = content.map((row) => `${row.join(',')}\n`).join('');
    writeFileSync(join(folder, `complete_journey_${name}`), name.endsWith('.gz') ? gzipSync(text) : text);
  }
}

describe('an evaluation', () => {
  let measured: StudyMeasured;
  beforeAll(async () => {
    writeJourney();
    measured = await evaluated(new CompleteJourney(folder));
  });

  it('has what the service concludes from the months it was shown, and what came later', () => {
    const own = byRule([measured]).find(({ rule }) => rule === 'brand_kind')!;
    expect(
      own.candidates.map(({ customer, k, n, later, suggest }) => [customer, k, n, later.k, later.n, suggest]).sort(),
    ).toEqual([
      ['11', 14, 14, 3, 4, true],
      ['12', 15, 15, 1, 3, true],
      ['13', 13, 13, 0, 0, true],
      ['14', 2, 5, 0, 1, false],
    ]);
    // Too few customers to learn from: Beta(0.3, 2.7) for each.
    for (const { k, n, mean, base } of own.candidates) {
      expect(mean).toBeCloseTo((0.3 + k) / (3 + n), 12);
      expect(base).toBe(0.5);
    }
    expect(measured).toMatchObject({ customers: 4, events: 47 });
    expect(Object.fromEntries(measured.shoppingDays)).toEqual({ 11: 14, 12: 15, 13: 13, 14: 5 });
  });

  it('comes to the figures that a calculation by hand has', () => {
    const own = byRule([measured]).find(({ rule }) => rule === 'brand_kind')!;
    // Of three suggestions two are judged: 3 of 4 is at least a half, 1 of 3 is not.
    expect(precisionOf(suggestedOf(own.candidates))).toMatchObject({ suggested: 3, judged: 2, held: 1, value: 0.5 });
    // Bins: 2.3/8 with 0 of 1; 14.3/17 and 15.3/18 with 4 of 7.
    const expected = (4 * (14.3 / 17) + 3 * (15.3 / 18)) / 7;
    expect(calibrationOf(own.candidates).error).toBeCloseTo((2.3 / 8 + 7 * (expected - 4 / 7)) / 8, 12);
    expect(summaryOf([measured])).toMatch(/^Store brand +3 suggestions, +2 judged, precision 0\.500 /);
  });

  it('writes a report and plots that say the same at every run', async () => {
    const files = filesOf([measured]);
    expect([...files.keys()]).toEqual([
      'evaluation.md',
      'evaluation/calibration.svg',
      'evaluation/coverage.svg',
      'evaluation/precision-brand-kind.svg',
      'evaluation/precision-brand.svg',
      'evaluation/precision-category.svg',
    ]);
    expect(files.get('evaluation.md')).toContain('| Store brand | 3 | 3 | 2 | 0.500 ');
    for (const [name, text] of files) {
      expect(text).not.toMatch(/NaN|undefined|Infinity/);
      if (name.endsWith('.svg')) expect(text).toMatch(/^<svg [^]*prefers-color-scheme: dark[^]*<\/svg>\n$/);
    }
    // The replay finds everything done and does none of it again.
    expect(filesOf([await evaluated(new CompleteJourney(folder))])).toEqual(files);
  });
});

const data = resolve('../shared/data');
const whereItIs = existsSync(join(data, 'complete_journey_transactions.csv.gz')) ? describe : describe.skip;

whereItIs('an evaluation of some real households', () => {
  it('has the candidates of the rules, and none is lost or made up on the way through the service', async () => {
    const sample = await someHouseholds('1', '13', '718', '1653', '2459');
    const { candidates } = await evaluated(sample);
    const shown = candidates.map(({ customer, rule, value, k, n }) => `${customer} ${rule} ${value} ${k}/${n}`);
    expect(shown.sort()).toEqual((await computed(sample)).sort());
    expect(shown.length).toBeGreaterThan(100);
  });
});

/** The events of a few households, read once. */
async function someHouseholds(...chosen: readonly string[]): Promise<Dataset> {
  const whole = new CompleteJourney(data);
  const kept: Planned[] = [];
  for await (const { events, ...planned } of whole.plan(() => undefined)) {
    const theirs = events.filter(({ customer }) => chosen.includes(customer));
    if (theirs.length > 0) kept.push({ ...planned, events: theirs });
  }
  return {
    name: 'some-households',
    domain: 'some-households.example',
    customerWord: whole.customerWord,
    retailers: whole.retailers,
    files: whole.files,
    retailerOf: () => whole.retailerOf(),
    plan: async function* () {
      yield* kept;
    },
  };
}

type StandingEvent = Parameters<typeof evidenceOf>[1][number];

/** The candidates as the pure functions have them, from the files. */
async function computed(dataset: Dataset): Promise<string[]> {
  const measuredRules = rules.filter(({ id }) => journey.rules.includes(id));
  const byCustomer = new Map<string, Map<string, StandingEvent[]>>();
  for await (const { events } of dataset.plan(() => undefined)) {
    for (const { at, customer, id, retailer, type, touchpoint, data: content } of events) {
      if (at >= journey.split) continue;
      const days = byCustomer.get(customer) ?? new Map<string, StandingEvent[]>();
      byCustomer.set(customer, days);
      const occurredAt = new Date(at);
      const day = occurredAt.toISOString().slice(0, 10);
      const event = {
        id,
        retailerId: retailer,
        type,
        touchpoint,
        stage: 'shopping',
        occurredAt,
        correlation: null,
        clock: null,
        data: content,
      };
      days.set(day, [...(days.get(day) ?? []), event]);
    }
  }
  return [...byCustomer].flatMap(([customer, days]) => {
    const evidence = [...days].map(([day, events]) => evidenceOf(day, events, measuredRules));
    const counts = countsOf(evidence, { rules: measuredRules, zone: null });
    return candidatesOf(counts, new Priors(null, [])).map(
      ({ rule, value, k, n }) => `${customer} ${rule.id} ${value} ${k}/${n}`,
    );
  });
}
