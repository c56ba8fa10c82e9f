import { answeredCampaigns, type DayTally, everyFourWeeks, type Fold, keptSizes, partsOfDay, shares } from './folds.js';

/** What happened on a day of November 2026 (or of later months): counts by value. */
const day = (number: number, counts: Record<string, number>, more: Partial<DayTally> = {}): DayTally => ({
  rule: 'receipt',
  group: 'all',
  day: new Date(Date.UTC(2026, 10, number)).toISOString().slice(0, 10),
  opportunities: Object.values(counts).every((count) => count < 0) && Object.keys(counts).length > 0 ? 0 : 1,
  supports: Object.entries(counts).map(([value, count]) => ({ value, count, events: [`${value}@${number}`] })),
  ...more,
});

const counted = (fold: Fold, days: readonly DayTally[], zone: string | null = null) =>
  fold(days, zone).flatMap(({ group, n, counts }) =>
    counts.map(({ value, k, n: of }) => `${group}: ${value} ${k} of ${of} (${n})`),
  );

describe('shares', () => {
  it('are of the days on which the group came up', () => {
    expect(counted(shares, [day(1, { email: 1 }), day(2, { paper: 1 }), day(3, { email: 1 }), day(4, {})])).toEqual([
      'all: email 2 of 4 (4)',
      'all: paper 1 of 4 (4)',
    ]);
  });

  it('tell from when to when, and the latest events first', () => {
    const [group] = shares([day(1, {}), day(2, { email: 1 }), day(5, { email: 1 })], null);
    expect(group!.counts[0]).toMatchObject({
      since: '2026-11-01',
      until: '2026-11-05',
      days: 3,
      events: ['email@5', 'email@2'],
    });
  });
});

describe('what is bought every four weeks', () => {
  it('is counted from the day after it was first bought', () => {
    const days = [day(1, { milk: 1 }), day(2, { milk: 1 }), day(29, { milk: 1 }), day(30, { milk: 1 }), day(58, {})];
    // Days 2 to 29 are the first four weeks, 30 to 57 the second, 58 begins the third.
    expect(counted(everyFourWeeks, days)).toEqual(['all: milk 2 of 3 (5)']);
  });

  it('is nothing that was bought on the last day for the first time', () => {
    expect(counted(everyFourWeeks, [day(1, {}), day(2, { milk: 1 })])).toEqual([]);
  });

  it('forgets what was given back', () => {
    const days = [day(1, { milk: 1 }), day(5, { milk: 2 }), day(6, { milk: -2 }), day(40, { milk: 1 })];
    expect(counted(everyFourWeeks, days)).toEqual(['all: milk 1 of 2 (3)']);
  });
});

describe('kept sizes', () => {
  const shoes = (number: number, counts: Record<string, number>) => day(number, counts, { group: 'EUROPE' });

  it('count each product that was kept once a day', () => {
    const days = [shoes(1, { '42|a': 2, '43|b': 1 }), shoes(3, { '42|c': 1 })];
    expect(counted(keptSizes, days)).toEqual(['EUROPE: 42 2 of 3 (3)', 'EUROPE: 43 1 of 3 (3)']);
  });

  it('leave out what was given back, the latest first', () => {
    const days = [
      shoes(1, { '42|a': 1, '43|a': 1 }),
      shoes(2, { '43|a': -1 }),
      shoes(9, { '42|b': 1 }),
      shoes(10, { '42|b': -1 }),
    ];
    expect(counted(keptSizes, days)).toEqual(['EUROPE: 42 1 of 1 (1)']);
  });

  it('are not fewer for what was given back that nobody had reported as bought', () => {
    expect(counted(keptSizes, [shoes(1, { '42|a': -3 }), shoes(2, { '42|a': 1 })])).toEqual(['EUROPE: 42 1 of 1 (1)']);
  });
});

describe('answered campaigns', () => {
  const campaign = (number: number, name: string, counts: Record<string, number>) =>
    day(number, counts, { group: name });

  it('are counted by the way they came', () => {
    const days = [
      campaign(1, 'a', { 'offered:email': 1 }),
      campaign(1, 'b', { 'offered:email': 1 }),
      campaign(2, 'c', { 'offered:post': 1 }),
      campaign(3, 'a', { answered: 1 }),
      campaign(4, 'a', { answered: 1 }),
    ];
    expect(counted(answeredCampaigns, days)).toEqual(['email: email 1 of 2 (2)', 'post: post 0 of 1 (1)']);
  });

  it('tell nothing when they came by two ways, or by none that is known', () => {
    const days = [
      campaign(1, 'a', { 'offered:email': 1 }),
      campaign(2, 'a', { 'offered:post': 1 }),
      campaign(3, 'b', { answered: 1 }),
    ];
    expect(counted(answeredCampaigns, days)).toEqual([]);
  });
});

describe('parts of the day', () => {
  const days = [
    day(1, { '2026-11-01T16:30': 1, '2026-11-01T16:45': 1 }),
    day(2, { '2026-11-02T15:59': 1 }),
    day(3, { '2026-11-03T21:00': 1 }),
  ];

  it('are those of the place where the customer is', () => {
    expect(counted(partsOfDay, days, 'Europe/Berlin')).toEqual([
      'all: afternoon 1 of 3 (3)',
      'all: evening 1 of 3 (3)',
      'all: night 1 of 3 (3)',
    ]);
  });

  it('are not guessed where that is not known', () => {
    expect(counted(partsOfDay, days)).toEqual([]);
  });
});
