import { bulkLines, expectedOf } from '../bench/bulk-lines.mjs';
import { LongJobs } from '../src/platform/jobs/long-jobs.js';
import { startApp, type TestApp } from './support/app.js';
import { reporting, withdraw } from './support/consents.js';
import { aReporter, type Reporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { aJob, type LineResult, ndjson, overFor, reportFile, resultsOf, send } from './support/interaction-jobs.js';
import { consentToken } from './support/oauth.js';
import { untilWaiting, whileWaiting } from './support/race.js';
import { reinstateRetailer, suspendRetailer } from './support/retailers.js';

const JOBS = '/v1/interactions/jobs';
/** So many events are taken at a time. */
const STRETCH = 500;

describe('a job of events', () => {
  let app: TestApp;
  let grocer: Reporter;

  beforeAll(async () => {
    app = await startApp();
    grocer = await aReporter(app);
  });
  afterAll(() => app.stop());

  const sales = (reporter: Reporter, count: number) => Array.from({ length: count }, () => reporter.sale());
  const storedOf = async ({ customer }: Reporter) =>
    (
      await app.db.query('select event_id from interactions where customer_id = $1 order by id', [customer.customerId])
    ).rows.map((row: { event_id: string }) => row.event_id);
  const idsOf = (results: readonly LineResult[], outcome: string) =>
    results.filter((result) => result.outcome === outcome).map(({ id }) => id);

  const stretchTaken = (reporter: Reporter) =>
    eventually(async () => expect(await storedOf(reporter)).toHaveLength(STRETCH));

  /** Queues a file, and does something else while it waits for this reporter's consent, in the middle. */
  async function inTheMiddle(file: readonly unknown[], held: Reporter, meanwhile: () => PromiseLike<unknown>) {
    const content = Buffer.from(ndjson(file));
    const job = await aJob(grocer.tills, content);
    const work = async () => {
      await send(grocer.tills, job, content);
      return overFor(app, grocer.tills, job);
    };
    const [over] = await whileWaiting(app.db, 'consents', { id: held.consentId }, work, meanwhile);
    return { job: over, results: await resultsOf(grocer.tills, job) };
  }

  it('says what became of each line, and how many came to what', async () => {
    const [first, second] = sales(grocer, 2);
    const file = ndjson([
      first,
      second,
      first,
      { ...first, data: { ...(first!.data as object), total: 1 } },
      grocer.sale({ ccxtouchpoint: 'kiosk' }),
      grocer.sale({ colour: 'blue' }),
    ]);
    const { job, results } = await reportFile(app, grocer.tills, `\n${file}{`);
    expect(results.map(({ line, outcome, code }) => [line, outcome, code])).toEqual([
      [2, 'stored', undefined],
      [3, 'stored', undefined],
      [4, 'duplicate', undefined],
      [5, 'conflict', 'event-conflict'],
      [6, 'rejected', 'outside-consent'],
      [7, 'stored', undefined],
      [8, 'rejected', 'invalid-event'],
    ]);
    expect(results[5]!.warnings).toEqual(['colour is not known and was ignored']);
    expect(job).toMatchObject({
      status: 'succeeded',
      result: { lines: 8, stored: 3, duplicate: 1, conflict: 1, rejected: 2, ignored: 0, valid: 0 },
    });
    expect(job.result.by_code).toEqual({ 'event-conflict': 1, 'outside-consent': 1, 'invalid-event': 1 });
    expect(job.progress).toEqual({ done: job.size, total: job.size });
    await expect(resultsOf(grocer.tills, job, '?outcome=rejected')).resolves.toEqual([results[4], results[6]]);
    await expect(resultsOf(grocer.tills, job, '?outcome=conflict')).resolves.toEqual([results[3]]);
    expect((await grocer.tills.fetch('GET', `${JOBS}/${job.id}/results?outcome=lost`)).status).toBe(400);
  });

  it('reports the receipts of an old till, as a table', async () => {
    const receipt = (sequence: number, line: string, subject = grocer.subject) =>
      `17,3,2026-11-20,${sequence},${wallTime()},${subject},${line},2.55`;
    const csv = [
      'retail_store_id,workstation_id,business_day_date,sequence_number,end_date_time,subject,item_id,quantity,regular_sales_unit_price',
      receipt(4711, '85123A,6'),
      receipt(4711, '22423,1'),
      receipt(4712, '22423,1', ''),
      receipt(4713, '22423,-1'),
      receipt(4714, '22423,none'),
    ].join('\r\n');
    const { job, results } = await reportFile(app, grocer.tills, csv, { format: 'csv', ...inGreenwich });
    expect(job.result).toMatchObject({ lines: 6, stored: 2, ignored: 1, rejected: 1 });
    expect(results).toMatchObject([
      { line: 2, lines: 2, id: '17-3-2026-11-20-4711', outcome: 'stored' },
      { line: 4, id: '17-3-2026-11-20-4712', outcome: 'ignored', detail: 'names no customer' },
      { line: 5, id: '17-3-2026-11-20-4713', outcome: 'stored' },
      { line: 6, outcome: 'rejected', code: 'invalid-event', errors: [{ pointer: '/quantity' }] },
    ]);
  });

  it('reports the receipts of an old till, as a log in XML, and what it takes back', async () => {
    const { job } = await reportFile(app, grocer.tills, log(receipt(1), receipt(2)), {
      format: 'poslog',
      ...inGreenwich,
    });
    expect(job.result).toMatchObject({ stored: 2, rejected: 0 });
    const later = log(receipt(1, 'CancelFlag="true"'));
    const { results } = await reportFile(app, grocer.tills, later, { format: 'poslog', ...inGreenwich });
    expect(results).toMatchObject([
      { id: '18-1-2026-11-20-1-void', outcome: 'stored' },
      { id: '18-1-2026-11-20-1-void-return', outcome: 'stored' },
    ]);
    const { body } = await grocer.customer.api.get('/v1/me/interactions?type=transaction.completed').expect(200);
    const found = body.items.filter(({ source }: { source: string }) => source === '/pos/18/1');
    expect(found.map((item: { event_id: string; voided: boolean }) => [item.event_id, item.voided]).sort()).toEqual([
      ['18-1-2026-11-20-1', true],
      ['18-1-2026-11-20-2', false],
    ]);
  });

  const inGreenwich = { time_zone: 'UTC', currency: 'GBP' };
  // The second that comes: the one that is under way may have begun before the consent.
  const wallTime = () => new Date(app.clock.now().getTime() + 999).toISOString().slice(0, 19);
  const log = (...receipts: string[]) => `<POSLog>${receipts.join('')}</POSLog>`;
  const receipt = (sequence: number, attributes = '') => `
    <Transaction ${attributes}>
      <BusinessUnit><UnitID>18</UnitID></BusinessUnit><WorkstationID>1</WorkstationID>
      <SequenceNumber>${sequence}</SequenceNumber><BusinessDayDate>2026-11-20</BusinessDayDate>
      <EndDateTime>${wallTime()}</EndDateTime>
      <RetailTransaction><LineItem><Sale><ItemID>85123A</ItemID><Quantity>1</Quantity></Sale></LineItem>
      <Customer><CustomerID>${grocer.subject}</CustomerID></Customer></RetailTransaction>
    </Transaction>`;

  it('that is a dry run says what would be wrong, and keeps nothing', async () => {
    const nobody = grocer.sale({ subject: 'p1Zk3vQy0mBq9cJ2hT5xWnLg' });
    const before = await storedOf(grocer);
    const file = ndjson([grocer.sale(), nobody, grocer.sale({ id: '' })]);
    const { job, results } = await reportFile(app, grocer.tills, file, { dry_run: true });
    expect(job).toMatchObject({ dry_run: true, result: { lines: 3, valid: 2, rejected: 1, stored: 0 } });
    // It tells nothing of who is a customer.
    expect(results.map(({ outcome }) => outcome)).toEqual(['valid', 'valid', 'rejected']);
    await expect(storedOf(grocer)).resolves.toEqual(before);
  });

  it('tells exactly what became of a large file with faults of ten kinds, and stores nothing new the second time', async () => {
    const [LINES, WRONG_EACH] = [2_000, 20];
    const [mira, noah] = [await another(), await another()];
    // What is reported happened in the minute before, when all had consented.
    app.clock.advance({ minutes: 2 });
    const subjects = [mira.subject, noah.subject];
    const file = Buffer.concat([...bulkLines({ lines: LINES, wrongEach: WRONG_EACH, subjects, now: app.clock.now() })]);
    const { job, results } = await reportFile(app, grocer.tills, file);
    expect(results.map(({ line, outcome, code }) => ({ line, outcome, ...(code !== undefined && { code }) }))).toEqual(
      Array.from({ length: LINES }, (_, index) => ({ line: index + 1, ...expectedOf(index + 1, WRONG_EACH) })),
    );
    const bad = LINES / WRONG_EACH;
    expect(job.result).toMatchObject({
      lines: LINES,
      stored: LINES - bad,
      conflict: bad / 10,
      rejected: bad - bad / 10,
    });
    const stored = async () => [...(await storedOf(mira)), ...(await storedOf(noah))].sort();
    const kept = await stored();
    expect(kept).toEqual(idsOf(results, 'stored').sort());

    const again = await reportFile(app, grocer.tills, file);
    expect(again.job.result).toMatchObject({
      stored: 0,
      duplicate: LINES - bad,
      conflict: bad / 10,
      rejected: bad - bad / 10,
    });
    await expect(stored()).resolves.toEqual(kept);
  });

  const another = () => aReporter(app, { retailer: grocer.retailer });

  it('meets a consent that is withdrawn with deletion in the middle: what comes after is refused one by one', async () => {
    const [mira, noah] = [await another(), await another()];
    const [before, between, after] = [sales(mira, STRETCH), sales(noah, STRETCH), sales(mira, 3)];
    const { job, results } = await inTheMiddle([...before, ...between, ...after], noah, async () => {
      await stretchTaken(mira);
      await withdraw(mira, { reported_data: 'delete' }).expect(200);
    });
    expect(job).toMatchObject({ status: 'succeeded', result: { stored: 2 * STRETCH, rejected: 3 } });
    expect(results.slice(0, 2 * STRETCH).every(({ outcome }) => outcome === 'stored')).toBe(true);
    expect(results.slice(2 * STRETCH).map(({ line, id, code }) => [line, id, code])).toEqual(
      after.map(({ id }, index) => [2 * STRETCH + index + 1, id, 'consent-withdrawn']),
    );
    await eventually(async () => expect(await storedOf(mira)).toEqual([]));
    await expect(storedOf(noah)).resolves.toHaveLength(STRETCH);
  });

  it('meets a consent that is withdrawn in the middle: what was reported stays, and what happens later is refused', async () => {
    const [mira, noah] = [await another(), await another()];
    const later = new Date(app.clock.now().getTime() + 240_000).toISOString();
    const [before, between] = [sales(mira, STRETCH), sales(noah, STRETCH)];
    // Of what happened under the consent, tills may report for some days yet.
    const after = [mira.sale(), mira.sale({ time: later }), mira.sale(), mira.sale({ time: later })];
    const { job, results } = await inTheMiddle([...before, ...between, ...after], noah, async () => {
      await stretchTaken(mira);
      await withdraw(mira, { reported_data: 'keep' }).expect(200);
    });
    expect(job).toMatchObject({ status: 'succeeded', result: { stored: 2 * STRETCH + 2, rejected: 2 } });
    expect(results.slice(2 * STRETCH).map(({ id, outcome, code }) => [id, outcome, code])).toEqual([
      [after[0]!.id, 'stored', undefined],
      [after[1]!.id, 'rejected', 'no-consent-at-time'],
      [after[2]!.id, 'stored', undefined],
      [after[3]!.id, 'rejected', 'no-consent-at-time'],
    ]);
    expect((await storedOf(mira)).sort()).toEqual([...before, after[0]!, after[2]!].map(({ id }) => id).sort());
  });

  it('fails when its retailer is suspended in the middle: what was reported stays so', async () => {
    const [mira, noah] = [await another(), await another()];
    const content = Buffer.from(
      ndjson([...sales(mira, STRETCH), ...sales(noah, STRETCH), ...sales(mira, 5 * STRETCH)]),
    );
    const job = await aJob(grocer.tills, content);
    const work = async () => {
      await send(grocer.tills, job, content);
      await app.get(LongJobs).work();
    };
    await whileWaiting(app.db, 'consents', { id: noah.consentId }, work, async () => {
      await stretchTaken(mira);
      await suspendRetailer(app, grocer.retailer);
    });
    await reinstateRetailer(app, grocer.retailer);
    const over = await overFor(app, grocer.tills, job);
    expect(over).toMatchObject({ status: 'failed', errors: [{ code: 'retailer-suspended' }] });
    await expect(storedOf(mira)).resolves.toHaveLength(STRETCH);
    // And perhaps the stretch that was under way, which was let in before.
    const stored = [...(await storedOf(mira)), ...(await storedOf(noah))];
    expect(idsOf(await resultsOf(grocer.tills, job), 'stored').sort()).toEqual(stored.sort());
    expect(over.result).toMatchObject({ stored: stored.length, rejected: 0 });
  });

  it('that cannot be read to its end fails, and says what became of all before', async () => {
    const broken = log(receipt(31), receipt(32)).replace('</POSLog>', '<Transaction></POSLog>');
    const { job, results } = await reportFile(app, grocer.tills, broken, { format: 'poslog', ...inGreenwich });
    expect(job).toMatchObject({ status: 'failed', errors: [{ code: 'content-unreadable' }], result: { stored: 2 } });
    expect(job.errors[0].detail).toMatch(/^Line \d+ is not well-formed XML: Unexpected/);
    expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
    const { rows } = await app.db.query('select id from interaction_jobs where id = $1', [job.id]);
    expect(rows).toHaveLength(1);
    await app.runJob('interaction-jobs-sweep');
    expect((await app.db.query('select from interaction_job_blocks where job_id = $1', [job.id])).rowCount).toBe(0);
  });

  it('is cancelled before it has come to its end', async () => {
    const [mira, noah] = [await another(), await another()];
    const content = Buffer.from(
      ndjson([...sales(mira, STRETCH), ...sales(noah, STRETCH), ...sales(mira, 5 * STRETCH)]),
    );
    const job = await aJob(grocer.tills, content);
    const work = async () => {
      await send(grocer.tills, job, content);
      await app.get(LongJobs).work();
    };
    let cancelled: Promise<unknown> | undefined;
    await whileWaiting(app.db, 'consents', { id: noah.consentId }, work, async () => {
      await stretchTaken(mira);
      cancelled = grocer.tills.fetch('DELETE', `${JOBS}/${job.id}`);
      // For the stretch that is under way to be done.
      await untilWaiting(app.db, 1, 'long_jobs');
    });
    expect(await cancelled).toMatchObject({ status: 204 });
    const over = await overFor(app, grocer.tills, job);
    expect(over).toMatchObject({ status: 'cancelled' });
    // A stretch may be taken up in the moment in which the one before is done.
    expect((await storedOf(mira)).length).toBeLessThan(6 * STRETCH);
    expect(over.result.stored).toBe((await resultsOf(grocer.tills, job)).length);
  });

  it('takes the token of the client alone', async () => {
    const { tills } = grocer;
    const ofCustomer = await consentToken(app, grocer.retailer, grocer.customer, {
      details: [reporting],
      scope: 'interactions.write',
    });
    expect((await ofCustomer.fetch('GET', JOBS)).status).toBe(403);
    expect((await tills.fetch('GET', JOBS)).status).toBe(200);
  });
});
