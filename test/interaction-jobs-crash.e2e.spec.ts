import { once } from 'node:events';

import { LongJobs } from '../src/platform/jobs/long-jobs.js';
import { startApp, type TestApp } from './support/app.js';
import { aReporter, type Reporter } from './support/events.js';
import { eventually } from './support/eventually.js';
import { aJob, jobOf, ndjson, resultsOf, send } from './support/interaction-jobs.js';
import { longJobsAreDue } from './support/jobs.js';
import { dpopFetch } from './support/oauth.js';
import { whileWaiting } from './support/race.js';
import { type SecondProcess, startSecondProcess } from './support/second-process.js';

/** So many events are taken at a time. */
const STRETCH = 500;

/** The app of this process answers, and looks into the database; the work is left to another process, which is killed. */
describe('a process that is killed', () => {
  let app: TestApp;
  let other: SecondProcess;
  let mira: Reporter;
  let noah: Reporter;

  beforeAll(async () => {
    app = await startApp();
    await app.get(LongJobs).onModuleDestroy();
    mira = await aReporter(app);
    noah = await aReporter(app, { retailer: mira.retailer });
  });
  beforeEach(async () => {
    other = await startSecondProcess(app);
  }, 60_000);
  afterEach(() => other.stop());
  afterAll(() => app.stop());

  const kill = async () => {
    other.process.kill('SIGKILL');
    await once(other.process, 'exit');
  };
  const storedOf = async ({ customer }: Reporter) =>
    (
      await app.db.query<{ event_id: string }>('select event_id from interactions where customer_id = $1', [
        customer.customerId,
      ])
    ).rows.map(({ event_id }) => event_id);

  it('in the middle of a stretch has done nothing of it, and another one does the rest once', async () => {
    const sales = (reporter: Reporter, count: number) => Array.from({ length: count }, () => reporter.sale());
    const file = [...sales(mira, STRETCH), ...sales(noah, STRETCH), ...sales(mira, 100)];
    const content = Buffer.from(ndjson(file));
    const job = await aJob(mira.tills, content);
    await whileWaiting(
      app.db,
      'consents',
      { id: noah.consentId },
      () => send(mira.tills, job, content),
      async () => {
        await eventually(async () => expect(await storedOf(mira)).toHaveLength(STRETCH));
        await kill();
      },
    );
    await eventually(() => forgotten());
    await expect(storedOf(noah)).resolves.toEqual([]);
    expect((await jobOf(mira.tills, job)).result).toMatchObject({ lines: STRETCH, stored: STRETCH });

    await longJobsAreDue(app);
    other = await startSecondProcess(app);
    const over = await eventually(async () => {
      const found = await jobOf(mira.tills, job);
      expect(found.finished_at).not.toBeNull();
      return found;
    });
    expect(over).toMatchObject({
      status: 'succeeded',
      result: { lines: file.length, stored: file.length, duplicate: 0 },
    });
    const results = await resultsOf(mira.tills, job);
    expect(results.map(({ line, id, outcome }) => [line, id, outcome])).toEqual(
      file.map(({ id }, index) => [index + 1, id, 'stored']),
    );
    expect([...(await storedOf(mira)), ...(await storedOf(noah))].sort()).toEqual(file.map(({ id }) => id).sort());
  }, 60_000);

  /** Until the database has noticed that the process is no more. */
  async function forgotten(): Promise<void> {
    const { rows } = await app.db.query(
      `select from pg_locks l join pg_class c on c.oid = l.relation
        where c.relname = 'interaction_keys' and l.mode = 'RowExclusiveLock'`,
    );
    expect(rows).toEqual([]);
  }

  it('while it takes a piece has not taken it, unless it said so', async () => {
    const content = Buffer.from(ndjson([mira.sale(), mira.sale()]));
    const job = await aJob(mira.tills, content);
    expect((await send(mira.tills, job, content.subarray(0, 100), { last: false })).status).toBe(204);
    const path = `/v1/interactions/jobs/${job.id}/content`;
    const piece = () =>
      dpopFetch(app, mira.tills, 'PATCH', path, {
        origin: other.origin,
        body: content.subarray(100),
        headers: { 'content-type': 'application/partial-upload', 'upload-offset': '100', 'upload-complete': '?1' },
      }).catch(() => 'broken off');
    const [answer] = await whileWaiting(app.db, 'interaction_jobs', { id: job.id }, piece, kill);
    expect(answer).toBe('broken off');
    const offset = await eventually(async () => {
      const { headers } = await mira.tills.fetch('HEAD', path);
      return Number(headers.get('upload-offset'));
    });
    expect(offset).toBe(100);
    expect((await send(mira.tills, job, content.subarray(offset), { offset })).status).toBe(202);
  });
});
