import { createHash } from 'node:crypto';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { DisclosureRecorder } from '../src/disclosures/recorder.service.js';
import { consentRef } from '../src/oversight/pseudonyms.js';
import { SubjectKeys } from '../src/platform/crypto/subject-keys.js';
import { Database } from '../src/platform/database/database.js';
import { Random } from '../src/platform/random.js';
import { StaffService } from '../src/staff/staff.service.js';
import { aCustomer, anAuditor, type TestCustomer, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { getBundle } from './support/bundles.js';
import { runSetting } from './support/database-server.js';
import { disclosed } from './support/disclosed.js';
import { holdJobs } from './support/jobs.js';
import { publishLog } from './support/log.js';
import { type ConsentAccess, consentToken } from './support/oauth.js';
import { publishedKeys, verified } from './support/receipts.js';
import { audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { verdictOn } from './support/verifying.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let access: ConsentAccess;

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size', 'receipt'],
  touchpoints: ['till', 'web'],
};

beforeAll(async () => {
  app = await startApp();
  grocer = await aRetailer(app);
  // The service's own jobs would get in between.
  await holdJobs(app, 'audit-sequencer', 'log-publisher');
});
beforeEach(async () => {
  mira = await aCustomer(app);
  await mira.api.post('/v1/me/preferences').send(shoes).expect(201);
  access = await consentToken(app, grocer, mira, { details: [line] });
});
afterAll(() => app.stop());

const read = (query = 'touchpoint=till') => access.fetch('GET', `/v1/preferences?${query}`);
const mine = () => getBundle(mira.api, `/v1/me/consents/${access.consentId}/bundle`);
const pathFor = async (auditor: TestStaff) => {
  const engagement = await app.get(StaffService).engagementOf(auditor.staffId);
  return `/v1/audit/consents/${consentRef(engagement!.key, access.consentId)}/bundle`;
};

/** What `ccx verify` says of a proof by itself. */
async function verdictOnProof(proof: object) {
  const file = join(await mkdtemp(join(runSetting('folder'), 'proof-')), 'proof.json');
  await writeFile(file, JSON.stringify(proof));
  return verdictOn(file, { policy: `${app.url}/log/v1/policy`, log: `${app.url}/log/v1` });
}

describe('the bundle of a consent', () => {
  it('holds all that was decided, shown and read, and verifies offline', async () => {
    await read();
    await read('touchpoint=kiosk'); // refused
    await mira.api.post(`/v1/me/consents/${access.consentId}/pause`).expect(200);
    await mira.api.post(`/v1/me/consents/${access.consentId}/resume`).expect(200);
    await read();
    await publishLog(app);
    const bundle = await mine();

    expect(bundle.folder).toBe(`ccx-bundle-${access.consentId}`);
    const manifest = bundle.json('manifest.json');
    expect(manifest).toMatchObject({ format: 'ccx-bundle-1', consent: access.consentId, left_out: { disclosures: 0 } });
    expect(bundle.text('checkpoint').split('\n').slice(0, 2)).toEqual([manifest.origin, String(manifest.covers.size)]);
    for (const { name, sha256, size } of manifest.files) {
      const content = bundle.files.get(`${bundle.folder}/${name}`) as Buffer;
      expect([createHash('sha256').update(content).digest('hex'), content.length]).toEqual([sha256, size]);
    }
    expect(bundle.files.size).toBe(manifest.files.length + 1);

    const { body: consent } = await mira.api.get(`/v1/me/consents/${access.consentId}`).expect(200);
    const versions = bundle.lines('versions.ndjson');
    expect(versions.map(({ version, change, status }) => [version, change, status])).toEqual([
      [1, 'given', 'active'],
      [2, 'paused', 'paused'],
      [3, 'resumed', 'active'],
    ]);
    expect(versions.map(({ notice_hash }) => notice_hash)).toEqual(
      consent.versions.map(({ notice }: { notice: string }) => notice),
    );
    const { notice_hash: hash } = versions[0];
    const { text: notice } = await mira.api.get(`/v1/me/notices/${hash}`).expect(200);
    expect(bundle.text(`notices/${hash}.json`)).toBe(notice);

    const keys = await publishedKeys(app);
    expect(bundle.json('keys.json')).toEqual(keys);
    for (const { id, holder, jws } of bundle.lines('receipts.ndjson')) {
      await expect(verified(keys, jws)).resolves.toMatchObject({ receipt_id: id, holder, sub: mira.customerId });
    }

    const reads = bundle.lines('disclosures.ndjson').map(({ disclosure }) => disclosure);
    const recorded = await disclosed(app, mira.key);
    expect(reads.map(({ id, refused }) => [id, refused])).toEqual(recorded.map(({ id, refused }) => [id, refused]));
    expect(reads.map(({ refused }) => refused)).toEqual([null, 'outside-consent', null]);

    await expect(bundle.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });
  });

  it('says how it is verified', async () => {
    await publishLog(app);
    const readme = (await mine()).text('README.md');
    expect(readme).toContain(
      `ccx verify ccx-bundle-${access.consentId}.tar.gz --policy policy --keys keys.json --log ${app.url}/log/v1`,
    );
    expect(readme).toContain(`curl ${app.url}/log/v1/policy > policy`);
  });

  it('waits for what was decided, and leaves out what was only just read', async () => {
    await publishLog(app);
    await read();
    const bundle = await mine();
    expect(bundle.lines('disclosures.ndjson')).toEqual([]);
    expect(bundle.json('manifest.json').left_out).toEqual({ disclosures: 1 });
    await expect(bundle.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });

    await mira.api.post(`/v1/me/consents/${access.consentId}/withdraw`).expect(200);
    const path = `/v1/me/consents/${access.consentId}/bundle`;
    const { body, headers } = await mira.api.get(path).expect(409);
    expect([body.type, headers['retry-after']]).toEqual([`${app.url}/problems/not-yet-in-the-log`, '2']);
    await publishLog(app);
    const whole = await mine();
    expect(whole.lines('disclosures.ndjson')).toHaveLength(1);
    expect(whole.lines('versions.ndjson').at(-1)).toMatchObject({ change: 'withdrawn' });
    // The first decision has been covered before, by a checkpoint that this one continues.
    expect(whole.lines('checkpoints.ndjson')).toHaveLength(1);
    await expect(whole.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });
  });

  it('is as good with more reads than fit into one page or batch', async () => {
    const { body } = await read();
    const [model] = await disclosed(app, mira.key);
    const recorder = app.get(DisclosureRecorder);
    const random = app.get(Random);
    for (let batch = 0; batch < 3; batch++) {
      await recorder.record(Array.from({ length: 500 }, () => ({ ...model!, id: random.id() })));
    }
    await publishLog(app);
    const bundle = await mine();
    const reads = bundle.lines('disclosures.ndjson');
    expect(reads).toHaveLength(1_501);
    expect(new Set(reads.map(({ disclosure }) => disclosure.id)).size).toBe(1_501);
    expect(reads.some(({ disclosure }) => disclosure.id === body.disclosure_id)).toBe(true);
    await expect(bundle.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });
  });

  it('is nobody else’s', async () => {
    await publishLog(app);
    const other = await aCustomer(app);
    await other.api.get(`/v1/me/consents/${access.consentId}/bundle`).expect(404);
    await mira.api.get(`/v1/me/consents/${app.get(Random).id()}/bundle`).expect(404);
    await mira.api.get('/v1/me/consents/mine/bundle').expect(400);
  });
});

describe('the bundle of a customer who is being erased', () => {
  it('is gone with their keys', async () => {
    await publishLog(app);
    await app.get(Database).transaction(async (tx) => {
      await tx.query('set local role ccx_erase');
      await app.get(SubjectKeys).destroy(tx, mira.key);
    });
    const { body } = await mira.api.get(`/v1/me/consents/${access.consentId}/bundle`).expect(404);
    expect(body.type).toBe(`${app.url}/problems/consent-not-found`);
  });
});

describe('the bundle that an auditor gets', () => {
  it('proves the same, names the customer nowhere by their id, and shows the customer that it was made', async () => {
    await read();
    await publishLog(app);
    const auditor = await anAuditor(app);
    const path = await pathFor(auditor);
    const bundle = await getBundle(auditor.api, path);

    expect(bundle.json('manifest.json').consent).toBe(path.split('/')[4]);
    for (const content of bundle.files.values()) expect(content.includes(mira.customerId)).toBe(false);
    const [{ holder, jws }] = bundle.lines('receipts.ndjson');
    expect(holder).toBe('retailer');
    await expect(verified(await publishedKeys(app), jws)).resolves.toMatchObject({ sub: access.subject });
    expect(bundle.lines('disclosures.ndjson')).toHaveLength(1);
    await expect(bundle.verdict(app)).resolves.toMatchObject({ failed: [], exitCode: 0 });

    const acts = (await audited(app, mira.key)).filter(({ type }) => type === 'audit.bundled');
    expect(acts).toMatchObject([
      { actor: { kind: 'auditor', id: auditor.staffId }, consent: { id: access.consentId, version: 1 } },
    ]);
    // The next one tells of it.
    await publishLog(app);
    const types = (await mine()).lines('entries.ndjson').map(({ type }) => type);
    expect(types).toEqual(expect.arrayContaining(['consent.given', 'disclosures.recorded', 'audit.bundled']));
  });

  it('is of a consent that the engagement has a name for', async () => {
    const auditor = await anAuditor(app);
    await auditor.api.get('/v1/audit/consents/unheard-of/bundle').expect(404);
  });

  it('waits for what was decided, too', async () => {
    const auditor = await anAuditor(app);
    const path = await pathFor(auditor);
    await publishLog(app);
    await mira.api.post(`/v1/me/consents/${access.consentId}/withdraw`).expect(200);
    await auditor.api.get(path).expect(409);
  });

  it('reaches no further than the engagement', async () => {
    await read();
    await publishLog(app);
    const rival = await aRetailer(app, { name: 'Grocer T' });
    const tomorrow = new Date(app.clock.now().getTime() + 86_400_000);
    for (const engagement of [
      { retailerIds: [rival.id] },
      { purposes: ['dpv:PersonalisedBenefits'] },
      { to: tomorrow },
    ]) {
      // What is given later is outside of a period that ends before.
      if (engagement.to) await app.db.query(`update consents set given_at = $1`, [tomorrow]);
      const auditor = await anAuditor(app, engagement);
      await auditor.api.get(await pathFor(auditor)).expect(404);
    }
  });
});

describe('the proof of a disclosure', () => {
  const proofOf = (id: string, by = mira) => by.api.get(`/v1/me/disclosures/${id}/proof`);

  it('leads from what was read to a published checkpoint', async () => {
    const { body } = await read();
    await publishLog(app);
    const { body: proof } = await proofOf(body.disclosure_id).expect(200);
    expect(proof.disclosure).toMatchObject({ id: body.disclosure_id, consent: { id: access.consentId, version: 1 } });
    expect(proof.entry.event).toMatchObject({ type: 'disclosures.recorded', data: { size: proof.leaf_count } });
    await expect(verdictOnProof(proof)).resolves.toMatchObject({ failed: [], exitCode: 0 });
    const forged = { ...proof, disclosure: { ...proof.disclosure, attributes: ['food.allergen'] } };
    await expect(verdictOnProof(forged)).resolves.toMatchObject({ exitCode: 1 });
  });

  it('is there for refused reads, too', async () => {
    await read('touchpoint=kiosk');
    await publishLog(app);
    const [refused] = await disclosed(app, mira.key);
    const { body: proof } = await proofOf(refused!.id).expect(200);
    expect(proof.entry.event).toMatchObject({ type: 'disclosure.refused', consent: { id: access.consentId } });
    await expect(verdictOnProof(proof)).resolves.toMatchObject({ failed: [], exitCode: 0 });
  });

  it('waits for the log', async () => {
    const { body } = await read();
    const { body: problem, headers } = await proofOf(body.disclosure_id).expect(409);
    expect([problem.type, headers['retry-after']]).toEqual([`${app.url}/problems/not-yet-in-the-log`, '2']);
    await publishLog(app);
    await proofOf(body.disclosure_id).expect(200);
  });

  it('is nobody else’s', async () => {
    const { body } = await read();
    await publishLog(app);
    await proofOf(body.disclosure_id, await aCustomer(app)).expect(404);
    await proofOf(app.get(Random).id()).expect(404);
    await proofOf('the-last-one').expect(400);
  });
});
