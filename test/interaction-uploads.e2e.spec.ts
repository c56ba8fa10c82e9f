import { createHash, randomBytes, randomUUID } from 'node:crypto';

import { startApp, type TestApp } from './support/app.js';
import { aReporter, type Reporter } from './support/events.js';
import { aJob, checksumOf, jobOf, ndjson, overFor, reportFile, send } from './support/interaction-jobs.js';
import { retailerToken } from './support/oauth.js';
import { race } from './support/race.js';
import { aClient } from './support/retailers.js';

const JOBS = '/v1/interactions/jobs';
const problem = (code: string) => expect.objectContaining({ type: expect.stringMatching(`/problems/${code}$`) });

describe('the file of a job', () => {
  let app: TestApp;
  let grocer: Reporter;
  const head = (job: { id: string }) => grocer.tills.fetch('HEAD', `${JOBS}/${job.id}/content`);
  const post = (body: object) => grocer.tills.fetch('POST', JOBS, body);
  const blocksOf = async ({ id }: { id: string }) =>
    Number((await app.db.query('select count(*) from interaction_job_blocks where job_id = $1', [id])).rows[0].count);

  beforeAll(async () => {
    app = await startApp();
    grocer = await aReporter(app);
  });
  afterAll(() => app.stop());
  // A client has so many jobs at a time.
  afterEach(() => app.db.query(`update interaction_jobs set status = 'cancelled' where status = 'uploading'`));

  it('arrives in pieces, which end wherever they like', async () => {
    const file = Buffer.from(ndjson([grocer.sale(), grocer.sale(), grocer.sale()]));
    const job = await aJob(grocer.tills, file);
    expect((await jobOf(grocer.tills, job)).status).toBe('uploading');

    const first = await send(grocer.tills, job, file.subarray(0, 100), { last: false });
    expect([first.status, first.headers.get('upload-offset'), first.headers.get('upload-complete')]).toEqual([
      204,
      '100',
      '?0',
    ]);
    await send(grocer.tills, job, file.subarray(100, 777), { offset: 100, last: false });
    const last = await send(grocer.tills, job, file.subarray(777), { offset: 777 });
    expect([last.status, last.headers.get('upload-complete'), last.body.status]).toEqual([202, '?1', 'queued']);

    expect(await overFor(app, grocer.tills, job)).toMatchObject({ status: 'succeeded', result: { stored: 3 } });
    expect(await blocksOf(job)).toBe(0);
  });

  it('says how far it has come, and what is too large for it', async () => {
    const file = randomBytes(1_000);
    const job = await aJob(grocer.tills, file);
    await send(grocer.tills, job, file.subarray(0, 600), { last: false });
    const { status, headers } = await head(job);
    expect([
      status,
      headers.get('upload-offset'),
      headers.get('upload-length'),
      headers.get('upload-complete'),
    ]).toEqual([204, '600', '1000', '?0']);
    expect(headers.get('upload-limit')).toMatch(/^max-size=134217728, max-append-size=8388608, max-age=86\d{3}$/);
  });

  it('may end with a piece of nothing', async () => {
    const file = Buffer.from(ndjson([grocer.sale()]));
    const job = await aJob(grocer.tills, file);
    await send(grocer.tills, job, file, { last: false });
    expect((await send(grocer.tills, job, Buffer.alloc(0), { offset: file.length })).status).toBe(202);
    expect((await overFor(app, grocer.tills, job)).result.stored).toBe(1);
  });

  it('may be empty', async () => {
    const job = await aJob(grocer.tills, Buffer.alloc(0));
    expect((await send(grocer.tills, job, Buffer.alloc(0))).status).toBe(202);
    const over = await overFor(app, grocer.tills, job);
    expect(over).toMatchObject({
      status: 'succeeded',
      progress: { done: 0, total: 0 },
      result: { lines: 0, stored: 0 },
    });
  });

  it.each([
    ['a piece that is sent again', 0],
    ['a piece that skips something', 200],
  ])('does not take %s, and says where to go on', async (_, offset) => {
    const file = randomBytes(300);
    const job = await aJob(grocer.tills, file);
    await send(grocer.tills, job, file.subarray(0, 100), { last: false });
    const { status, body, headers } = await send(grocer.tills, job, file.subarray(offset, offset + 100), {
      offset,
      last: false,
    });
    expect([status, body]).toEqual([409, problem('mismatching-upload-offset')]);
    expect([body['expected-offset'], body['provided-offset']]).toEqual([100, offset]);
    expect([headers.get('upload-offset'), headers.get('upload-complete')]).toEqual(['100', '?0']);
    expect((await jobOf(grocer.tills, job)).received).toBe(100);
  });

  it('says that it is complete when the last piece is sent again', async () => {
    const file = Buffer.from(ndjson([grocer.sale()]));
    const job = await aJob(grocer.tills, file);
    await send(grocer.tills, job, file);
    const { status, headers } = await send(grocer.tills, job, file);
    expect([status, headers.get('upload-offset'), headers.get('upload-complete')]).toEqual([
      409,
      String(file.length),
      '?1',
    ]);
    expect((await head(job)).headers.get('upload-complete')).toBe('?1');
    expect((await overFor(app, grocer.tills, job)).result.stored).toBe(1);
  });

  it('takes one of two pieces that are sent for the same place at once', async () => {
    const file = randomBytes(300);
    const job = await aJob(grocer.tills, file);
    const piece = () => send(grocer.tills, job, file.subarray(0, 100), { last: false });
    const answers = await race(app.db, 'interaction_jobs', { id: job.id }, [piece, piece]);
    expect(answers.map((answer) => answer.status === 'fulfilled' && answer.value.status).sort()).toEqual([204, 409]);
    expect((await jobOf(grocer.tills, job)).received).toBe(100);
  });

  it('takes a piece with the digest of its own, and none that was changed on its way', async () => {
    const file = randomBytes(300);
    const job = await aJob(grocer.tills, file);
    const piece = file.subarray(0, 100);
    const digest = {
      'content-digest': `sha-512=:AAAA:, sha-256=:${createHash('sha256').update(piece).digest('base64')}:`,
    };
    const changed = Buffer.from(piece).fill(0, 7, 8);
    const refused = await send(grocer.tills, job, changed, { last: false, headers: digest });
    expect([refused.status, refused.body]).toEqual([400, problem('content-digest-mismatch')]);
    expect((await send(grocer.tills, job, piece, { last: false, headers: digest })).status).toBe(204);
  });

  it.each([
    ['longer than was said', 400, false],
    ['shorter than was said', 200, true],
  ])('is not taken %s', async (_, length, last) => {
    const file = randomBytes(300);
    const job = await aJob(grocer.tills, file);
    const { status, body } = await send(grocer.tills, job, randomBytes(length), { last });
    expect([status, body]).toEqual([400, problem('inconsistent-upload-length')]);
    // It can still be sent as it is.
    expect((await head(job)).headers.get('upload-offset')).toBe('0');
  });

  it('is not read when it is another one than was announced', async () => {
    const file = Buffer.from(ndjson([grocer.sale()]));
    const job = await aJob(grocer.tills, file);
    const other = Buffer.from(file.toString().replace('1530', '1531'));
    const { status, body } = await send(grocer.tills, job, other);
    expect([status, body]).toEqual([422, problem('checksum-mismatch')]);
    expect(await jobOf(grocer.tills, job)).toMatchObject({
      status: 'failed',
      result: null,
      errors: [{ code: 'checksum-mismatch' }],
    });
    expect(await blocksOf(job)).toBe(0);
    const again = await send(grocer.tills, job, file);
    expect([again.status, again.body]).toEqual([409, problem('upload-over')]);
  });

  it('is not read when it has too many lines', async () => {
    const file = Buffer.from('\n'.repeat(250_001));
    const answer = await send(grocer.tills, await aJob(grocer.tills, file), file);
    expect([answer.status, answer.body]).toEqual([422, problem('too-many-lines')]);
    expect(answer.body.detail).toBe('The file has more than 250000 lines.');
  });

  it('may have a header above the most lines', async () => {
    const file = Buffer.from(
      `retail_store_id,workstation_id,business_day_date,sequence_number,subject\n${'\n'.repeat(250_000)}`,
    );
    const job = await aJob(grocer.tills, file, { format: 'csv' });
    expect((await send(grocer.tills, job, file)).status).toBe(202);
    expect((await overFor(app, grocer.tills, job)).result).toMatchObject({ lines: 250_001, stored: 0 });
  });

  it('is given up after a day, and what had arrived is deleted', async () => {
    const file = randomBytes(300);
    const job = await aJob(grocer.tills, file);
    await send(grocer.tills, job, file.subarray(0, 100), { last: false });
    await app.db.query(`update interaction_jobs set expires_at = $2 where id = $1`, [job.id, app.clock.now()]);
    const { status, body } = await send(grocer.tills, job, file.subarray(100), { offset: 100 });
    expect([status, body]).toEqual([410, problem('upload-expired')]);
    expect((await jobOf(grocer.tills, job)).status).toBe('expired');
    await app.runJob('interaction-jobs-sweep');
    expect(await blocksOf(job)).toBe(0);
    expect((await jobOf(grocer.tills, job)).status).toBe('expired');
  });

  it('is deleted when the job is cancelled', async () => {
    const file = randomBytes(300);
    const job = await aJob(grocer.tills, file);
    await send(grocer.tills, job, file.subarray(0, 100), { last: false });
    expect((await grocer.tills.fetch('DELETE', `${JOBS}/${job.id}`)).status).toBe(204);
    expect((await jobOf(grocer.tills, job)).status).toBe('cancelled');
    expect(await blocksOf(job)).toBe(0);
    expect((await send(grocer.tills, job, file)).body).toEqual(problem('upload-over'));
    expect((await grocer.tills.fetch('DELETE', `${JOBS}/${job.id}`)).status).toBe(204);
  });

  it.each([
    ['an offset that is none', { 'upload-offset': '-1' }, 400, 'header/Upload-Offset'],
    ['nothing said of its end', { 'upload-complete': '1' }, 400, 'header/Upload-Complete'],
    ['a digest without SHA-256', { 'content-digest': 'md5=:AAAA:' }, 400, 'header/Content-Digest'],
    ['another content type', { 'content-type': 'application/octet-stream' }, 415, undefined],
  ])('takes no piece with %s', async (_, headers, status, pointer) => {
    const file = randomBytes(10);
    const answer = await send(grocer.tills, await aJob(grocer.tills, file), file, { headers });
    expect([answer.status, answer.body.errors?.[0].pointer]).toEqual([status, pointer]);
  });

  it('takes no piece of more than 8 MiB', async () => {
    const file = Buffer.alloc(8_388_609);
    const job = await aJob(grocer.tills, file);
    const { status, body } = await send(grocer.tills, job, file);
    expect([status, body]).toEqual([413, problem('body-too-large')]);
    expect((await send(grocer.tills, job, file.subarray(1), { last: false })).status).toBe(204);
  });

  const announced = { format: 'ndjson', size: 1, checksum: checksumOf(Buffer.alloc(1)) };
  it.each([
    ['too large', { size: 134_217_729 }, '/size'],
    ['without a checksum that is one', { checksum: 'sha-256=:AAAA:' }, '/checksum'],
    ['of a format that nobody knows', { format: 'xlsx' }, '/format'],
    ['with the zone of a place that there is not', { format: 'csv', time_zone: 'Europe/Atlantis' }, '/time_zone'],
    ['with a currency that there is not', { format: 'csv', currency: 'XXX' }, '/currency'],
    ['with what its format has no use for', { time_zone: 'Europe/Berlin' }, '/time_zone'],
    ['with a separator where there is none', { format: 'poslog', delimiter: ';' }, '/delimiter'],
  ])('is not announced %s', async (_, change, pointer) => {
    const { status, body } = await post({ ...announced, ...change });
    expect([status, body.errors.map((error: { pointer: string }) => error.pointer)]).toEqual([400, [pointer]]);
  });

  it('is announced with where to send it', async () => {
    const { status, headers, body } = await post(announced);
    expect([status, headers.get('location')]).toEqual([201, `${JOBS}/${body.id}`]);
    expect(headers.get('upload-limit')).toMatch(/^max-size=134217728, max-append-size=8388608, max-age=86\d{3}$/);
    expect(body).toMatchObject({
      content_url: `${JOBS}/${body.id}/content`,
      results_url: `${JOBS}/${body.id}/results`,
    });
  });

  it('is one of ten at a time', async () => {
    for (let made = 0; made < 10; made++) expect((await post(announced)).status).toBe(201);
    const { status, body } = await post(announced);
    expect([status, body]).toEqual([409, problem('too-many-jobs')]);
    const { body: page } = await grocer.tills.fetch('GET', `${JOBS}?limit=2`);
    await grocer.tills.fetch('DELETE', `${JOBS}/${page.items[0].id}`);
    expect((await post(announced)).status).toBe(201);
  });

  it('is listed with the others of its client, newest first', async () => {
    const [first, second] = [(await post(announced)).body, (await post(announced)).body];
    const { body: page } = await grocer.tills.fetch('GET', `${JOBS}?limit=1`);
    expect(page.items.map(({ id }: { id: string }) => id)).toEqual([second.id]);
    const { body: next } = await grocer.tills.fetch('GET', `${JOBS}?limit=1&cursor=${page.next_cursor}`);
    expect(next.items.map(({ id }: { id: string }) => id)).toEqual([first.id]);
    expect((await grocer.tills.fetch('GET', `${JOBS}?cursor=nonsense`)).body).toEqual(problem('invalid-cursor'));
  });

  it('is nothing to another client of the same retailer, or to nobody', async () => {
    const file = randomBytes(10);
    const job = await aJob(grocer.tills, file);
    const other = await retailerToken(app, { client: await aClient(app, grocer.retailer.id) });
    for (const { tills, id } of [
      { tills: other, id: job.id },
      { tills: grocer.tills, id: randomUUID() },
    ]) {
      for (const [method, path] of [
        ['GET', ''],
        ['DELETE', ''],
        ['GET', '/results'],
        ['HEAD', '/content'],
      ] as const) {
        expect((await tills.fetch(method, `${JOBS}/${id}${path}`)).status).toBe(404);
      }
      expect((await send(tills, { id }, file)).status).toBe(404);
    }
    expect((await other.fetch('GET', JOBS)).body.items).toEqual([]);
  });

  it('is gone 30 days after it was announced, with its results', async () => {
    const { job } = await reportFile(app, grocer.tills, ndjson([grocer.sale()]));
    await app.db.query(`update interaction_jobs set created_at = $2 where id = $1`, [
      job.id,
      new Date(app.clock.now().getTime() - 30 * 86_400_000 - 1),
    ]);
    await app.runJob('interaction-jobs-sweep');
    expect((await grocer.tills.fetch('GET', `${JOBS}/${job.id}`)).status).toBe(404);
    expect((await app.db.query('select from interaction_job_results where job_id = $1', [job.id])).rowCount).toBe(0);
  });
});
