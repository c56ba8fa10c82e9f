import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';

import { createLocalJWKSet, decodeProtectedHeader, compactVerify } from 'jose';
import { pino } from 'pino';

import { Database } from '../src/platform/database/database.js';
import { Monitor } from '../src/oversight/monitor.service.js';
import { consentRef, subjectFor } from '../src/oversight/pseudonyms.js';
import { StaffService } from '../src/staff/staff.service.js';
import { describeError } from '../src/platform/http/logging.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { aCustomer, anAuditor, anOperator, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { Browser, textOf } from './support/browser.js';
import { type GotBundle, getBundle } from './support/bundles.js';
import { runSetting } from './support/database-server.js';
import { ndjson, reportFile } from './support/interaction-jobs.js';
import { expectWhole, publishLog } from './support/log.js';
import { verdictOn } from './support/verifying.js';
import { leavesOf } from './support/contents.js';
import { aConsent, aConsentRequest } from './support/consents.js';
import {
  askToBeErased,
  erased,
  finish,
  progressOf,
  takeSteps,
  type TestErasure,
  type Trace,
  traceOf,
  traceOfBytes,
  tracesIn,
  tracesInText,
} from './support/erasures.js';
import { aLife, type Life, type Shops, shops } from './support/lives.js';
import { audited } from './support/records.js';
import { retailerToken, type RetailerAccess } from './support/oauth.js';
import { aRetailer } from './support/retailers.js';

const said: string[] = [];
const sink = new Writable({ write: (line: Buffer, _, done) => done(void said.push(String(line))) });
const logger = pino({ level: 'trace', base: null, serializers: { err: describeError } }, sink);

jest.setTimeout(60_000);

let app: TestApp;
let both: Shops;
beforeAll(async () => {
  app = await startApp({ logger });
  both = await shops(app);
});
afterAll(() => app.stop());

const ownToken = (retailer: Shops['grocer']) => retailerToken(app, retailer, { scope: 'consents.read' });

interface Notice {
  readonly number: string;
  readonly subject: string | null;
  readonly consents: readonly string[];
  readonly status: string;
}

async function noticesOf(access: RetailerAccess, query = ''): Promise<Notice[]> {
  const { status, body } = await access.fetch('GET', `/v1/erasures${query}`);
  expect(status).toBe(200);
  return body.items as Notice[];
}

describe('asking to be erased', () => {
  it('needs a recent sign-in, and does it at once unless told otherwise', async () => {
    const mira = await aCustomer(app);
    app.clock.advance({ seconds: 301 });
    const { body } = await mira.api.delete('/v1/me').expect(401);
    expect(body.type).toMatch(/recent-sign-in-required$/);

    const { execute_at, token, ...erasure } = await askToBeErased(app, mira);
    expect(erasure).toMatchObject({ status: 'waiting', export: `${app.url}/v1/me/export` });
    expect(Math.abs(Date.parse(execute_at) - app.clock.now().getTime())).toBeLessThan(5_000);
    expect(token).toMatch(/^ccx_er_/);
  });

  it.each(['P31D', 'PT1H', '7', '-P1D'])('takes no cool-off of %s', async (coolOff) => {
    const mira = await aCustomer(app);
    const { body } = await mira.api.delete(`/v1/me?cool_off=${coolOff}`).expect(400);
    expect(body.errors).toEqual([{ pointer: 'query/cool_off', detail: 'must be P0D to P30D' }]);
  });

  it('changes nothing while it can be cancelled, and nothing ever once it is', async () => {
    const mira = await aCustomer(app);
    await mira.api.get('/v1/me/erasure').expect(404);
    const asked = await askToBeErased(app, mira, 'P7D');
    const { body: again } = await mira.api.delete('/v1/me?cool_off=P1D').expect(409);
    expect(again).toMatchObject({ execute_at: asked.execute_at });
    await takeSteps(app);
    await mira.api.get('/v1/me/erasure').expect(200);
    expect(await progressOf(app, asked)).toMatchObject({ status: 'waiting', account_ended_at: null, receipt: null });

    const { body } = await mira.api.delete('/v1/me/erasure').expect(200);
    expect(body.status).toBe('cancelled');
    await mira.api.delete('/v1/me/erasure').expect(404);
    app.clock.advance({ days: 8 });
    await takeSteps(app);
    expect(await progressOf(app, asked)).toMatchObject({ status: 'cancelled' });
    await app.http.post('/v1/sessions').send({ email: mira.email, password: mira.password }).expect(201);
  });

  it('can be followed with its token alone', async () => {
    await app.http.get('/v1/erasures/current').expect(401);
    await bearer(app, 'ccx_er_nobodys').get('/v1/erasures/current').expect(401);
    const mira = await aCustomer(app);
    await bearer(app, mira.token).get('/v1/erasures/current').expect(401);
  });
});

/** Everything by which the customer could be told again. */
async function tracesOf({ customer, till, tailoring }: Life): Promise<Trace[]> {
  const { reader } = app.get(Database);
  const traces: Trace[] = [
    traceOf('customer id', customer.customerId),
    traceOf('e-mail', customer.email),
    traceOf('name', 'Mira Feldmann'),
    traceOf('size', '"size":"39"'),
    traceOf('earlier size', '"size":"38"'),
    traceOf('loyalty number', '4711 0815'),
    traceOf('note', 'A present for Jo.'),
    traceOf('dispute', 'Whose is that?'),
    traceOf('token name', 'My calendar'),
    traceOf('session', customer.sessionId),
    traceOf('till sub', till.subject),
    traceOf('tailor sub', tailoring.subject),
  ];
  const { rows: pseudonyms } = await app.db.query<{ pseudonym: Buffer }>(
    'select pseudonym from audit_subjects where customer_id = $1',
    [customer.customerId],
  );
  for (const { pseudonym } of pseudonyms) traces.push(traceOfBytes('pseudonym', pseudonym));
  for await (const { kind, record } of app.get(PersonalData).export(reader, customer.key)) {
    // What somebody else let them do stays with whom they did it for, and a request that was not answered with its
    // retailer, as one to nobody.
    if (record['role'] === 'delegate' || (kind === 'consent_request' && record['consent_id'] === null)) continue;
    for (const [member, value] of Object.entries(record)) {
      const isId = typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value);
      if (isId && /(^|_)id$/.test(member) && !/^(retailer|client)_id$/.test(member)) {
        traces.push(traceOf(`${kind} ${member}`, value));
      }
    }
  }
  return traces;
}

/** What is done besides, and leaves something somewhere else than in the customer's own tables. */
async function goOn({ customer, tailoring }: Life): Promise<void> {
  const { api, email } = customer;
  const tailor = await retailerToken(app, both.tailor, { scope: 'preferences.read interactions.write' });
  const asked = { subjects: [tailoring.subject], touchpoint: 'till', purpose: 'dpv:ServicePersonalisation' };
  expect((await tailor.fetch('POST', '/v1/preferences/lookup', asked)).status).toBe(200);
  const { results } = await reportFile(app, tailor, ndjson([tailoring.sale(), tailoring.sale()]));
  expect(results.map(({ outcome }) => outcome)).toEqual(['stored', 'stored']);
  await api.get('/v1/me/export').expect(200);
  await app.http.post('/v1/sessions').send({ email, password: 'a wrong one, by mistake' }).expect(401);
}

/** What auditors and operators do about somebody; answers what the auditor calls them. */
async function lookInto({ customer, till }: Life): Promise<Trace[]> {
  const [auditor, operator] = await Promise.all([anAuditor(app), anOperator(app)]);
  const engagement = await app.get(StaffService).engagementOf(auditor.staffId);
  const { rows } = await app.db.query<{ pseudonym: Buffer }>(
    'select pseudonym from audit_subjects where customer_id = $1',
    [customer.customerId],
  );
  const subject = subjectFor(engagement!.key, rows[0]!.pseudonym);
  const ref = consentRef(engagement!.key, till.consentId);
  for (const path of [`entries?subject=${subject}`, `consents?subject=${subject}`, `exports?subject=${subject}`]) {
    await auditor.api.get(`/v1/audit/${path}`).expect(200);
  }
  await getBundle(auditor.api, `/v1/audit/consents/${ref}/bundle`);
  const reason = 'A complaint that came by letter.';
  const { body } = await auditor.api.post('/v1/audit/reidentifications').send({ subject, reason }).expect(201);
  await operator.api.post(`/v1/admin/reidentifications/${body.id}/approve`).expect(200);
  await auditor.api.get(`/v1/audit/reidentifications/${body.id}`).expect(200);
  return [traceOf('auditor’s name', subject), traceOf('auditor’s ref', ref)];
}

interface Kept {
  readonly bundle: GotBundle;
  readonly proof: object;
}

async function keepsakesOf({ customer: { api }, till }: Life): Promise<Kept> {
  const { body } = await api.get(`/v1/me/consents/${till.consentId}/receipts`).expect(200);
  const { body: proof } = await api.get(`/v1/me/receipts/${body.items[0].id}/proof`).expect(200);
  return { bundle: await getBundle(api, `/v1/me/consents/${till.consentId}/bundle`), proof };
}

async function verdictOnProof(proof: object) {
  const file = join(await mkdtemp(join(runSetting('folder'), 'proof-')), 'proof.json');
  await writeFile(file, JSON.stringify(proof));
  return verdictOn(file, {
    policy: `${app.url}/log/v1/policy`,
    keys: `${app.url}/oauth/jwks`,
    log: `${app.url}/log/v1`,
  });
}

describe('a customer who has used everything', () => {
  let mira: Life;
  let otto: Life;
  let traces: Trace[];
  let log: string[];
  let erasure: TestErasure;

  /** What both have got and keep: bundles, and a receipt with its proof. */
  let kept: { mira: Kept; otto: Kept };

  beforeAll(async () => {
    said.length = 0;
    [mira, otto] = await Promise.all([aLife(app, both), aLife(app, both)]);
    await goOn(mira);
    await publishLog(app);
    kept = { mira: await keepsakesOf(mira), otto: await keepsakesOf(otto) };
    traces = [...(await tracesOf(mira)), ...(await lookInto(mira))];
    await publishLog(app);
    log = await leavesOf(app.db);
  });

  it('is all over the database before', async () => {
    const found = await tracesIn(app.db, traces);
    const names = new Set(found.map((line) => line.split(':')[0]));
    for (const name of ['customer id', 'pseudonym', 'session', 'disclosure id']) expect(names).toContain(name);
    expect(found.length).toBeGreaterThan(40);
    // What is sealed is there for whoever has the keys.
    const records: string[] = [];
    for await (const { record } of app.get(PersonalData).export(app.get(Database).reader, mira.customer.key)) {
      records.push(JSON.stringify(record));
    }
    const opened = tracesInText(records.join('\n'), traces);
    for (const name of ['e-mail', 'name', 'size', 'earlier size', 'note', 'token name']) expect(opened).toContain(name);
  });

  it('is gone from it afterwards, once the retailers know', async () => {
    await mira.customer.api.delete('/v1/me/erasure');
    erasure = await askToBeErased(app, mira.customer);
    await finish(app);
    const subjects = ['tailor sub: erasure_notices.subject', 'till sub: erasure_notices.subject'];
    expect(await tracesIn(app.db, traces)).toEqual(expect.arrayContaining(subjects));
    for (const retailer of [both.grocer, both.tailor]) {
      const access = await ownToken(retailer);
      for (const { number } of await noticesOf(access, '?status=open')) {
        expect((await access.fetch('POST', `/v1/erasures/${number}/confirm`)).status).toBe(200);
      }
    }
    expect(await tracesIn(app.db, traces)).toEqual([]);
  });

  it('is not in what was logged of it, nor in what the broker sealed for itself', async () => {
    expect(said.length).toBeGreaterThan(0);
    expect(tracesInText(said.join(''), traces)).toEqual([]);
    const entries = await audited(app, null);
    expect(entries.map(({ type }) => type)).toContain('customer.erased');
    expect(tracesInText(JSON.stringify(entries), traces)).toEqual([]);
  });

  it('has left what it was asked for in vain to nobody', async () => {
    const { rows } = await app.db.query(
      `select r.message, c.customer_id, k.customer_id as keys
         from consent_requests r left join customers c using (customer_id) left join subject_keys k using (customer_id)
        where r.id = $1`,
      [mira.openRequest.id],
    );
    expect(rows).toEqual([{ message: null, customer_id: null, keys: null }]);
  });

  it('has left every leaf of the log where it was', async () => {
    const now = await leavesOf(app.db);
    expect(log.filter((leaf) => !now.includes(leaf))).toEqual([]);
  });

  it('has a receipt for it, which anybody can verify', async () => {
    const progress = await progressOf(app, erasure);
    expect(progress).toMatchObject({ status: 'finished', number: erasure.number });
    expect(progress.progress.done).toBe(progress.progress.total);
    expect(progress.erased).toMatchObject({ preference_versions: 3, customers: 1, sessions: expect.any(Number) });
    const { body: jwks } = await app.http.get('/oauth/jwks').expect(200);
    const { payload } = await compactVerify(progress.receipt, createLocalJWKSet(jwks));
    expect(decodeProtectedHeader(progress.receipt)).toMatchObject({ typ: 'erasure-receipt+jwt' });
    const receipt = JSON.parse(new TextDecoder().decode(payload));
    expect(receipt).toMatchObject({ iss: app.url, jti: erasure.number, erased: progress.erased, retailers_told: 2 });
    const { rows } = await app.db.query<{ type: string }>(
      `select type from audit_log where leaf_hash = decode($1, 'base64')
       union all select type from audit_pending where leaf_hash = decode($1, 'base64')`,
      [receipt.log.leaf_hash],
    );
    expect(rows).toEqual([{ type: 'customer.erased' }]);
  });

  it('left the proofs of others, and its own old ones, as they were', async () => {
    await publishLog(app);
    for (const { bundle, proof } of [kept.otto, kept.mira]) {
      expect(await bundle.verdict(app)).toMatchObject({ failed: [], exitCode: 0 });
      expect(await verdictOnProof(proof)).toMatchObject({ failed: [], exitCode: 0 });
    }
    const { bundle, proof } = await keepsakesOf(otto);
    expect(await bundle.verdict(app)).toMatchObject({ failed: [], exitCode: 0 });
    expect(await verdictOnProof(proof)).toMatchObject({ failed: [], exitCode: 0 });
    await expectWhole(app);
    const findings: unknown[] = [];
    for await (const finding of app.get(Monitor).all()) findings.push(finding);
    expect(findings).toEqual([]);
  });

  it('has taken nothing of anybody else along', async () => {
    await otto.customer.api.get('/v1/me').expect(200);
    expect((await otto.till.fetch('GET', '/v1/preferences?touchpoint=till')).status).toBe(200);
  });
});

describe('whoever has been erased', () => {
  it('cannot sign in, and may register anew as somebody else', async () => {
    const mira = await aCustomer(app);
    await erased(app, mira);
    await mira.api.get('/v1/me').expect(401);
    const { email, password } = mira;
    await app.http.post('/v1/sessions').send({ email, password }).expect(401);
    const recovery = { email, code: mira.recoveryCodes[0], new_password: 'four geese over the canal' };
    await app.http.post('/v1/recoveries').send(recovery).expect(401);
    const { body } = await app.http.post('/v1/customers').send({ email, password }).expect(201);
    expect(body.customer_id).not.toBe(mira.customerId);
  });
});

describe('retailers', () => {
  it('learn whom to delete, each under a number of its own, and attest it', async () => {
    const [grocer, tailor] = await Promise.all([aRetailer(app), aRetailer(app)]);
    const mira = await aCustomer(app);
    const given = await aConsent(app, { customer: mira, retailer: grocer });
    await aConsent(app, { customer: mira, retailer: tailor });
    const stranger = await aRetailer(app);
    const erasure = await erased(app, mira);

    const [access, other, none] = await Promise.all([ownToken(grocer), ownToken(tailor), ownToken(stranger)]);
    const [notice] = await noticesOf(access);
    const [others] = await noticesOf(other);
    expect(await noticesOf(none)).toEqual([]);
    expect(notice).toMatchObject({ consents: [given.consentId], status: 'told', subject: expect.any(String) });
    expect(new Set([notice?.number, others?.number, erasure.number]).size).toBe(3);
    expect(await none.fetch('POST', `/v1/erasures/${notice?.number}/confirm`)).toMatchObject({ status: 404 });

    const path = `/v1/erasures/${notice?.number}`;
    const retained = { outcome: 'retained', legal_ground: 'legal_obligation' };
    expect(await access.fetch('POST', `${path}/attest`, { outcome: 'retained' })).toMatchObject({ status: 400 });
    const contradictory = { ...retained, outcome: 'deleted' };
    expect(await access.fetch('POST', `${path}/attest`, contradictory)).toMatchObject({ status: 400 });
    expect(await access.fetch('POST', `${path}/attest`, retained)).toMatchObject({
      status: 200,
      body: { subject: null, consents: [], status: 'retained', legal_ground: 'legal_obligation' },
    });
    expect((await progressOf(app, erasure)).retailers).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ id: grocer.id, status: 'retained', legal_ground: 'legal_obligation' }),
        expect.objectContaining({ id: tailor.id, status: 'told' }),
      ]),
    );
    const deleted = { outcome: 'deleted' };
    expect((await access.fetch('POST', `${path}/attest`, deleted)).body).toMatchObject({ status: 'deleted' });
    expect((await access.fetch('POST', `${path}/attest`, deleted)).status).toBe(200);
    expect((await access.fetch('POST', `${path}/attest`, retained)).status).toBe(409);
    expect(await noticesOf(access, '?status=open')).toEqual([]);
    expect(await noticesOf(access, '?status=attested')).toHaveLength(1);
  });

  it('are told of whom for 30 days, reminded after that, and listed for operators', async () => {
    const grocer = await aRetailer(app);
    const mira = await aCustomer(app);
    await aConsent(app, { customer: mira, retailer: grocer });
    await erased(app, mira);
    app.clock.advance({ days: 31 });
    await app.runJob('erasure-notices');
    const [notice] = await noticesOf(await ownToken(grocer));
    expect(notice).toMatchObject({ subject: null, consents: [], status: 'told' });

    const operator = await anOperator(app);
    const { body } = await bearer(app, operator.token).get('/v1/admin/erasures').expect(200);
    const mine = body.items.find(({ retailer_id }: { retailer_id: string }) => retailer_id === grocer.id);
    expect(mine).toMatchObject({ number: notice?.number, reminded_at: expect.any(String) });
    const events = () =>
      app.db.query(`select from outbox_events where type = 'erasure.overdue' and subject = $1`, [mine.number]);
    await app.runJob('erasure-notices');
    expect((await events()).rowCount).toBe(1);
    app.clock.advance({ days: 8 });
    await app.runJob('erasure-notices');
    expect((await events()).rowCount).toBe(2);
  });

  it('that asked by e-mail and were given nothing see no difference to an address that nobody has', async () => {
    const grocer = await aRetailer(app, { client: { scopes: ['consents.request', 'consents.read'] } });
    const mira = await aCustomer(app);
    const asked = await aConsentRequest(app, { customer: mira, retailer: grocer });
    const path = `/v1/consent-requests/${asked.id}`;
    const before = await asked.asRetailer.fetch('GET', path);
    await erased(app, mira);
    expect(await asked.asRetailer.fetch('GET', path)).toMatchObject({ status: 200, body: before.body });
    expect(await noticesOf(await ownToken(grocer))).toEqual([]);
    app.clock.advance({ days: 15 });
    await app.runJob('consent-requests.lapse');
    const later = await (await ownToken(grocer)).fetch('GET', path);
    expect(later.body).toMatchObject({ status: 'lapsed', decided_at: null });
  });
});

describe('on the pages', () => {
  const inAccount = async (customer: TestCustomer, language: string) => {
    const browser = new Browser(app.url, { 'accept-language': language });
    const door = await browser.follow(await browser.get('/account/erasure'));
    const { email, password } = customer;
    return { browser, page: await browser.follow(await browser.submit(door, 'sign-in', { email, password })) };
  };

  it('one takes everything along, asks for it, and keeps the account after all', async () => {
    const mira = await aCustomer(app);
    const { browser, page } = await inAccount(mira, 'en');
    expect(textOf(page.body)).toContain('First take along what you want to keep');
    const everything = await browser.get('/account/erasure/export');
    expect(everything.body).toContain(mira.email);
    expect((await browser.submit(page, 'account/erasure', { cool_off: '3' })).status).toBe(404);

    const asked = await browser.submit(page, 'account/erasure', { cool_off: '7' });
    const token = /ccx_er_[\w-]{43}/.exec(asked.body)?.[0] ?? '';
    expect(await progressOf(app, { token })).toMatchObject({ status: 'waiting' });
    const waiting = await browser.get('/account/erasure');
    expect(textOf(waiting.body)).toContain('Your account is going to be erased');
    const after = await browser.follow(await browser.submit(waiting, 'erasure/cancel'));
    expect(textOf(after.body)).toContain('Your account stays as it is.');
    expect(await progressOf(app, { token })).toMatchObject({ status: 'cancelled' });
  });

  it('one sees how far it is, with the code alone, and what the retailers say', async () => {
    const grocer = await aRetailer(app, { name: 'Grocer of the last day' });
    const { customer: mira } = await aConsent(app, { retailer: grocer });
    const { token } = await erased(app, mira);
    const browser = new Browser(app.url, { 'accept-language': 'en' });
    const page = await browser.get('/account/erasure/progress');
    const wrong = await browser.submit(page, 'erasure/progress', { token: 'ccx_er_wrong' });
    expect([wrong.status, textOf(wrong.body)]).toEqual([422, expect.stringContaining('no erasure with this code')]);
    const looked = await browser.submit(page, 'erasure/progress', { token });
    const shown = textOf(looked.body);
    expect(shown).toContain('It is done: nothing is left.');
    expect(shown).toContain('Grocer of the last day has been told');
    const { receipt } = await progressOf(app, { token });
    expect((await browser.submit(looked, 'progress/receipt')).body).toBe(receipt);
    expect((await browser.submit(looked, 'progress/receipt', { token: 'ccx_er_wrong' })).status).toBe(404);
  });

  it('one is signed out once it is done', async () => {
    const mira = await aCustomer(app);
    const { browser, page } = await inAccount(mira, 'de');
    expect(textOf(page.body)).toContain('Mein Konto löschen');
    await browser.submit(page, 'account/erasure', { cool_off: '0' });
    await takeSteps(app);
    expect((await browser.get('/account/erasure')).location).toContain('/account/sign-in');
  });

  it('a sign-in of long ago does not do', async () => {
    const { browser } = await inAccount(await aCustomer(app), 'en');
    app.clock.advance({ minutes: 6 });
    expect((await browser.get('/account/erasure')).location).toContain('/account/confirm');
    expect((await browser.get('/account/erasure/export')).location).toContain('/account/confirm');
  });
});
