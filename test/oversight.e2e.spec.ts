import { leafBytes } from '../src/audit/leaf.js';
import { Sequencer } from '../src/audit/sequencer.js';
import { leafHashOf } from '../src/audit/tree.js';
import { aCustomer, anAuditor, anOperator, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent } from './support/consents.js';
import { holdJobs } from './support/jobs.js';
import { publishedKeys, verified } from './support/receipts.js';

const DAY = 86_400_000;

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
  // The service's own sequencer would get in between.
  await holdJobs(app, 'audit-sequencer');
});
afterAll(() => app.stop());

/** Numbers all that has been committed. One that is at work already is left alone, so that it is asked again. */
async function sequence(): Promise<void> {
  for (;;) {
    await app.get(Sequencer).drain();
    const { rows } = await app.db.query('select from audit_pending limit 1');
    if (rows.length === 0) return;
  }
}

async function entries(auditor: TestStaff, query = '') {
  const { body } = await auditor.api.get(`/v1/audit/entries${query}`).expect(200);
  return body as { items: Record<string, unknown>[]; next_cursor: string | null };
}

describe('the audit log', () => {
  it('shows what happened, opened and intact, without naming the customer', async () => {
    const customer = await aCustomer(app);
    await sequence();
    const auditor = await anAuditor(app);

    const { items } = await entries(auditor, '?type=customer.registered');
    expect(items[0]).toMatchObject({ type: 'customer.registered', state: 'opened', intact: true });
    expect(items[0]?.subject).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(JSON.stringify(items)).not.toContain(customer.customerId);
    expect(JSON.stringify(items)).not.toContain(customer.email);
  });

  it('numbers entries without gaps and pages through them, newest first', async () => {
    await Promise.all([aCustomer(app), aCustomer(app), aCustomer(app)]);
    await sequence();
    const auditor = await anAuditor(app);

    const found: { at: string; index: number }[] = [];
    let cursor: string | null = null;
    do {
      const page: Awaited<ReturnType<typeof entries>> = await entries(
        auditor,
        `?limit=2${cursor ? `&cursor=${cursor}` : ''}`,
      );
      found.push(...(page.items as typeof found));
      cursor = page.next_cursor;
    } while (cursor);
    expect(found).toEqual(found.toSorted((a, b) => Date.parse(b.at) - Date.parse(a.at) || b.index - a.index));
    const indexes = found.map(({ index }) => index).toSorted((a, b) => a - b);
    expect(indexes).toEqual(indexes.map((_, place) => place));
  });

  it('finds all of one customer by the pseudonym of the engagement, which another engagement does not share', async () => {
    const customer = await aCustomer(app);
    const expiresAt = new Date(app.clock.now().getTime() + DAY).toISOString();
    const token = { name: 'script', scopes: ['preferences.read'], expires_at: expiresAt };
    await customer.api.post('/v1/me/tokens').send(token).expect(201);
    await sequence();
    const auditor = await anAuditor(app);
    const [made] = (await entries(auditor, '?type=personal-token.made&limit=1')).items;

    const { items } = await entries(auditor, `?subject=${made?.subject as string}`);
    expect(items.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['personal-token.made', 'customer.registered']),
    );
    expect(new Set(items.map(({ subject }) => subject))).toEqual(new Set([made?.subject]));

    const other = await anAuditor(app);
    expect((await entries(other, `?subject=${made?.subject as string}`)).items).toEqual([]);
  });

  it('reads a single entry', async () => {
    await aCustomer(app);
    await sequence();
    const auditor = await anAuditor(app);
    const [newest] = (await entries(auditor, '?limit=1')).items;
    const { body } = await auditor.api.get(`/v1/audit/entries/${newest?.index as number}`).expect(200);
    expect(body).toEqual(newest);
  });

  it('finds the entry that a receipt names, within the engagement', async () => {
    const { customer, retailer, consentId } = await aConsent(app);
    const { body } = await customer.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200);
    const { audit } = await verified(await publishedKeys(app), body.items[0].jws);
    await sequence();
    const query = `?leaf_hash=${audit.leaf_hash}`;
    const auditor = await anAuditor(app, { retailerIds: [retailer.id] });
    expect((await entries(auditor, query)).items).toEqual([
      expect.objectContaining({ id: audit.entry, leaf_hash: audit.leaf_hash, type: 'consent.given', intact: true }),
    ]);
    expect((await entries(auditor, `${query}&type=consent.withdrawn`)).items).toEqual([]);
    const elsewhere = await anAuditor(app, { retailerIds: ['0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d'] });
    expect((await entries(elsewhere, query)).items).toEqual([]);
    await auditor.api.get('/v1/audit/entries?leaf_hash=abc').expect(400);
  });

  it('says so when there is no such entry', async () => {
    const auditor = await anAuditor(app);
    const { body } = await auditor.api.get('/v1/audit/entries/9007199254740991').expect(404);
    expect(body.code ?? body.type).toContain('entry-not-found');
  });

  it.each(['-1', '1e3', '99999999999999999999', 'newest'])(
    'says so when an entry is asked for by %s',
    async (index) => {
      const auditor = await anAuditor(app);
      const { body } = await auditor.api.get(`/v1/audit/entries/${index}`).expect(400);
      expect(body.errors).toEqual([{ pointer: 'path/index', detail: 'must be a whole number from 0 on' }]);
    },
  );

  it('shows an entry that was changed as such, among the others', async () => {
    await aCustomer(app);
    await sequence();
    const auditor = await anAuditor(app);
    const [newest, other] = (await entries(auditor, '?type=customer.registered&limit=2')).items;
    await app.db.query(
      'update audit_log set sealed = set_byte(sealed, 20, 255 - get_byte(sealed, 20)) where idx = $1',
      [newest?.index],
    );
    const { items } = await entries(auditor, '?type=customer.registered&limit=2');
    expect(items).toEqual([{ ...newest, state: 'sealed', intact: false, event: null }, other]);
  });

  it('keeps an auditor within the engagement', async () => {
    await aCustomer(app);
    await sequence();
    const now = app.clock.now().getTime();
    const ofOthers = await anAuditor(app, { retailerIds: ['0192f0c1-1111-7c3e-8f10-3d5f6a7b8c9d'] });
    expect((await entries(ofOthers)).items).toEqual([]);
    await ofOthers.api.get('/v1/audit/entries/0').expect(404);

    const ofLater = await anAuditor(app, { from: new Date(now - 1), to: new Date(now + DAY) });
    const asked = encodeURIComponent(new Date(now - 30 * DAY).toISOString());
    const seen = (await entries(ofLater, `?from=${asked}`)).items;
    expect(seen.every(({ at }) => Date.parse(at as string) >= now - 1)).toBe(true);
  });

  it('is closed to an auditor whose engagement is over', async () => {
    const now = app.clock.now().getTime();
    const auditor = await anAuditor(app, { from: new Date(now - DAY), to: new Date(now + 60_000) });
    app.clock.advance({ minutes: 2 });
    await auditor.api.get('/v1/audit/entries').expect(403);
    await auditor.api.get('/v1/audit/entries/0').expect(403);
  });

  it('records who looked for what', async () => {
    const auditor = await anAuditor(app);
    const leaf = 'ab'.repeat(32);
    await entries(auditor, `?type=consent.given&attribute=size.footwear&leaf_hash=${leaf}`);
    await sequence();
    const [search] = (await entries(auditor, '?type=audit.searched&limit=1')).items;
    expect(search?.event).toMatchObject({
      actor: { kind: 'auditor', id: auditor.staffId },
      data: { type: ['consent.given'], attribute: 'size.footwear', leaf_hash: leaf },
    });
  });

  it.each([
    'type=nonsense',
    'retailer_id=1',
    'purpose=%00',
    'attribute=%00',
    'subject=x',
    'from=yesterday',
    'from=2026-02-30T00:00:00Z',
    'cursor=bm9wZQ',
    'limit=0',
    'colour=red',
  ])('refuses the query %s', async (query) => {
    const auditor = await anAuditor(app);
    const { body } = await auditor.api.get(`/v1/audit/entries?${query}`).expect(400);
    expect(body.errors[0].pointer).toBe(`query/${query.split('=')[0]}`);
  });

  it('is not for operators', async () => {
    const operator = await anOperator(app);
    await operator.api.get('/v1/audit/entries').expect(403);
  });
});

describe('the sequencer', () => {
  beforeAll(sequence);

  it('numbers each entry once when two of them run at the same time', async () => {
    await Promise.all(Array.from({ length: 5 }, () => aCustomer(app)));
    await Promise.all([sequence(), sequence(), sequence()]);
    await sequence();
    const { rows } = await app.db.query(
      `select count(*)::int as entries, count(distinct id)::int as ids, max(idx)::int + 1 as top,
              (select size::int from audit_state) as size, (select count(*)::int from audit_pending) as pending
         from audit_log`,
    );
    const [{ entries: count, ids, top, size, pending }] = rows;
    expect({ ids, top, size, pending }).toEqual({ ids: count, top: count, size: count, pending: 0 });
  });

  it('keeps nobody waiting behind the backlog of others', async () => {
    const commitment = Buffer.alloc(32, 7);
    await app.db.query(
      `insert into audit_pending (bucket, id, type, at, leaf_hash, commitment, sealed, purposes, attributes)
       select case when n = 0 then 65535 else 0 end, gen_random_uuid(), 'test.' || (n = 0), now(), $1, $2, 'x', '{}', '{}'
         from generate_series(0, 2500) n`,
      [leafHashOf(leafBytes(commitment)), commitment],
    );
    const size = async () => Number((await app.db.query('select size from audit_state')).rows[0].size);
    const before = await size();
    await sequence();
    expect(await size()).toBe(before + 2501);
    const { rows } = await app.db.query(`select idx::int as index from audit_log where type = 'test.true'`);
    expect(rows[0].index).toBeLessThan(before + 2000);
  });

  it('leaves everything where it was when it fails half-way', async () => {
    await aCustomer(app);
    const before = await app.db.query('select count(*) from audit_pending');
    await app.db.query('alter table audit_log add constraint broken check (idx < 0) not valid');
    await expect(sequence()).rejects.toThrow('broken');
    await app.db.query('alter table audit_log drop constraint broken');
    expect((await app.db.query('select count(*) from audit_pending')).rows).toEqual(before.rows);
    await sequence();
    expect((await app.db.query('select count(*)::int from audit_pending')).rows).toEqual([{ count: 0 }]);
  });
});
