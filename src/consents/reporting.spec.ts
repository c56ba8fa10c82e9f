import type { ConsentDetail } from './detail.js';
import { type Coverage, coverageOf, type ReportedConsent, specialsKept } from './reporting.js';

const at = (day: number) => new Date(Date.UTC(2026, 0, 1 + day));

const line: ConsentDetail = {
  id: 'line',
  type: 'ccx_interactions',
  event_types: ['transaction.completed'],
  purposes: ['dpv:PersonalisedBenefits'],
  touchpoints: ['till'],
  since: at(-10).toISOString(),
  late_reporting: 'P3D',
  expires_at: at(100).toISOString(),
};
const active: ReportedConsent = { details: [line], status: 'active', endedAt: null, reportedData: null };
const withdrawn: ReportedConsent = { ...active, status: 'withdrawn', endedAt: at(50), reportedData: 'keep' };
const sale = { eventType: 'transaction.completed', touchpoint: 'till' };

describe('an event that a retailer reports', () => {
  it.each<[string, ReportedConsent, number, number, Coverage]>([
    ['is covered under an active consent', active, 5, 5, 'covered'],
    ['is covered as history, as far back as was given', active, -10, 5, 'covered'],
    ['is not covered from before that', active, -11, 5, 'no-consent-at-time'],
    ['is covered when it arrives late', active, 99, 102, 'covered'],
    ['is not covered when it arrives too late', active, 99, 103, 'no-consent-at-time'],
    ['is not covered after the end', active, 100, 100, 'no-consent-at-time'],
    ['is covered from before a withdrawal', withdrawn, 49, 52, 'covered'],
    ['is not covered from after a withdrawal', withdrawn, 50, 52, 'no-consent-at-time'],
    ['is not covered long after a withdrawal', withdrawn, 49, 53, 'consent-withdrawn'],
    ['is unwelcome where deletion was chosen', { ...withdrawn, reportedData: 'delete' }, 49, 50, 'consent-withdrawn'],
    ['waits while the consent is paused', { ...active, status: 'paused' }, 5, 5, 'consent-paused'],
    ['is covered from before an expiry', { ...active, status: 'expired', endedAt: at(100) }, 99, 101, 'covered'],
  ])('%s', (_, consent, occurred, arrived, coverage) => {
    expect(coverageOf(consent, { ...sale, occurredAt: at(occurred), arrivedAt: at(arrived) })).toBe(coverage);
  });

  it.each([
    { ...sale, eventType: 'promotion.offered' },
    { ...sale, touchpoint: 'web' },
  ])('is outside when no line names it: %j', (event) => {
    expect(coverageOf(active, { ...event, occurredAt: at(5), arrivedAt: at(5) })).toBe('outside-consent');
  });

  it('may be voided by whoever may report events there', () => {
    expect(coverageOf(active, { ...sale, eventType: 'event.voided', occurredAt: at(5), arrivedAt: at(5) })).toBe(
      'covered',
    );
  });

  it('is told the answer of the line that comes closest', () => {
    const elsewhere: ConsentDetail = { ...line, id: 'other', touchpoints: ['web'] };
    const both = { ...active, details: [elsewhere, line] };
    expect(coverageOf(both, { ...sale, occurredAt: at(-11), arrivedAt: at(5) })).toBe('no-consent-at-time');
  });

  it('is not let in by a line for special products', () => {
    const alone = { ...active, details: [medicines] };
    expect(coverageOf(alone, { ...sale, occurredAt: at(5), arrivedAt: at(5) })).toBe('outside-consent');
  });
});

const medicines: ConsentDetail = {
  ...line,
  id: 'medicines',
  type: 'ccx_interactions_special',
  products: ['pharmacy'],
  since: at(0).toISOString(),
  expires_at: at(90).toISOString(),
  statement: 'the hash of a statement',
};
const tests: ConsentDetail = { ...medicines, id: 'tests', products: ['test'], touchpoints: ['web'] };

describe('special products of an event', () => {
  const both = { ...active, details: [line, medicines, tests] };
  it.each<[string, ReportedConsent, object, string[]]>([
    ['are named by the line for their class', both, {}, ['pharmacy']],
    ['are named where that line is for', both, { touchpoint: 'web' }, ['test']],
    ['are named by no line for another kind of event', both, { eventType: 'return.completed' }, []],
    ['are not named from before the line', both, { occurredAt: at(-1) }, []],
    ['are not named from after it', both, { occurredAt: at(90), arrivedAt: at(90) }, []],
    ['are named when they arrive late', both, { occurredAt: at(89), arrivedAt: at(92) }, ['pharmacy']],
    ['are not named when they arrive too late', both, { occurredAt: at(89), arrivedAt: at(93) }, []],
    ['are not named while the consent is paused', { ...both, status: 'paused' }, {}, []],
    ['are not named by ordinary lines', active, {}, []],
  ])('%s', (_, consent, change, classes) => {
    const report = { ...sale, occurredAt: at(5), arrivedAt: at(5), ...change };
    expect([...specialsKept(consent, report)]).toEqual(classes);
  });
});
