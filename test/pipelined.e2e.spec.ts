import { serviceConnections } from '../src/platform/database/data-source.js';
import { Database } from '../src/platform/database/database.js';
import { isRetryable, isTakingTooLong } from '../src/platform/database/errors.js';
import { Pipelined } from '../src/platform/database/pipelined.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed } from './support/disclosed.js';
import { type ConsentAccess, consentToken, dpopFetch, dpopProof } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';

const STATEMENTS = 40;
const slowly = (n: number) => ({ text: 'select $1::int as n, pg_sleep(0.05)', values: [n] });
const PATH = '/v1/preferences?touchpoint=till';

/** Cuts every connection of the service. */
const cut = (app: TestApp) =>
  app.db.query(`
    select pg_terminate_backend(pid) from pg_stat_activity
     where datname = current_database() and application_name = 'ccx'`);

async function aTill(app: TestApp): Promise<{ mira: TestCustomer; till: ConsentAccess }> {
  const [grocer, mira] = await Promise.all([aRetailer(app), aCustomer(app)]);
  return { mira, till: await consentToken(app, grocer, mira) };
}

describe('statements that share a connection', () => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp();
  });
  afterAll(() => app.stop());

  const lanes = (longest: { statement_timeout: number; longestSilenceMs: number }) =>
    new Pipelined(1, { ...serviceConnections({ url: app.databaseUrl, applicationName: 'ccx' }), ...longest });

  it('are each answered with what they asked for', async () => {
    const database = app.get(Database);
    const asked = Array.from({ length: STATEMENTS }, (_, n) => n);
    const answers = await Promise.all(
      asked.map((n) => database.readNamed<{ n: number }>('test.n', 'select $1::int as n', [n])),
    );
    expect(answers).toEqual(asked.map((n) => [{ n }]));
  });

  it('fail one by one, whatever is wrong with one of them', async () => {
    const database = app.get(Database);
    const halves = await Promise.allSettled(
      [1, 0, 2].map((n) => database.readNamed<{ half: number }>('test.half', 'select 2 / $1::int as half', [n])),
    );
    expect(halves).toMatchObject([{ value: [{ half: 2 }] }, { reason: { code: '22012' } }, { value: [{ half: 1 }] }]);
  });

  it('are asked again when their connection is lost', async () => {
    const database = app.get(Database);
    const asked = Array.from({ length: STATEMENTS }, (_, n) => n);
    const { text } = slowly(0);
    const answers = Promise.all(asked.map((n) => database.readNamed<{ n: number }>('test.slow', text, [n])));
    await cut(app);
    expect((await answers).map(([row]) => row?.n)).toEqual(asked);
  });

  it('wait for a slow one only until it is ended', async () => {
    const reads = lanes({ statement_timeout: 100, longestSilenceMs: 10_000 });
    const [slow, behind] = await Promise.allSettled([
      reads.query({ text: 'select pg_sleep(60)' }),
      reads.query({ text: 'select 1 as n' }),
    ]);
    expect(isTakingTooLong(slow.status === 'rejected' && slow.reason)).toBe(true);
    expect(behind).toEqual({ status: 'fulfilled', value: [{ n: 1 }] });
    await reads.end();
  });

  it('wait for a connection that says nothing only for so long, and are then to be asked elsewhere', async () => {
    const reads = lanes({ statement_timeout: 0, longestSilenceMs: 300 });
    const lost = await Promise.allSettled([
      reads.query({ text: 'select pg_sleep(60)' }),
      reads.query({ text: 'select 1 as n' }),
    ]);
    expect(lost.map((outcome) => outcome.status === 'rejected' && isRetryable(outcome.reason))).toEqual([true, true]);
    expect(await reads.query({ text: 'select 2 as n' })).toEqual([{ n: 2 }]);
    await reads.end();
  });

  it('may be asked elsewhere when another transaction has failed to prepare what they count on', async () => {
    const commits = lanes({ statement_timeout: 5_000, longestSilenceMs: 10_000 });
    const fails = { name: 'test.fails', text: 'select 1 / $1::int', values: [0] };
    const follows = { name: 'test.follows', text: 'select $1::int', values: [1] };
    const [broken, behind] = await Promise.allSettled([
      commits.transaction([fails, follows]),
      commits.transaction([follows]),
    ]);
    expect(broken).toMatchObject({ reason: { code: '22012' } });
    expect(behind).toMatchObject({ reason: { code: '26000' } });
    expect(isRetryable((behind as PromiseRejectedResult).reason)).toBe(true);
    await commits.transaction([follows]);
    await commits.end();
  });

  it('keep nothing of a transaction one statement of which fails', async () => {
    const commits = lanes({ statement_timeout: 1_000, longestSilenceMs: 10_000 });
    await app.db.query('create table kept (n int primary key)');
    await app.db.query('grant insert on kept to ccx_app');
    const keep = (n: number) => ({ text: 'insert into kept values ($1)', values: [n] });
    const outcomes = await Promise.allSettled([
      commits.transaction([keep(1), keep(2)]),
      commits.transaction([keep(3), keep(1), keep(4)]),
      commits.transaction([keep(5)]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    const { rows } = await app.db.query('select n from kept order by n');
    expect(rows).toEqual([{ n: 1 }, { n: 2 }, { n: 5 }]);
    await app.db.query('drop table kept');
    await commits.end();
  });

  it('make no read fail and record none twice when connections are lost under it', async () => {
    const { mira, till } = await aTill(app);
    await till.fetch('GET', PATH);
    const answers = [];
    for (let round = 0; round < 5; round++) {
      const reads = Promise.all(Array.from({ length: 20 }, () => till.fetch('GET', PATH)));
      await cut(app);
      answers.push(...(await reads));
    }
    const given = answers.filter(({ status }) => status === 200).map(({ body }) => body.disclosure_id as string);
    const recorded = (await disclosed(app, mira.key)).map(({ id }) => id);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(recorded).toHaveLength(new Set(recorded).size);
    expect(recorded).toEqual(expect.arrayContaining(given));
    expect(recorded).toHaveLength(given.length + 1);
  });
});

describe.each([
  ['without connections for reads', { DATABASE_READ_CONNECTIONS: '0' }],
  ['without names for statements', { DATABASE_NAMED_STATEMENTS: 'off' }],
  ['without either', { DATABASE_READ_CONNECTIONS: '0', DATABASE_NAMED_STATEMENTS: 'off' }],
])('a service %s', (_, config) => {
  let app: TestApp;
  beforeAll(async () => {
    app = await startApp({ config });
  });
  afterAll(() => app.stop());

  it('answers, says that nothing has changed, takes a proof once, and heeds a withdrawal like any other', async () => {
    const { mira, till } = await aTill(app);
    const { body, headers } = await till.fetch('GET', PATH);
    const again = await till.fetch('GET', PATH);
    expect({ ...again.body, at: body.at, disclosure_id: body.disclosure_id }).toEqual(body);
    const held = await till.fetch('GET', PATH, undefined, { 'if-none-match': String(headers.get('etag')) });
    const proof = await dpopProof(till.key, {
      htm: 'GET',
      htu: `${app.url}/v1/preferences`,
      token: till.accessToken,
      now: app.clock.now(),
    });
    const both = await Promise.all([1, 2].map(() => dpopFetch(app, till, 'GET', PATH, { proof })));
    await mira.api.post(`/v1/me/consents/${till.consentId}/withdraw`).send({}).expect(200);
    const late = await till.fetch('GET', PATH);
    expect([again.status, held.status, ...both.map(({ status }) => status).toSorted(), late.status]).toEqual([
      200, 304, 200, 401, 401,
    ]);
    expect((await disclosed(app, mira.key)).map(({ unchanged, refused }) => refused ?? unchanged)).toEqual([
      false,
      false,
      true,
      false,
      'invalid-token',
    ]);
  });
});
