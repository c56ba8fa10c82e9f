import { cloudEventType, eventTypes } from '../src/interactions/event-types.js';
import { exampleOf } from '../src/interactions/interactions.examples.js';
import { startApp, type TestApp } from './support/app.js';
import { eventually } from './support/eventually.js';
import { aConsent, reading, reporting, withdraw } from './support/consents.js';
import { aReporter, aSale, aVoid, report, type Reporter } from './support/events.js';
import { consentToken, retailerToken } from './support/oauth.js';
import { race } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

async function listed({ customer }: Pick<Reporter, 'customer'>, query = '') {
  const { body } = await customer.api.get(`/v1/me/interactions${query}`).expect(200);
  return body as { items: Record<string, unknown>[]; next_cursor: string | null };
}

const idsOf = async (reporter: Reporter, query = '') =>
  (await listed(reporter, query)).items.map(({ event_id }) => event_id);
const ago = (days: number) => new Date(app.clock.now().getTime() - days * DAY).toISOString();
const codeOf = ({ body }: { body: { type?: string } }) => body.type?.split('/').at(-1);

describe('reporting an event', () => {
  it('shows it to the customer, with who reported it under which consent', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    const { status, body } = await report(reporter.tills, sale);
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        stored: 1,
        duplicate: 0,
        conflict: 0,
        rejected: 0,
        results: [{ index: 0, id: sale.id, source: '/tills/17', outcome: 'stored' }],
      },
    });
    expect((await listed(reporter)).items).toEqual([
      expect.objectContaining({
        retailer: { id: reporter.retailer.id, name: reporter.retailer.name },
        type: 'transaction.completed',
        stage: 'shopping',
        occurred_at: sale.time,
        data: sale.data,
        voided: false,
        consent_id: reporter.consentId,
        consent_version: 1,
      }),
    ]);
  });

  it('writes one entry to the log and one event to the outbox for a whole batch', async () => {
    const reporter = await aReporter(app);
    await report(reporter.tills, [reporter.sale(), reporter.sale(), reporter.sale()]);
    const entries = (await audited(app, reporter.customer.key)).filter(({ type }) => type === 'interactions.reported');
    expect(entries).toEqual([expect.objectContaining({ data: expect.objectContaining({ count: 3 }) })]);
    expect(JSON.stringify(entries)).not.toContain('85123A');
    const told = (await announced(app, reporter.customer.key)).filter((type) => type === 'interactions.reported');
    expect(told).toHaveLength(1);
  });

  it('needs no subject with a token of a consent, and takes no other one', async () => {
    const reporter = await aReporter(app);
    const access = await consentToken(app, reporter.retailer, reporter.customer, {
      details: [reporting],
      scope: 'interactions.write',
    });
    expect((await report(access, aSale(app))).body.stored).toBe(1);
    expect((await report(access, reporter.sale())).body.stored).toBe(1);
    const other = await aReporter(app, { retailer: reporter.retailer });
    expect(codeOf(await report(access, other.sale()))).toBe('no-consent-at-time');
  });

  it('needs a subject with a token of the retailer', async () => {
    const { tills } = await aReporter(app);
    const { status, body } = await report(tills, aSale(app));
    expect(status).toBe(422);
    expect(body.errors).toEqual([{ pointer: '/subject', detail: expect.stringContaining('required') }]);
  });

  it('is refused with reasons when it is not valid, and leaves nothing behind', async () => {
    const reporter = await aReporter(app);
    const before = await audited(app, reporter.customer.key);
    const bad = reporter.sale({ data: { currency: 'EURO', lines: [] } });
    const { status, body } = await report(reporter.tills, bad);
    expect(status).toBe(422);
    expect(body.errors.map(({ pointer }: { pointer: string }) => pointer)).toEqual(['/data/currency', '/data/lines']);
    expect(await idsOf(reporter)).toEqual([]);
    expect(await audited(app, reporter.customer.key)).toEqual(before);
  });

  it('is refused from the future and from too long ago', async () => {
    const reporter = await aReporter(app);
    expect(codeOf(await report(reporter.tills, reporter.sale({ time: ago(-1) })))).toBe('event-in-future');
    expect(codeOf(await report(reporter.tills, reporter.sale({ time: ago(401) })))).toBe('event-too-old');
  });

  it('corrects the time by what the clock of the sender shows', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale({ time: ago(-2), ccxsenttime: ago(-2) });
    expect((await report(reporter.tills, sale)).body.stored).toBe(1);
    const [{ occurred_at }] = (await listed(reporter)).items as [{ occurred_at: string }];
    expect(Math.abs(Date.parse(occurred_at) - app.clock.now().getTime())).toBeLessThan(60_000);
  });
});

describe('the identity of an event', () => {
  it('makes sending it again a success that changes nothing', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    await report(reporter.tills, sale);
    const { status, body } = await report(reporter.tills, sale);
    expect({ status, duplicate: body.duplicate }).toEqual({ status: 200, duplicate: 1 });
    expect(await idsOf(reporter)).toEqual([sale.id]);
  });

  it('keeps the first when the same id comes with other content', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    await report(reporter.tills, sale);
    const other = { ...sale, ccxtouchpoint: 'web' };
    const answer = await report(reporter.tills, other);
    expect({ status: answer.status, code: codeOf(answer) }).toEqual({ status: 409, code: 'event-conflict' });
    expect((await report(reporter.tills, [other, sale])).body).toMatchObject({ conflict: 1, duplicate: 1 });
    expect((await listed(reporter)).items).toEqual([expect.objectContaining({ touchpoint: 'till' })]);
  });

  it.each(['keep', 'delete'])(
    'outlives the consent, withdrawn with %s: a lost answer can still be asked for again',
    async (reported_data) => {
      const reporter = await aReporter(app);
      const [stored, unknown] = [reporter.sale(), reporter.sale({ time: ago(1) })];
      await report(reporter.tills, stored);
      await withdraw(reporter, { reported_data }).expect(200);
      app.clock.advance({ days: 4 });
      const late = await retailerToken(app, reporter.retailer, { scope: 'interactions.write' });
      const { body } = await report(late, [stored, { ...stored, ccxtouchpoint: 'web' }, unknown]);
      app.clock.advance({ days: -4 });
      expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
        'duplicate',
        'conflict',
        'rejected',
      ]);
      const left = reported_data === 'keep' ? [stored.id] : [];
      await eventually(async () => expect(await idsOf(reporter)).toEqual(left));
    },
  );

  it('holds within one batch, too', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    const { body } = await report(reporter.tills, [sale, sale, { ...sale, ccxtouchpoint: 'web' }]);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual([
      'stored',
      'duplicate',
      'conflict',
    ]);
  });

  it('lets exactly one of two requests at the same instant store it', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    const row = {
      bucket: reporter.customer.key.bucket,
      customer_id: reporter.customer.customerId,
      id: reporter.consentId,
    };
    const answers = await race(app.db, 'consents', row, [
      () => report(reporter.tills, sale),
      () => report(reporter.tills, sale),
    ]);
    const outcomes = answers.map((answer) =>
      answer.status === 'fulfilled' ? answer.value.body.results[0].outcome : '',
    );
    expect(outcomes.sort()).toEqual(['duplicate', 'stored']);
  });
});

describe('a batch', () => {
  it('stores exactly the events that it reports as stored: 99 good ones and not the bad one among them', async () => {
    const reporter = await aReporter(app);
    const batch = Array.from({ length: 100 }, () => reporter.sale());
    batch[41] = { ...reporter.sale(), data: { currency: 'GBP', lines: [], customer_name: 'Ada' } };
    const { status, body } = await report(reporter.tills, batch);
    expect({ status, stored: body.stored, rejected: body.rejected }).toEqual({ status: 200, stored: 99, rejected: 1 });
    expect(body.results[41]).toMatchObject({ index: 41, outcome: 'rejected', code: 'invalid-event', retryable: false });

    const stored = body.results.flatMap(({ id, outcome }: { id: string; outcome: string }) =>
      outcome === 'stored' ? [id] : [],
    );
    expect((await idsOf(reporter, '?limit=200')).sort()).toEqual(stored.sort());
  });

  it('tells of each event of several customers in the order in which they were sent', async () => {
    const first = await aReporter(app);
    const second = await aReporter(app, { retailer: first.retailer });
    const events = [first.sale(), second.sale(), first.sale({ ccxtouchpoint: 'kiosk' }), second.sale()];
    const { body } = await report(first.tills, events);
    expect(body.results.map(({ id, outcome }: { id: string; outcome: string }) => [id, outcome])).toEqual([
      [events[0]?.id, 'stored'],
      [events[1]?.id, 'stored'],
      [events[2]?.id, 'rejected'],
      [events[3]?.id, 'stored'],
    ]);
    expect(await idsOf(first)).toEqual([events[0]?.id]);
  });

  it('answers alike for a subject that is malformed, of another retailer, or without a consent', async () => {
    const reporter = await aReporter(app);
    const foreign = await aReporter(app);
    const readOnly = await aConsent(app, { retailer: reporter.retailer, details: [reading] });
    const { body: given } = await readOnly.asRetailer.fetch('GET', `/v1/consent-requests/${readOnly.id}`);
    const sale = aSale(app);
    const { body } = await report(
      reporter.tills,
      ['nobody', foreign.subject].map((subject, index) => ({ ...sale, id: `${index}`, subject })),
    );
    const [malformed, unknown] = body.results;
    expect(malformed).toMatchObject({ outcome: 'rejected', code: 'no-consent-at-time' });
    expect(unknown).toEqual({ ...malformed, index: 1, id: '1' });
    // This retailer knows the customer: it is told what exactly the consent lacks.
    expect(codeOf(await report(reporter.tills, { ...sale, subject: given.consent.subject }))).toBe('outside-consent');
  });

  it.each([
    ['empty', []],
    ['of 501 events', Array.from({ length: 501 }, () => ({}))],
    ['that is a number', 42],
    ['that is nothing', null],
  ])('is refused as a whole when it is one %s', async (_name, body) => {
    const { tills } = await aReporter(app);
    const { status, body: problem } = await report(tills, body);
    expect({ status, pointer: problem.errors?.[0]?.pointer }).toEqual({ status: 400, pointer: '' });
  });

  it('may hold what is no event at all, or one of no time', async () => {
    const reporter = await aReporter(app);
    const timeless = reporter.sale({ time: '2026-11-20T17:42:00+01' });
    const { body } = await report(reporter.tills, [42, null, timeless, reporter.sale()]);
    expect(body).toMatchObject({ stored: 1, rejected: 3 });
  });
});

describe('a void', () => {
  it.each(['after', 'before'])('takes an event back when it arrives %s it', async (order) => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    const events = [sale, aVoid(sale)];
    for (const event of order === 'after' ? events : events.reverse()) {
      expect((await report(reporter.tills, event)).body.stored).toBe(1);
    }
    const { items } = await listed(reporter, '?type=transaction.completed');
    expect(items).toEqual([expect.objectContaining({ event_id: sale.id, voided: true })]);
  });

  it('does not reach the events of another client', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    await report(reporter.tills, sale);
    const other = await aReporter(app, { customer: reporter.customer });
    await report(other.tills, { ...aVoid(sale), subject: other.subject });
    const { items } = await listed(reporter, `?retailer_id=${reporter.retailer.id}`);
    expect(items).toEqual([expect.objectContaining({ event_id: sale.id, voided: false })]);
  });
});

describe('the consent', () => {
  it('lets in what happened since it was given, and history only as far as was asked for', async () => {
    const plain = await aReporter(app);
    expect(codeOf(await report(plain.tills, plain.sale({ time: ago(1) })))).toBe('no-consent-at-time');
    const withHistory = await aReporter(app, { details: [{ ...reporting, since: 'P30D' }] });
    const { body } = await report(withHistory.tills, [
      withHistory.sale({ time: ago(29) }),
      withHistory.sale({ time: ago(31) }),
    ]);
    expect(body.results.map(({ outcome }: { outcome: string }) => outcome)).toEqual(['stored', 'rejected']);
  });

  it('covers only the event types and touchpoints that it names', async () => {
    const reporter = await aReporter(app);
    const answer = await report(reporter.tills, reporter.sale({ ccxtouchpoint: 'kiosk' }));
    expect({ status: answer.status, code: codeOf(answer), outside: answer.body.outside }).toEqual({
      status: 403,
      code: 'outside-consent',
      outside: { touchpoint: 'kiosk' },
    });
    const { data } = exampleOf(eventTypes.find(({ name }) => name === 'loyalty.enrolled')!);
    const enrolled = reporter.sale({ type: cloudEventType('loyalty.enrolled'), data: data ?? null });
    expect((await report(reporter.tills, enrolled)).body.outside).toEqual({ event_types: ['loyalty.enrolled'] });
  });

  it('lets events from before its end arrive for three days, and none from after it', async () => {
    const reporter = await aReporter(app);
    const before = [reporter.sale(), reporter.sale()];
    await withdraw(reporter).expect(200);
    const after = reporter.sale();
    const { body } = await report(reporter.tills, [before[0], after]);
    expect(body.results.map(({ code, outcome }: Record<string, string>) => code ?? outcome)).toEqual([
      'stored',
      'no-consent-at-time',
    ]);
    app.clock.advance({ days: 4 });
    const late = await retailerToken(app, reporter.retailer, { scope: 'interactions.write' });
    expect(codeOf(await report(late, before[1]))).toBe('consent-withdrawn');
    app.clock.advance({ days: -4 });
  });

  it('that was withdrawn with deletion lets nothing more arrive', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    await withdraw(reporter, { reported_data: 'delete' }).expect(200);
    expect(codeOf(await report(reporter.tills, sale))).toBe('consent-withdrawn');
  });

  it('that is withdrawn with deletion takes what was reported under it along, and nothing else', async () => {
    const reporter = await aReporter(app);
    const { customer } = reporter;
    const other = await aReporter(app, { customer });
    const [sale, kept] = [reporter.sale(), other.sale()];
    await report(reporter.tills, [sale, reporter.sale()]);
    await report(other.tills, kept);
    await withdraw(reporter, { reported_data: 'delete' }).expect(200);

    await eventually(async () => expect(await idsOf(reporter)).toEqual([kept.id]));
    const entries = (await audited(app, customer.key)).filter(({ type }) => type === 'interactions.deleted');
    expect(entries).toEqual([expect.objectContaining({ data: { count: 2 } })]);
    expect(await announced(app, customer.key)).toContain('interactions.deleted');

    const again = await aConsent(app, {
      customer,
      retailer: reporter.retailer,
      details: [{ ...reporting, since: 'P30D' }],
    });
    expect((await report(reporter.tills, { ...sale, subject: reporter.subject })).body.duplicate).toBe(1);
    expect(again.consentId).not.toBe(reporter.consentId);
    expect(await idsOf(reporter)).toEqual([kept.id]);
  });

  it('cannot end between the check and the storing', async () => {
    const reporter = await aReporter(app);
    const sale = reporter.sale();
    const row = {
      bucket: reporter.customer.key.bucket,
      customer_id: reporter.customer.customerId,
      id: reporter.consentId,
    };
    await race(app.db, 'consents', row, [
      () => report(reporter.tills, sale),
      async () => void (await withdraw(reporter, { reported_data: 'delete' })),
    ]);
    const recorded = (await audited(app, reporter.customer.key))
      .map(({ type }) => type)
      .filter((type) => type === 'interactions.reported' || type === 'consent.withdrawn');
    // Whichever came first: nothing is stored once the withdrawal is recorded.
    expect([['interactions.reported', 'consent.withdrawn'], ['consent.withdrawn']]).toContainEqual(recorded);
    const { rowCount } = await app.db.query('select from interaction_keys where customer_id = $1', [row.customer_id]);
    expect(rowCount).toBe(recorded.length - 1);
  });

  it('that has ended makes its token useless', async () => {
    const retailer = await aRetailer(app);
    const { customer } = await aReporter(app);
    const access = await consentToken(app, retailer, customer, { details: [reporting], scope: 'interactions.write' });
    await withdraw({ consentId: access.consentId, customer }).expect(200);
    expect((await report(access, aSale(app))).status).toBe(401);
  });
});

describe("the customer's list", () => {
  it('is filtered by retailer, type, touchpoint, stage and time, and paged newest first', async () => {
    const reporter = await aReporter(app, { details: [{ ...reporting, since: 'P30D' }] });
    const sales = [1, 2, 3, 4, 5].map((day) =>
      reporter.sale({ time: ago(day), ccxtouchpoint: day % 2 ? 'till' : 'web' }),
    );
    await report(reporter.tills, [...sales].reverse());
    const ids = sales.map(({ id }) => id);

    expect(await idsOf(reporter)).toEqual(ids);
    expect(await idsOf(reporter, '?touchpoint=web')).toEqual([ids[1], ids[3]]);
    expect(await idsOf(reporter, '?type=return.completed')).toEqual([]);
    expect(await idsOf(reporter, '?stage=post_shopping')).toEqual([]);
    const second = encodeURIComponent(sales[1]?.time as string);
    const fourth = encodeURIComponent(sales[3]?.time as string);
    expect(await idsOf(reporter, `?from=${fourth}&to=${second}`)).toEqual([ids[2], ids[3]]);

    const first = await listed(reporter, '?limit=3');
    const rest = await listed(reporter, `?limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...rest.items].map(({ event_id }) => event_id)).toEqual(ids);
    expect(rest.next_cursor).toBeNull();
  });

  it('is empty for a customer of whom nothing was reported', async () => {
    const reporter = await aReporter(app);
    expect(await listed(reporter)).toEqual({ items: [], next_cursor: null });
  });

  it('refuses a cursor of another list, and a time that is none', async () => {
    const { customer } = await aReporter(app);
    await customer.api.get('/v1/me/interactions?cursor=bm9wZQ').expect(400);
    for (const time of ['1', '2026-02-30T00:00:00Z', '-271821-04-20T00:00:00Z']) {
      const { body } = await customer.api.get(`/v1/me/interactions?from=${time}`).expect(400);
      expect(body.errors[0].pointer).toBe('query/from');
    }
  });
});
