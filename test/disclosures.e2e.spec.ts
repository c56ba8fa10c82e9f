import { setTimeout as delay } from 'node:timers/promises';

import { DisclosureRecorder } from '../src/disclosures/recorder.service.js';
import { Database } from '../src/platform/database/database.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { disclosed, whileDisclosuresFail, whileDisclosuresWait } from './support/disclosed.js';
import { type ConsentAccess, consentToken, dpopFetch, dpopProof } from './support/oauth.js';
import { audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';

let app: TestApp;
let grocer: TestRetailer;
let mira: TestCustomer;
let access: ConsentAccess;

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '42.5' }, strength: 'want' };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };
const line = {
  type: 'ccx_preferences',
  purposes: ['dpv:ServicePersonalisation'],
  attributes: ['size', 'receipt'],
  touchpoints: ['till', 'web'],
};

beforeAll(async () => {
  app = await startApp({ config: { REQUESTS_AT_ONCE: '400' } });
  grocer = await aRetailer(app);
});
beforeEach(async () => {
  mira = await aCustomer(app);
  for (const preference of [shoes, paper]) await mira.api.post('/v1/me/preferences').send(preference).expect(201);
  access = await consentToken(app, grocer, mira, { details: [line] });
});
afterAll(() => app.stop());

const read = (query = 'touchpoint=till', by = access) => by.fetch('GET', `/v1/preferences?${query}`);
const list = async (query = '', who = mira) => (await who.api.get(`/v1/me/disclosures${query}`).expect(200)).body;

describe('the customer’s disclosures', () => {
  it('say who read what, when, why, where, and under which version of the consent', async () => {
    const { body } = await read('touchpoint=till&stage=shopping&attributes=size');
    expect(await list()).toEqual({
      items: [
        {
          id: body.disclosure_id,
          at: body.at,
          retailer: { id: grocer.id, name: grocer.name },
          client_id: grocer.client.id,
          attributes: ['size.footwear'],
          purpose: 'dpv:ServicePersonalisation',
          touchpoint: 'till',
          stage: 'shopping',
          consent: { id: access.consentId, version: 1 },
          unchanged: false,
          refused: null,
        },
      ],
      next_cursor: null,
    });
  });

  it('have the reads that were refused among them', async () => {
    await read('touchpoint=kiosk');
    expect((await list()).items).toMatchObject([{ refused: 'outside-consent', touchpoint: 'kiosk', attributes: [] }]);
  });

  it('come newest first, page by page', async () => {
    const ids: string[] = [];
    for (let reads = 0; reads < 5; reads++) ids.unshift((await read()).body.disclosure_id);
    const seen: string[] = [];
    let cursor: string | null = '';
    for (let pages = 0; cursor !== null; pages++) {
      expect(pages).toBeLessThan(3);
      const page: { items: { id: string }[]; next_cursor: string | null } = await list(
        `?limit=2${cursor && `&cursor=${cursor}`}`,
      );
      seen.push(...page.items.map(({ id }) => id));
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(ids);
  });

  it('reach back as far as they are kept, however long nobody has read in between', async () => {
    const { body } = await read();
    const ages = [40, 41, 300, 390, 500];
    await app.db.query(
      `insert into disclosures
       select bucket, customer_id, checked_at - make_interval(days => age), gen_random_uuid(), consent_id, consent_version,
              retailer_id, client_id, attributes, purpose, touchpoint, stage, unchanged, refused, audit_id, leaf_index,
              leaf_count, nonce, path
         from disclosures, unnest($2::int[]) as age where customer_id = $1`,
      [mira.customerId, ages],
    );
    const daysAgo = (at: string) => Math.round((Date.parse(body.at) - Date.parse(at)) / 86_400_000);
    const first = await list('?limit=3');
    const second = await list(`?limit=3&cursor=${first.next_cursor}`);
    expect([...first.items, ...second.items].map(({ at }) => daysAgo(at))).toEqual([0, 40, 41, 300, 390]);
    expect(second.next_cursor).toBeNull();
    const from = new Date(Date.parse(body.at) - 300.5 * 86_400_000).toISOString();
    expect((await list(`?from=${from}&to=${body.at}`)).items).toHaveLength(3);
  });

  it('are found by retailer, attribute and time', async () => {
    const rival = await aRetailer(app, { name: 'Grocer T' });
    const byRival = await consentToken(app, rival, mira, { details: [line] });
    const first = (await read('touchpoint=till&attributes=size')).body;
    const second = (await read('touchpoint=till&attributes=receipt', byRival)).body;
    const idsOf = async (query: string) => (await list(query)).items.map(({ id }: { id: string }) => id) as string[];

    expect(await idsOf(`?retailer_id=${rival.id}`)).toEqual([second.disclosure_id]);
    expect(await idsOf('?attribute=size.footwear')).toEqual([first.disclosure_id]);
    expect(await idsOf('?attribute=size.apparel')).toEqual([]);
    expect(await idsOf(`?from=${second.at}`)).toEqual([second.disclosure_id]);
    expect(await idsOf(`?to=${second.at}`)).toEqual([first.disclosure_id]);
    await mira.api.get('/v1/me/disclosures?attribute=%00').expect(400);
    for (const time of ['yesterday', '1', '-271821-04-20T00:00:00Z']) {
      await mira.api.get(`/v1/me/disclosures?from=${time}`).expect(400);
    }
  });

  it('are nobody else’s business', async () => {
    await read();
    expect((await list('', await aCustomer(app))).items).toEqual([]);
  });
});

describe('recording disclosures', () => {
  it('takes many reads together: one commit and one audit entry, by which each of them is proved', async () => {
    const recorder = app.get(DisclosureRecorder);
    const { allRead } = await whileDisclosuresWait(app, async () => {
      const reads = Promise.all(Array.from({ length: 200 }, () => read()));
      while (recorder.pending < 200) await delay(5);
      return { allRead: reads };
    });
    const answers = await allRead;
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    const rows = await disclosed(app, mira.key);
    expect(rows.map(({ id }) => id).toSorted()).toEqual(answers.map(({ body }) => body.disclosure_id).toSorted());

    const batches = new Map(rows.map((row) => [row.auditId, row]));
    expect(batches.size).toBeLessThan(10);
    const entries = (await audited(app, null)).filter(({ type }) => type === 'disclosures.recorded');
    const committed = new Map(
      entries
        .map(({ data }) => Object.values(data as { root: string; size: number }))
        .map(([root, size]) => [root, size]),
    );
    // Every row leads to the root of its batch, and the batch is in the log with its size.
    for (const row of rows) {
      expect(row.root).toBe(batches.get(row.auditId)?.root);
      expect(committed.get(row.root)).toBe(row.batchSize);
    }
  });

  it('lets no answer leave that could not be recorded', async () => {
    const proofs = await Promise.all(
      Array.from({ length: 20 }, () =>
        dpopProof(access.key, { htm: 'GET', htu: `${app.url}/v1/preferences`, token: access.accessToken }),
      ),
    );
    const send = (proof: string) => dpopFetch(app, access, 'GET', '/v1/preferences?touchpoint=till', { proof });
    const failed = await whileDisclosuresFail(app, () => Promise.all(proofs.map(send)));
    for (const { status, body, headers } of failed) {
      expect(status).toBe(503);
      expect(headers.get('retry-after')).toBe('1');
      expect(JSON.stringify(body)).not.toContain('"42.5"');
    }
    expect(await disclosed(app, mira.key)).toEqual([]);

    // Nothing of the failed commits is left: the same proofs are still good.
    const answers = await Promise.all(proofs.map(send));
    expect(answers.map(({ status }) => status)).toEqual(proofs.map(() => 200));
    expect(await disclosed(app, mira.key)).toHaveLength(20);
  });

  it('is done once when the reply to a commit is lost and it is tried again', async () => {
    const database = app.get(Database);
    const commit = database.commit.bind(database);
    const again = jest.spyOn(database, 'commit').mockImplementation(async (statements) => {
      await commit(statements);
      throw new Error('Connection terminated unexpectedly');
    });
    const { status, body } = await read();
    again.mockRestore();
    expect(status).toBe(200);
    expect(await disclosed(app, mira.key)).toMatchObject([{ id: body.disclosure_id }]);
    const roots = (await audited(app, null)).map(({ data }) => (data as { root?: string } | undefined)?.root);
    const [row] = await disclosed(app, mira.key);
    expect(roots.filter((root) => root === row?.root)).toHaveLength(1);
  });

  it('does not even say why a read is refused when that cannot be recorded', async () => {
    const { status, body } = await whileDisclosuresFail(app, () => read('touchpoint=kiosk'));
    expect({ status, type: body.type }).toEqual({ status: 503, type: `${app.url}/problems/unavailable` });
    expect((await audited(app, mira.key)).filter(({ type }) => type === 'disclosure.refused')).toEqual([]);
  });

  it('cannot be undone by the service', async () => {
    await read();
    const { reader } = app.get(Database);
    await expect(reader.query('delete from disclosures where bucket = 1')).rejects.toThrow(/permission denied/);
    await expect(reader.query('update disclosures set unchanged = true where bucket = 1')).rejects.toThrow(
      /permission denied/,
    );
  });

  it('keeps the days apart', async () => {
    await read();
    const { rows } = await app.db.query<{ partition: string; day: string }>(
      `select tableoid::regclass::text as partition, to_char(checked_at at time zone 'UTC', 'YYYY_MM_DD') as day
         from disclosures where customer_id = $1`,
      [mira.customerId],
    );
    expect(rows.map(({ partition }) => partition)).toEqual(rows.map(({ day }) => `disclosures_${day}`));
    expect(rows).not.toEqual([]);
  });
});

describe('disclosures as personal data', () => {
  const disclosures = () =>
    app
      .get(PersonalData)
      .registered()
      .find(({ module }) => module === 'disclosures')!;

  it('are exported whole', async () => {
    const { body } = await read();
    const exported = [];
    for await (const record of disclosures().export(app.get(Database).reader, mira.key)) exported.push(record);
    expect(exported).toEqual([{ kind: 'disclosure', record: (await list()).items[0], recipient: grocer.id }]);
    expect(exported[0]?.record['id']).toBe(body.disclosure_id);
  });

  it('are erased with the customer', async () => {
    await read();
    await app.db.query('grant delete on disclosures to ccx_app');
    try {
      await app.get(Database).transaction((tx) => disclosures().erase(tx, mira.key));
    } finally {
      await app.db.query('revoke delete on disclosures from ccx_app');
    }
    expect(await disclosed(app, mira.key)).toEqual([]);
  });
});
