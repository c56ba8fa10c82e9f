import { SnapshotWorker } from '../src/disclosures/snapshot-worker.js';
import { SnapshotsService } from '../src/disclosures/snapshots.service.js';
import { Database } from '../src/platform/database/database.js';
import type { RetailerPrincipal } from '../src/platform/http/access.js';
import { LongJobs } from '../src/platform/jobs/long-jobs.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { aCustomer, bearer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { command, withdraw } from './support/consents.js';
import { likeThem } from './support/crowds.js';
import { disclosed, whileDisclosuresFail } from './support/disclosed.js';
import { eventually } from './support/eventually.js';
import { longJobsAreDue } from './support/jobs.js';
import { claimsOf, consentToken } from './support/oauth.js';
import { OfflineTill } from './support/offline-till.js';
import { audited } from './support/records.js';
import { aClient, aRetailer, reinstateRetailer, suspendRetailer } from './support/retailers.js';
import {
  aLoadedTill,
  anOfflineCustomer,
  aSnapshot,
  asked,
  entriesIn,
  live,
  offline,
  partsOf,
  PURPOSE,
  state,
  tillsOf,
} from './support/snapshots.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

describe('a snapshot', () => {
  it('is made in the background, and tells how far it has come', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    await anOfflineCustomer(app, retailer);
    const { status, body } = await tills.fetch('POST', '/v1/snapshots', {
      ...asked,
      store: '0417',
      lifetime_hours: 12,
    });
    expect(status).toBe(202);
    expect(body).toMatchObject({ touchpoint: 'till', purpose: PURPOSE, stage: null, store: '0417', parts: [] });
    expect(Date.parse(body.expires_at) - Date.parse(body.created_at)).toBe(12 * 3_600_000);
    expect(body.job).toMatchObject({ id: body.id, kind: 'snapshot' });
    const path = `/v1/snapshots/${body.id}`;
    const made = await eventually(async () => {
      const answer = await tills.fetch('GET', path);
      expect(answer.body.job.status).toBe('succeeded');
      return answer.body;
    });
    expect(made.job).toMatchObject({ progress: { done: 1, total: 1 }, result: { subjects: 1 }, errors: [] });
    expect(made.parts).toEqual([`${app.url}${path}/parts/1`]);
    expect(
      (await audited(app, null)).find(({ data }) => (data as { snapshot?: string } | undefined)?.snapshot === body.id),
    ).toMatchObject({
      type: 'snapshot.requested',
      actor: { kind: 'retailer', id: retailer.id, client: retailer.client.id },
    });
  });

  it('is verified and used by a till that knows nothing but the standards', async () => {
    const retailer = await aRetailer(app);
    const [mira, otto] = [await anOfflineCustomer(app, retailer), await anOfflineCustomer(app, retailer)];
    const { till, payloads } = await aLoadedTill(app, retailer);
    expect(till.subjects).toHaveLength(2);
    const [payload] = payloads;
    expect(payload).toMatchObject({
      iss: app.url,
      aud: retailer.id,
      snapshot: { part: 1, parts: 1, touchpoint: 'till' },
    });
    for (const subject of till.subjects) {
      await expect(till.preferencesOf(subject, app.clock.now())).resolves.toEqual([
        expect.objectContaining({ attribute: 'language.spoken', value: { language: 'de' }, strength: 'want' }),
        expect.objectContaining({ attribute: 'receipt.delivery' }),
      ]);
    }
    // The same names and the same answers as a look-up gives.
    const tills = await tillsOf(app, retailer);
    const { body } = await tills.fetch('POST', '/v1/preferences/lookup', { subjects: till.subjects, ...asked });
    for (const result of body.results) {
      await expect(till.preferencesOf(result.subject, app.clock.now())).resolves.toEqual(result.preferences);
    }
    expect(new Set(entriesIn(payloads).map(({ consent }) => consent.id))).toEqual(
      new Set([mira.consentId, otto.consentId]),
    );
  });

  it('is no receipt and no token of ours, although the same keys sign', async () => {
    const retailer = await aRetailer(app);
    await anOfflineCustomer(app, retailer);
    const { parts } = await aLoadedTill(app, retailer);
    const till = new OfflineTill(app.url, retailer.id);
    const { customer, consentId } = await anOfflineCustomer(app, retailer);
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200);
    await expect(till.load(body.items[0].jws, app.clock.now())).rejects.toThrow('unexpected');
    await bearer(app, parts[0]!).get('/v1/me').expect(401);
  });

  it('has only customers who let tills hold something for this purpose', async () => {
    const retailer = await aRetailer(app);
    const allowing = await anOfflineCustomer(app, retailer);
    const elsewhere = { ...offline, touchpoints: ['web'] };
    const otherwise = { ...offline, purposes: ['dpv:PersonalisedBenefits'] };
    await anOfflineCustomer(app, retailer, { details: [live] });
    await anOfflineCustomer(app, retailer, { details: [elsewhere] });
    await anOfflineCustomer(app, retailer, { details: [otherwise] });
    // Lines are never combined: this one may be held, but not at the till, and that one not be held.
    await anOfflineCustomer(app, retailer, { details: [elsewhere, live] });
    const paused = await anOfflineCustomer(app, retailer);
    await command(paused, 'pause').expect(200);
    const ended = await anOfflineCustomer(app, retailer);
    await withdraw(ended).expect(200);
    await anOfflineCustomer(app, await aRetailer(app, { name: 'Somebody else' }));
    const { payloads } = await aLoadedTill(app, retailer);
    expect(entriesIn(payloads).map(({ consent }) => consent.id)).toEqual([allowing.consentId]);
  });

  it('has of them only what they let tills hold', async () => {
    const retailer = await aRetailer(app);
    const details = [
      { ...offline, attributes: ['language.spoken'] },
      { ...live, attributes: ['receipt.delivery'] },
    ];
    const { customer } = await anOfflineCustomer(app, retailer, { details });
    const { payloads } = await aLoadedTill(app, retailer);
    expect(entriesIn(payloads)[0].preferences.map(({ attribute }: { attribute: string }) => attribute)).toEqual([
      'language.spoken',
    ]);
    expect((await disclosed(app, customer.key)).map(({ attributes }) => attributes)).toEqual([['language.spoken']]);
  });

  it('has what holds in the store that it is for', async () => {
    const retailer = await aRetailer(app);
    const { customer } = await anOfflineCustomer(app, retailer);
    await state(customer, 'receipt.delivery', {
      value: { form: 'paper' },
      strength: 'want',
      applies_to: { level: 'retailer', retailer_id: retailer.id },
      context: { place: { store: '0417' } },
    });
    const receiptIn = async (store: string) => {
      const { payloads } = await aLoadedTill(app, retailer, { ...asked, store });
      const [{ preferences }] = entriesIn(payloads);
      return preferences.find(({ attribute }: { attribute: string }) => attribute === 'receipt.delivery').value;
    };
    await expect(receiptIn('0417')).resolves.toEqual({ form: 'paper' });
    await expect(receiptIn('0418')).resolves.toEqual({ form: 'email' });
  });

  it('never has a special attribute, whatever a consent should say', async () => {
    const retailer = await aRetailer(app);
    const { customer, consentId } = await anOfflineCustomer(app, retailer);
    await state(customer, 'food.allergen', { value: { code: 'AP' }, strength: 'never' });
    // No request can ask for this: special lines are asked for live, and bundled with nothing.
    await app.db.query(
      `update consents set details = details || jsonb_build_array(
         (details->0) || jsonb_build_object('attributes', jsonb_build_array('food.allergen'), 'type', kind))
         from unnest(array['ccx_preferences_special', 'ccx_preferences']) as kind where id = $1`,
      [consentId],
    );
    await app.db.query(
      `update consents set details = jsonb_set(details, '{0,attributes}', details#>'{0,attributes}' || '["food.allergen"]')
        where id = $1`,
      [consentId],
    );
    const { parts } = await aLoadedTill(app, retailer);
    expect(JSON.stringify(claimsOf(parts[0]!))).not.toContain('food');
  });

  it('is a disclosure of each customer in it, with its proof, before any part can be fetched', async () => {
    const retailer = await aRetailer(app);
    const mira = await anOfflineCustomer(app, retailer);
    const { payloads } = await aLoadedTill(app, retailer);
    const [row, ...more] = await disclosed(app, mira.customer.key);
    expect(more).toEqual([]);
    const [entry] = entriesIn(payloads);
    expect(row).toMatchObject({
      id: entry.disclosure_id,
      consent: { id: mira.consentId, version: 1 },
      clientId: retailer.client.id,
      purpose: PURPOSE,
      touchpoint: 'till',
      stage: 'shopping',
      attributes: ['language.spoken', 'receipt.delivery'],
      refused: null,
    });
  });

  it('has nothing to fetch while disclosures cannot be recorded', async () => {
    const retailer = await aRetailer(app);
    const { customer } = await anOfflineCustomer(app, retailer);
    const tills = await tillsOf(app, retailer);
    const id = await whileDisclosuresFail(app, async () => {
      const { body } = await tills.fetch('POST', '/v1/snapshots', asked);
      await app.get(LongJobs).work();
      const { body: snapshot } = await tills.fetch('GET', `/v1/snapshots/${body.id}`);
      expect(snapshot).toMatchObject({ job: { progress: { done: 0 } }, parts: [] });
      const part = await tills.fetch('GET', `/v1/snapshots/${body.id}/parts/1`);
      expect([part.status, part.body.type]).toEqual([409, `${app.url}/problems/snapshot-not-ready`]);
      return body.id as string;
    });
    await longJobsAreDue(app);
    await app.get(LongJobs).work();
    expect((await tills.fetch('GET', `/v1/snapshots/${id}/parts/1`)).status).toBe(200);
    expect((await disclosed(app, customer.key)).length).toBe(1);
  });

  it('counts as a read of the day, and leaves out whose reads are spent, without a word', async () => {
    const retailer = await aRetailer(app);
    const { customer } = await anOfflineCustomer(app, retailer, { max_reads_per_day: 1 });
    const first = await aLoadedTill(app, retailer);
    expect(first.till.subjects).toHaveLength(1);
    const { body } = await first.tills.fetch('POST', '/v1/preferences/lookup', {
      subjects: first.till.subjects,
      ...asked,
    });
    expect(body.results[0].code).toBe('daily-reads-spent');
    const second = await aLoadedTill(app, retailer);
    expect(second.till.subjects).toEqual([]);
    expect(second.snapshot).toMatchObject({ parts: [], job: { result: { subjects: 0 } } });
    expect((await disclosed(app, customer.key)).map(({ refused }) => refused)).toEqual([null, 'daily-reads-spent']);
  });

  it('comes in parts of no more than five hundred, which together are everybody once', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    const { consentId } = await anOfflineCustomer(app, retailer);
    await likeThem(app, consentId, 1_100);
    const snapshot = await aSnapshot(app, tills);
    expect(snapshot.job).toMatchObject({ progress: { done: 1_101, total: 1_101 }, result: { subjects: 1_101 } });
    const till = new OfflineTill(app.url, retailer.id);
    const parts = await partsOf(tills, snapshot);
    const payloads = await Promise.all(parts.map((part) => till.load(part, app.clock.now())));
    expect(payloads.map(({ entries }) => (entries as object[]).length)).toEqual([500, 500, 101]);
    expect(payloads.map(({ jti }) => jti)).toEqual([1, 2, 3].map((part) => `${snapshot.id}.${part}`));
    expect(till.subjects).toHaveLength(1_101);
    const bits = entriesIn(payloads).map(({ status }) => status.status_list.idx as number);
    expect(new Set(bits).size).toBe(1_101);
    // Which bit is whose does not follow the order of anything in the snapshot.
    expect(Math.max(...bits)).toBeGreaterThan(1_101);
  });
});

describe('a snapshot and those who ask for it', () => {
  it('is seen by every client of its retailer, newest first, page by page, and by nobody else', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    const made = [await aSnapshot(app, tills), await aSnapshot(app, tills), await aSnapshot(app, tills)];
    const colleague = await tillsOf(app, { ...retailer, client: await aClient(app, retailer.id) });
    const first = await colleague.fetch('GET', '/v1/snapshots?limit=2');
    expect(first.body.items.map(({ id }: { id: string }) => id)).toEqual([made[2].id, made[1].id]);
    const second = await colleague.fetch('GET', `/v1/snapshots?limit=2&cursor=${first.body.next_cursor}`);
    expect(second.body).toMatchObject({ items: [{ id: made[0].id }], next_cursor: null });
    const rival = await tillsOf(app, await aRetailer(app, { name: 'Rival' }));
    expect((await rival.fetch('GET', '/v1/snapshots')).body.items).toEqual([]);
    for (const path of [`/v1/snapshots/${made[0].id}`, `/v1/snapshots/${made[0].id}/parts/1`]) {
      const { status, body } = await rival.fetch('GET', path);
      expect([status, body.type]).toEqual([404, `${app.url}/problems/snapshot-not-found`]);
    }
    expect((await colleague.fetch('GET', '/v1/snapshots?cursor=nonsense')).status).toBe(400);
  });

  it('is made for clients that serve the till, and fetched by them', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    await anOfflineCustomer(app, retailer);
    const { id } = await aSnapshot(app, tills);
    const web = await tillsOf(app, { ...retailer, client: await aClient(app, retailer.id, { touchpoints: ['web'] }) });
    for (const answer of [
      await web.fetch('POST', '/v1/snapshots', asked),
      await web.fetch('GET', `/v1/snapshots/${id}/parts/1`),
    ]) {
      expect([answer.status, answer.body.type]).toEqual([403, `${app.url}/problems/till-not-served`]);
    }
  });

  it('is nothing for the token of one customer’s consent', async () => {
    const retailer = await aRetailer(app);
    await anOfflineCustomer(app, retailer);
    const tills = await tillsOf(app, retailer);
    const { id } = await aSnapshot(app, tills);
    const token = await consentToken(app, retailer, await aCustomer(app));
    for (const [method, path, body] of [
      ['POST', '', asked],
      ['GET', ''],
      ['GET', `/${id}`],
      ['GET', `/${id}/parts/1`],
      ['DELETE', `/${id}`],
    ] as const) {
      const answer = await token.fetch(method, `/v1/snapshots${path}`, body);
      expect([answer.status, answer.body.type]).toEqual([403, `${app.url}/problems/insufficient-scope`]);
    }
    expect((await tills.fetch('GET', `/v1/snapshots/${id}`)).status).toBe(200);
  });

  it.each([
    ['for longer than a day', { ...asked, lifetime_hours: 25 }, '/lifetime_hours'],
    ['for another touchpoint', { ...asked, touchpoint: 'kiosk' }, '/touchpoint'],
    ['for no purpose', { touchpoint: 'till' }, '/purpose'],
  ])('is not made %s', async (_, request, pointer) => {
    const { status, body } = await (await tillsOf(app, await aRetailer(app))).fetch('POST', '/v1/snapshots', request);
    expect([status, body.errors[0].pointer]).toEqual([400, pointer]);
  });

  it('is made once for a request that is repeated', async () => {
    const tills = await tillsOf(app, await aRetailer(app));
    const again = () => tills.fetch('POST', '/v1/snapshots', asked, { 'idempotency-key': 'every-night' });
    const [one, other] = [await again(), await again()];
    expect([other.status, other.body.id]).toEqual([202, one.body.id]);
  });

  it('fails when the retailer is suspended before it is made', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    const { customer } = await anOfflineCustomer(app, retailer);
    await suspendRetailer(app, retailer);
    // As if it had been asked for just before.
    const asking = { retailerId: retailer.id, clientId: retailer.client.id } as RetailerPrincipal;
    const { snapshot } = await app
      .get(SnapshotsService)
      .create(asking, { touchpoint: 'till', purpose: PURPOSE, stage: null, place: null, hours: 1 });
    await app.get(LongJobs).work();
    await reinstateRetailer(app, retailer);
    const { body } = await tills.fetch('GET', `/v1/snapshots/${snapshot.id}`);
    expect(body).toMatchObject({ job: { status: 'failed', errors: [{ code: 'retailer-suspended' }] }, parts: [] });
    await expect(disclosed(app, customer.key)).resolves.toEqual([]);
  });

  it('has no part beyond its last one', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    await anOfflineCustomer(app, retailer);
    const { id } = await aSnapshot(app, tills);
    for (const number of [0, 2]) {
      expect((await tills.fetch('GET', `/v1/snapshots/${id}/parts/${number}`)).status).toBe(404);
    }
  });

  it('is over when its time is up, and then deleted with all that it held', async () => {
    const retailer = await aRetailer(app);
    const tills = await tillsOf(app, retailer);
    const { customer } = await anOfflineCustomer(app, retailer);
    const { id, status_list } = await aSnapshot(app, tills, { ...asked, lifetime_hours: 1 });
    await app.runJob('snapshots-sweep');
    expect((await tills.fetch('GET', `/v1/snapshots/${id}`)).status).toBe(200);
    app.clock.advance({ hours: 1 });
    const later = await tillsOf(app, retailer);
    expect((await later.fetch('GET', `/v1/snapshots/${id}`)).status).toBe(404);
    expect((await later.fetch('GET', '/v1/snapshots')).body.items).toEqual([]);
    const list = await fetch(status_list);
    expect([list.status, ((await list.json()) as { type: string }).type]).toEqual([
      404,
      `${app.url}/problems/status-list-not-found`,
    ]);
    await app.runJob('snapshots-sweep');
    const rows = async (table: string, where: string, value: string) =>
      (await app.db.query(`select from ${table} where ${where} = $1`, [value])).rowCount;
    await expect(rows('snapshots', 'id', id)).resolves.toBe(0);
    await expect(rows('snapshot_entries', 'customer_id', customer.customerId)).resolves.toBe(0);
  });

  it('keeps nothing in clear while it waits to be fetched', async () => {
    const retailer = await aRetailer(app);
    await anOfflineCustomer(app, retailer);
    await aSnapshot(app, await tillsOf(app, retailer));
    const { rows } = await app.db.query<{ sealed: Buffer }>('select sealed from snapshot_entries');
    expect(rows.length).toBeGreaterThan(0);
    for (const { sealed } of rows) expect(sealed.toString('latin1')).not.toContain('language');
  });

  it('keeps nothing of a customer who is erased just after they were read for it', async () => {
    const retailer = await aRetailer(app);
    const { customer } = await anOfflineCustomer(app, retailer);
    const other = await anOfflineCustomer(app, retailer);
    const asking = { retailerId: retailer.id, clientId: retailer.client.id } as RetailerPrincipal;
    const [worker, database] = [app.get(SnapshotWorker), app.get(Database)];
    // The worker of the app is not to come first.
    const prepare = jest.spyOn(worker, 'prepare');
    prepare.mockImplementationOnce(async (job) => {
      const page = await worker.prepare(job);
      await database.transaction((tx) => app.get(PersonalData).erase(tx, customer.key));
      return page;
    });
    const { snapshot } = await app
      .get(SnapshotsService)
      .create(asking, { touchpoint: 'till', purpose: PURPOSE, stage: null, place: null, hours: 1 });
    await app.get(LongJobs).work();
    await longJobsAreDue(app);
    await app.get(LongJobs).work();
    expect(prepare).toHaveBeenCalledTimes(3);
    const { rows } = await app.db.query('select customer_id from snapshot_entries where snapshot_id = $1', [
      snapshot.id,
    ]);
    expect(rows).toEqual([{ customer_id: other.customer.customerId }]);
    prepare.mockRestore();
  });

  it('can be ended before its time, by its retailer', async () => {
    const retailer = await aRetailer(app);
    await anOfflineCustomer(app, retailer);
    const { tills, till, snapshot } = await aLoadedTill(app, retailer);
    const [subject = ''] = till.subjects;
    const path = `/v1/snapshots/${snapshot.id}`;
    const rival = await tillsOf(app, await aRetailer(app, { name: 'Rival' }));
    expect((await rival.fetch('DELETE', path)).status).toBe(404);
    expect((await tills.fetch('DELETE', path)).status).toBe(204);
    expect((await tills.fetch('DELETE', path)).status).toBe(404);
    expect((await tills.fetch('GET', `${path}/parts/1`)).status).toBe(404);
    app.clock.advance({ seconds: 6 });
    await expect(till.preferencesOf(subject, app.clock.now())).resolves.toBeNull();
    expect((await audited(app, null)).map(({ type }) => type)).toContain('snapshot.discarded');
  });
});
