import { LogChecks } from '../src/oversight/log-checks.js';
import { Monitor } from '../src/oversight/monitor.service.js';
import { MetricsListener } from '../src/platform/metrics/metrics-listener.js';
import { aCustomer, anAuditor, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aFolder, aFreePort, ccx } from './support/cli.js';
import { aConsent, type TestConsent, withdraw } from './support/consents.js';
import { eventually } from './support/eventually.js';
import { holdJobs } from './support/jobs.js';
import { aLife, shops } from './support/lives.js';
import { append, holdLogJobs, publishLog } from './support/log.js';
import { consentToken } from './support/oauth.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size'],
  touchpoints: ['till'],
};

let app: TestApp;
let metrics: string;
beforeAll(async () => {
  const port = await aFreePort();
  metrics = `http://127.0.0.1:${port}/metrics`;
  app = await startApp({ config: { METRICS_PORT: String(port) } });
  await holdLogJobs(app);
  await holdJobs(app, 'audit-monitor', 'audit-day-closing', 'consents.expire');
  await app.get(MetricsListener).listen();
});
afterAll(() => app.stop());

/** Rules and details of what is wrong now, by the full check. */
async function findings(): Promise<string[]> {
  await publishLog(app);
  const found: string[] = [];
  for await (const { rule, detail } of app.get(Monitor).all()) found.push(`${rule}: ${detail}`);
  return found;
}

/** The same, by the job alone: what it knows once it has gone on as far as there is something. */
async function known(): Promise<Record<string, number>> {
  await publishLog(app);
  await app.runJob('audit-monitor');
  return app.get(Monitor).known();
}

/** Plants a fault, as whoever has the database could, and takes it back. */
async function planted<T>(sql: string, undo: string, values: unknown[], work: () => Promise<T>): Promise<T> {
  const { rowCount } = await app.db.query(sql, values);
  expect(rowCount).toBeGreaterThan(0);
  try {
    return await work();
  } finally {
    await app.db.query(undo, values);
  }
}

const none = {
  'version-gap': 0,
  'wrong-disclosure': 0,
  'expiry-not-logged': 0,
  'column-differs': 0,
  'totals-differ': 0,
  'day-not-closed': 0,
};

/** Somebody whose preferences were read under a consent, and what the log calls that read. */
async function aRead(): Promise<{ customer: TestCustomer; consentId: string; disclosureId: string }> {
  const retailer = await aRetailer(app);
  const customer = await aCustomer(app);
  const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
  await customer.api.post('/v1/me/preferences').send(shoes).expect(201);
  const till = await consentToken(app, retailer, customer, { details: [line] });
  const { status, body } = await till.fetch('GET', '/v1/preferences?touchpoint=till&stage=shopping');
  expect(status).toBe(200);
  return { customer, consentId: till.consentId, disclosureId: body.disclosure_id };
}

describe('the monitor', () => {
  let consent: TestConsent;
  let read: Awaited<ReturnType<typeof aRead>>;
  beforeAll(async () => {
    consent = await aConsent(app);
    await withdraw(consent).expect(200);
    read = await aRead();
    await aLife(app, await shops(app));
  });

  it('finds nothing wrong where nothing is, in full or by its job', async () => {
    await expect(findings()).resolves.toEqual([]);
    await expect(known()).resolves.toEqual(none);
  });

  it('finds a version of a consent that no entry tells of', async () => {
    const found = await planted(
      `update consents set version = version + 1 where id = $1`,
      `update consents set version = version - 1 where id = $1`,
      [consent.consentId],
      findings,
    );
    expect(found).toEqual(['version-gap: version 3 is not kept', 'version-gap: version 3 has no entry']);
    await expect(findings()).resolves.toEqual([]);
  });

  it('finds a version that was taken out of the history, and a state that it did not lead to', async () => {
    const found = await planted(
      `update consent_versions set version = 7 where consent_id = $1 and version = 1`,
      `update consent_versions set version = 1 where consent_id = $1 and version = 7`,
      [consent.consentId],
      findings,
    );
    expect(found).toEqual(['version-gap: version 1 is not kept', 'version-gap: there is a version beyond 2']);
    const revived = await planted(
      `update consents set status = 'active' where id = $1`,
      `update consents set status = 'withdrawn' where id = $1`,
      [consent.consentId],
      findings,
    );
    expect(revived).toEqual(['version-gap: it is active, its last version withdrawn']);
  });

  it('finds a read that its consent did not allow', async () => {
    const found = await planted(
      `update consent_versions set status = 'paused' where consent_id = $1 and version = 1`,
      `update consent_versions set status = 'active' where consent_id = $1 and version = 1`,
      [read.consentId],
      findings,
    );
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^wrong-disclosure: disclosure 0 of entry \d+ is wrong: not_active$/),
      ]),
    );
    const narrower = await planted(
      `update consent_versions set details = jsonb_set(details, '{0,touchpoints}', '["web"]') where consent_id = $1`,
      `update consent_versions set details = jsonb_set(details, '{0,touchpoints}', '["till"]') where consent_id = $1`,
      [read.consentId],
      findings,
    );
    expect(narrower).toEqual(expect.arrayContaining([expect.stringMatching(/^wrong-disclosure: .* not_covered$/)]));
  });

  it('finds a read whose row was changed after it was logged', async () => {
    const found = await planted(
      `update disclosures set attributes = '{size.apparel}' where id = $1`,
      `update disclosures set attributes = '{size.footwear}' where id = $1`,
      [read.disclosureId],
      findings,
    );
    expect(found).toEqual([
      expect.stringMatching(/^wrong-disclosure|^column-differs/),
      ...(found.length > 1
        ? [expect.stringMatching(/^column-differs: disclosure 0 of entry \d+ is not what the entry commits to$/)]
        : []),
    ]);
    expect(found.at(-1)).toMatch(/is not what the entry commits to$/);
  });

  it('finds a consent whose time is up without anybody having said so, for as long as it is so', async () => {
    const { consentId } = await aConsent(app);
    await publishLog(app);
    const found = await planted(
      `update consents set expires_at = now() - interval '20 minutes' where id = $1`,
      `update consents set expires_at = now() + interval '20 days' where id = $1`,
      [consentId],
      async () => ({ full: await findings(), job: await known() }),
    );
    expect(found.full).toEqual(['expiry-not-logged: its time is up, and nobody has recorded that']);
    expect(found.job).toMatchObject({ 'expiry-not-logged': 1 });
    await expect(known()).resolves.toEqual(none);
  });

  it.each([
    ['type', `type = 'consent.renewed'`, `type = 'consent.given'`],
    ['retailer_id', `retailer_id = gen_random_uuid()`, `retailer_id = $2`],
    ['purposes', `purposes = '{dpv:Marketing}'`, `purposes = $3`],
    ['attributes', `attributes = '{}'`, `attributes = $4`],
    ['consent_version', `consent_version = 9`, `consent_version = 1`],
    ['at', `at = at - interval '1 day'`, `at = at + interval '1 day'`],
    ['pseudonym', `pseudonym = sha256('nobody')`, `pseudonym = $5`],
    [
      'sealed',
      `sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))`,
      `sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20))`,
    ],
    ['commitment', `commitment = sha256(commitment)`, `commitment = $6`],
  ])('finds an entry whose column is not what its leaf commits to: %s', async (column, fault, undone) => {
    const { rows } = await app.db.query(`select * from audit_log where type = 'consent.given' and retailer_id = $1`, [
      consent.retailer.id,
    ]);
    const [entry] = rows;
    await app.db.query(
      `update audit_log set ${fault.replace(`sha256('nobody')`, `substring(sha256('nobody') for 16)`)} where idx = $1`,
      [entry.idx],
    );
    const found = await findings();
    await app.db.query(
      `update audit_log set ${undone} where idx = $1 and ($2::uuid, $3::text[], $4::text[], $5::bytea, $6::bytea) is not null`,
      [entry.idx, entry.retailer_id, entry.purposes, entry.attributes, entry.pseudonym, entry.commitment],
    );
    expect(found.filter((one) => one.startsWith('column-differs'))).toEqual([
      expect.stringContaining(`entry ${entry.idx} differs in ${column}`),
    ]);
    await expect(findings()).resolves.toEqual([]);
  });

  it('finds an entry that is not there any more', async () => {
    const { rows } = await app.db.query(`delete from audit_log where idx = 1 returning *`);
    const found = await findings();
    const [names, places] = [Object.keys(rows[0]), Object.keys(rows[0]).map((_, place) => `$${place + 1}`)];
    await app.db.query(`insert into audit_log (${names.join()}) values (${places.join()})`, Object.values(rows[0]));
    expect(found).toContain('column-differs: entry 1 is not there');
    await expect(findings()).resolves.toEqual([]);
  });

  it('finds nothing wrong with what is left of somebody who was erased', async () => {
    const { customer } = await aRead();
    await publishLog(app);
    await customer.api.delete('/v1/me').expect(202);
    const unfinished = 'select from erasures where began_at is not null and finished_at is null';
    await app.runJob('erasures');
    // What was written while it began is erased some time after.
    app.clock.advance({ minutes: 5 });
    await eventually(async () => {
      await app.runJob('erasures');
      expect((await app.db.query(unfinished)).rows).toEqual([]);
    });
    await expect(findings()).resolves.toEqual([]);
    await expect(known()).resolves.toEqual(none);
  });

  it('remembers how far it has looked, finds what is new alone, and says so in the log', async () => {
    await known();
    const { consentId, retailer } = await aConsent(app);
    await publishLog(app);
    await app.db.query(`update audit_log set consent_version = 4 where retailer_id = $1 and type = 'consent.given'`, [
      retailer.id,
    ]);
    await expect(known()).resolves.toMatchObject({ 'column-differs': 1 });
    // What was found stays, although it is looked at no more.
    await expect(known()).resolves.toMatchObject({ 'column-differs': 1 });
    const said = (await audited(app, null)).filter(({ type }) => type === 'monitor.found');
    expect(said.at(-1)).toMatchObject({ data: { rules: { 'column-differs': 1 } } });

    const stored = JSON.stringify((await app.db.query('select * from audit_findings')).rows);
    expect(stored).not.toContain(consentId);
    const auditor = await anAuditor(app, { retailerIds: [retailer.id] });
    const { body } = await auditor.api.get('/v1/audit/statistics').expect(200);
    expect(body.monitor.findings).toEqual({ ...none, 'column-differs': 1 });
    await app.db.query(`update audit_log set consent_version = 1 where retailer_id = $1 and type = 'consent.given'`, [
      retailer.id,
    ]);
    await expect(findings()).resolves.toEqual([]);
    await expect(known()).resolves.toEqual(none);
  });

  it('goes on from where the command has come to in the meantime', async () => {
    await findings();
    const reached = async () => Number((await app.db.query('select size from audit_monitor')).rows[0].size);
    const all = await reached();
    await app.db.query('update audit_monitor set size = size - 3');
    jest.spyOn(app.get(LogChecks), 'check').mockImplementationOnce(async () => {
      await append(app, 5);
      await findings();
      return [];
    });
    await known();
    expect(await reached()).toBe(all + 5);
  });

  it('comes by every customer in time, also where the log says nothing new of them', async () => {
    const { customer, consentId } = await aConsent(app);
    await known();
    await app.db.query(`update consents set version = 5 where id = $1`, [consentId]);
    await app.db.query(`update audit_monitor set bucket = $1`, [customer.key.bucket - (customer.key.bucket % 64)]);
    expect((await known())['version-gap']).toBeGreaterThan(0);
    await app.db.query(`update consents set version = 1 where id = $1`, [consentId]);
    await expect(findings()).resolves.toEqual([]);
  });
});

describe('the closing of a day', () => {
  const closings = async () => {
    await publishLog(app);
    return (await audited(app, null)).filter(({ type }) => type === 'day.closed');
  };

  it('counts every entry since the day before, all in all and of each retailer, and exactly once', async () => {
    expect(await closings()).toEqual([]);
    app.clock.advance({ days: 1 });
    await Promise.all([app.runJob('audit-day-closing'), app.runJob('audit-day-closing')]);
    const first = await closings();
    const { rows } = await app.db.query(
      `select retailer_id, from_size::int, to_size::int, count(*)::int as count
         from audit_log, audit_days where idx >= from_size and idx < to_size group by 1, 2, 3`,
    );
    const retailers = rows.filter(({ retailer_id }) => retailer_id !== null);
    expect(first).toHaveLength(1 + retailers.length);
    const sumOf = ({ data }: Record<string, unknown>) =>
      Object.values((data as { totals: Record<string, number> }).totals).reduce((sum, count) => sum + count, 0);
    const [all] = first.filter(({ retailer_id }) => retailer_id === undefined);
    expect(sumOf(all!)).toBe(rows[0].to_size);
    for (const { retailer_id, count } of retailers) {
      expect(sumOf(first.find((closing) => closing.retailer_id === retailer_id)!)).toBe(count);
    }

    // The same day is not closed again; the next one goes on where this one has ended.
    await app.runJob('audit-day-closing');
    expect(await closings()).toHaveLength(first.length);
    app.clock.advance({ days: 1 });
    await app.runJob('audit-day-closing');
    const second = (await closings()).slice(first.length);
    expect(second[0]).toMatchObject({ data: { from: rows[0].to_size } });
    await expect(findings()).resolves.toEqual([]);
  });

  it('shows when an entry is left out or passed off as another retailer’s', async () => {
    const found = await planted(
      `update audit_log set type = 'test.hidden' where idx = (select min(idx) from audit_log where type = 'customer.registered')`,
      `update audit_log set type = 'customer.registered' where type = 'test.hidden'`,
      [],
      findings,
    );
    expect(found).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^column-differs: entry \d+ differs in type$/),
        expect.stringMatching(
          /^totals-differ: the closing of [\d-]+ \(entry \d+\) counts otherwise: customer.registered, test.hidden$/,
        ),
      ]),
    );
    await expect(findings()).resolves.toEqual([]);
  });

  it('is missed after two days', async () => {
    app.clock.advance({ days: 3 });
    await expect(known()).resolves.toMatchObject({ 'day-not-closed': 1 });
    await app.runJob('audit-day-closing');
    await expect(known()).resolves.toEqual(none);
  });
});

describe('ccx audit check', () => {
  jest.setTimeout(120_000);
  const check = async (...args: string[]) => {
    const { CCX_KEK, CCX_PEPPER, PUBLIC_URL, DATA_FOLDER } = app.config;
    const env = {
      NODE_ENV: 'test',
      DATABASE_URL: app.databaseUrl,
      CCX_KEK: CCX_KEK ?? '',
      CCX_PEPPER: CCX_PEPPER ?? '',
      PUBLIC_URL,
      DATA_FOLDER,
    };
    return ccx(['audit', 'check', ...args], { cwd: await aFolder(), env });
  };

  it('says that nothing is wrong, and how much it has looked at', async () => {
    await publishLog(app);
    const { code, stdout, stderr } = await check();
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^Nothing is wrong. Looked at \d+ entries and \d+ customers\.\n$/),
    ]);
    expect(stderr).toMatch(/Checking: \d+ of \d+/);
  });

  it('prints a line for each finding, and fails', async () => {
    const { consentId } = await aConsent(app);
    await publishLog(app);
    await app.db.query(`update consents set version = 2 where id = $1`, [consentId]);
    const { code, stdout } = await check('--json');
    const told = stdout
      .trimEnd()
      .split('\n')
      .map((one) => JSON.parse(one));
    expect(told.map(({ rule }) => rule)).toEqual(['version-gap', 'version-gap', undefined]);
    expect(told.at(-1)).toMatchObject({ findings: 2 });
    expect(stdout).not.toContain(consentId);
    expect(code).toBe(1);
    await app.db.query(`update consents set version = 1 where id = $1`, [consentId]);
  });
});

describe('metrics', () => {
  const values = async (name: string) => {
    const text = await (await fetch(metrics)).text();
    return Object.fromEntries(
      [...text.matchAll(new RegExp(`^${name}(\\S*) (\\S+)$`, 'gm'))].map(([, labels, value]) => [
        labels,
        Number(value),
      ]),
    );
  };

  it('tell how long the log is, how fresh its checkpoint, what waits, and what is wrong', async () => {
    await findings();
    const size = await publishLog(app);
    await append(app, 3);
    await expect(values('ccx_log_entries')).resolves.toEqual({ '': size });
    await expect(values('ccx_log_checkpoint_entries')).resolves.toEqual({ '': size });
    await expect(values('ccx_log_pending_entries')).resolves.toEqual({ '': 3 });
    expect((await values('ccx_log_checkpoint_age_seconds'))['']).toBeLessThan(60);
    await expect(values('ccx_audit_findings')).resolves.toEqual(
      Object.fromEntries(Object.keys(none).map((rule) => [`{rule="${rule}"}`, 0])),
    );
    const alarms = await values('ccx_log_alarm');
    expect(Object.keys(alarms)).toContain('{code="log-signing-refused"}');
    expect(Object.values(alarms).every((active) => active === 0)).toBe(true);
    expect(Object.keys(await values('process_cpu_user_seconds_total'))).toHaveLength(1);
  });

  it('are nowhere else, neither on this listener nor on the service', async () => {
    expect((await fetch(metrics.replace('/metrics', '/'))).status).toBe(404);
    await app.http.get('/metrics').expect(404);
  });
});
