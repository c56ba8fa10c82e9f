import { randomInt, randomUUID } from 'node:crypto';

import { Database } from '../src/platform/database/database.js';
import { encodeCursor } from '../src/platform/http/paging.js';
import type { JsonObject } from '../src/platform/json.js';
import { PersonalData } from '../src/platform/personal-data.js';
import { AdmissionsService } from '../src/retailers/admissions.service.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const eggs = { attribute: 'food.allergen', value: { code: 'AE' }, strength: 'avoid', weight: 70 };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };
const quiet = {
  attribute: 'contact.marketing',
  value: { email: false, sms: false },
  strength: 'must',
  context: { time: { time_zone: 'Europe/Berlin', from: '21:00', to: '08:00' } },
};

const record = (preference: object, who = mira) => who.api.post('/v1/me/preferences').send(preference);
const recording = (preference: object) => async () => (await record(preference)).status;
const recordAll = (items: object[], who = mira) => who.api.post('/v1/me/preferences/batch').send({ items });
const list = async (query = '', who = mira) => (await who.api.get(`/v1/me/preferences${query}`).expect(200)).body;
const revise = (id: string, etag: string, revision: object, who = mira) =>
  who.api.put(`/v1/me/preferences/${id}`).set('if-match', etag).send(revision);

const problem = (code: string) => `${app.url}/problems/${code}`;
const pointers = ({ errors }: { errors: { pointer: string }[] }) => errors.map(({ pointer }) => pointer);
const { attribute: _, ...allergyRevision } = { ...peanuts, applies_to: { level: 'everyone' } };

async function aRetailer(): Promise<string> {
  const given = { name: 'A', legalName: 'A Ltd', country: 'DE', website: 'https://a.example', touchpoints: ['till'] };
  const retailer = { ...given, privacyUrl: 'https://a.example/privacy', sectors: ['grocery'] };
  return (await app.get(AdmissionsService).register({ kind: 'system' }, retailer)).id;
}

/** What refused requests must leave as it was: no document, no version, no audit entry, no event. */
async function traces(who: TestCustomer): Promise<number[]> {
  const count = (table: string) =>
    app.db.query<{ count: number }>(
      `select count(*)::int as count from ${table} where bucket = $1 and customer_id = $2`,
      [who.key.bucket, who.customerId],
    );
  const tables = await Promise.all(['preference_documents', 'preference_versions'].map(count));
  const told = (await audited(app, who.key)).filter(({ type }) => (type as string).startsWith('preference.'));
  const sent = (await announced(app, who.key)).filter((type) => type === 'preferences.changed');
  return [...tables.map(({ rows }) => rows[0]!.count), told.length, sent.length];
}

describe('recording a preference', () => {
  it('answers it with its key and version, and where it is', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    expect(body).toEqual({
      id: expect.any(String),
      attribute: 'food.allergen',
      key: 'AP',
      value: { code: 'AP' },
      strength: 'never',
      applies_to: { level: 'everyone' },
      provenance: { kind: 'stated', source: 'customer', at: expect.any(String) },
      status: 'active',
      version: 1,
      recorded_at: body.provenance.at,
      updated_at: body.provenance.at,
    });
    expect(headers.location).toBe(`/v1/me/preferences/${body.id}`);
    const found = await mira.api.get(headers.location!).expect(200);
    expect(found.body).toEqual(body);
    expect(found.headers.etag).toBe(headers.etag);
  });

  it('keeps everything that was said', async () => {
    const retailer = await aRetailer();
    const all = {
      attribute: 'brand.affinity',
      value: { brand: 'Acme' },
      strength: 'want',
      weight: 80,
      applies_to: { level: 'retailer', retailer_id: retailer },
      context: {
        stage: ['shopping', 'exploring'],
        touchpoint: ['web'],
        place: { country: 'DE', region: 'DE-BY', store: '42' },
        time: { time_zone: 'Europe/Berlin', from: '09:00', to: '24:00', days: ['sun', 'mon'] },
        occasion: 'gift',
      },
      override: true,
      valid_from: '2026-12-01T00:00:00+01:00',
      valid_until: '2027-01-01T00:00:00Z',
      review_after: '2027-06-01T00:00:00Z',
    };
    const { body } = await record(all).expect(201);
    expect(body).toMatchObject({
      ...all,
      key: 'acme',
      context: {
        ...all.context,
        stage: ['exploring', 'shopping'],
        time: { ...all.context.time, days: ['mon', 'sun'] },
      },
      valid_from: '2026-11-30T23:00:00.000Z',
      valid_until: '2027-01-01T00:00:00.000Z',
      review_after: '2027-06-01T00:00:00.000Z',
    });
  });

  it('keeps a deprecated allergen code under the one that stands for it now', async () => {
    const { body } = await record({ ...peanuts, value: { code: 'PEANUTS' } }).expect(201);
    expect(body).toMatchObject({ key: 'AP', value: { code: 'AP' } });
    await record(peanuts).expect(409);
  });

  it('takes the same at the same time for a sector, a retailer and a context', async () => {
    const retailer_id = await aRetailer();
    await record(paper).expect(201);
    await record({ ...paper, applies_to: { level: 'sector', sector: 'grocery' } }).expect(201);
    await record({ ...paper, applies_to: { level: 'retailer', retailer_id } }).expect(201);
    await record({ ...paper, applies_to: { level: 'retailer', retailer_id: retailer_id.toUpperCase() } }).expect(409);
    await record({ ...paper, context: { touchpoint: ['till'] } }).expect(201);
    expect((await list()).items).toHaveLength(4);
  });

  it('refuses to state the same twice and names the preference that states it, whatever the order of its lists', async () => {
    const context = { stage: ['shopping', 'exploring'] };
    const { body: first } = await record({ ...paper, context }).expect(201);
    const again = { ...paper, value: { form: 'email' }, context: { stage: ['exploring', 'shopping'] } };
    const { body } = await record(again).expect(409);
    expect(body).toMatchObject({ type: problem('preference-exists'), preference_id: first.id });
    expect(await traces(mira)).toEqual([1, 1, 1, 1]);
  });

  it('tells the log which attribute and version, and nothing of the value', async () => {
    const { body } = await record(peanuts).expect(201);
    const entries = (await audited(app, mira.key)).filter(({ type }) => type === 'preference.recorded');
    expect(entries).toEqual([
      expect.objectContaining({
        actor: { kind: 'customer' },
        attributes: ['food.allergen'],
        data: { changes: [{ id: body.id, attribute: 'food.allergen', version: 1 }] },
      }),
    ]);
    expect(JSON.stringify(entries)).not.toContain('"AP"');
    expect(await announced(app, mira.key)).toContain('preferences.changed');
  });

  it('leaves nothing readable in the database', async () => {
    await record({ attribute: 'brand.affinity', value: { brand: 'Unmistakable' }, strength: 'want' }).expect(201);
    const { rows } = await app.db.query<{ row: string }>(
      `select d::text || v::text as row from preference_documents d join preference_versions v using (bucket, customer_id)
        where customer_id = $1`,
      [mira.customerId],
    );
    expect(rows).toHaveLength(1);
    const readable = Buffer.from('Unmistakable').toString('hex');
    expect(rows[0]!.row).not.toContain('Unmistakable');
    expect(rows[0]!.row).not.toContain(readable);
  });

  it('is done once for one Idempotency-Key', async () => {
    const key = randomUUID();
    const first = await record(peanuts).set('idempotency-key', key).expect(201);
    const again = await record(peanuts).set('idempotency-key', key).expect(201);
    expect(again.body).toEqual(first.body);
    await record(eggs).set('idempotency-key', key).expect(422);
  });

  it('needs a token that may write', async () => {
    await app.http.post('/v1/me/preferences').send(peanuts).expect(401);
    const { body } = await mira.api
      .post('/v1/me/tokens')
      .send({
        name: 'reader',
        scopes: ['preferences.read'],
        expires_at: new Date(Date.now() + 86_400_000).toISOString(),
      })
      .expect(201);
    const reader = (path: string) => app.http.post(path).set('authorization', `Bearer ${body.token}`);
    await reader('/v1/me/preferences').send(peanuts).expect(403);
  });
});

describe('a preference that is not right', () => {
  const at = (context: object) => ({ ...paper, context });

  it.each<[string, object, string[]]>([
    ['an unknown attribute', { ...peanuts, attribute: 'food.colour' }, ['/attribute']],
    ['a category', { ...peanuts, attribute: 'food' }, ['/attribute']],
    ['an unknown code', { ...peanuts, value: { code: 'CATS' } }, ['/value/code']],
    ['a value of the wrong type', { ...peanuts, value: 'AP' }, ['/value']],
    ['no value', { ...peanuts, value: null }, ['/value']],
    ['a member that the value does not have', { ...peanuts, value: { code: 'AP', note: 'x' } }, ['/value/note']],
    [
      'an unknown size system',
      { attribute: 'size.footwear', value: { system: 'MARS', size: '9' }, strength: 'want' },
      ['/value/system'],
    ],
    [
      'an unknown currency',
      {
        attribute: 'price.sensitivity',
        value: { style: 'best_value', budget: { amount: 1, currency: 'EUX', period: 'week' } },
        strength: 'want',
      },
      ['/value/budget/currency'],
    ],
    ['a value of more than 4 KiB', { ...peanuts, value: { code: 'A'.repeat(4096) } }, ['/value']],
    ['a strength that nobody has', { ...peanuts, strength: 'maybe' }, ['/strength']],
    ['a strength that the attribute does not take', { ...peanuts, strength: 'want' }, ['/strength']],
    ['a weight on a must', { ...quiet, weight: 50 }, ['/weight']],
    ['a weight beyond 100', { ...paper, weight: 101 }, ['/weight']],
    ['a member that nobody knows', { ...peanuts, key: 'AP' }, ['/key']],
    ['a level that there is not', { ...paper, applies_to: { level: 'family' } }, ['/applies_to/level']],
    ['a level without its sector', { ...paper, applies_to: { level: 'sector' } }, ['/applies_to/sector']],
    [
      'a sector for everyone',
      { ...paper, applies_to: { level: 'everyone', sector: 'grocery' } },
      ['/applies_to/sector'],
    ],
    ['something else for applies_to', { ...paper, applies_to: 'everyone' }, ['/applies_to']],
    [
      'an unknown retailer',
      { ...paper, applies_to: { level: 'retailer', retailer_id: randomUUID() } },
      ['/applies_to/retailer_id'],
    ],
    ['an empty context', at({}), ['/context']],
    ['an unknown touchpoint', at({ touchpoint: ['moon'] }), ['/context/touchpoint']],
    ['an empty list', at({ stage: [] }), ['/context/stage']],
    ['a region of another country', at({ place: { country: 'AT', region: 'DE-BY' } }), ['/context/place/region']],
    ['a store of nobody', at({ place: { store: '42' } }), ['/context/place/store']],
    [
      'a zone that there is not',
      at({ time: { time_zone: 'Mars/Olympus', from: '10:00' } }),
      ['/context/time/time_zone'],
    ],
    ['an hour that there is not', at({ time: { time_zone: 'UTC', from: '25:00' } }), ['/context/time/from']],
    ['a time without hours or days', at({ time: { time_zone: 'UTC' } }), ['/context/time']],
    ['a day that there is not', { ...paper, valid_from: '2026-02-30T00:00:00Z' }, ['/valid_from']],
    [
      'an end before the beginning',
      { ...paper, valid_from: '2026-12-02T00:00:00Z', valid_until: '2026-12-01T23:00:00-01:00' },
      ['/valid_until'],
    ],
    ['several faults', { ...peanuts, strength: 'must', value: {} }, ['/value/code', '/strength']],
  ])('for %s is refused, says where, and leaves nothing behind', async (_name, wrong, where) => {
    const { body } = await record(wrong).expect(400);
    expect(body.type).toBe(problem('invalid-request'));
    expect(pointers(body)).toEqual(where);
    expect(await traces(mira)).toEqual([0, 0, 0, 0]);
  });

  it('because it holds NUL, is refused where that is', async () => {
    const { body } = await record({ attribute: 'brand.affinity', value: { brand: 'A\0' }, strength: 'want' }).expect(
      400,
    );
    expect(pointers(body)).toEqual(['/value/brand']);
    expect(await traces(mira)).toEqual([0, 0, 0, 0]);
  });

  it('because it is none, is refused', async () => {
    await mira.api.post('/v1/me/preferences').set('content-type', 'text/plain').send('hello').expect(415);
    await mira.api.post('/v1/me/preferences').set('content-type', 'application/json').send('{').expect(400);
    await mira.api
      .post('/v1/me/preferences')
      .send({ ...peanuts, value: { code: 'x'.repeat(2 ** 20) } })
      .expect(413);
  });
});

describe('recording many preferences', () => {
  it('answers them in their order and tells the log once', async () => {
    const { body } = await recordAll([peanuts, quiet, eggs]).expect(201);
    expect(body.items.map(({ attribute, key }: JsonObject) => [attribute, key])).toEqual([
      ['food.allergen', 'AP'],
      ['contact.marketing', null],
      ['food.allergen', 'AE'],
    ]);
    expect(await traces(mira)).toEqual([2, 3, 1, 1]);
    expect((await list()).items).toHaveLength(3);
  });

  it('records none when one is wrong, and names every fault', async () => {
    const { body } = await recordAll([
      peanuts,
      { ...eggs, strength: 'want' },
      { ...paper, attribute: 'no.such' },
    ]).expect(400);
    expect(pointers(body)).toEqual(['/items/1/strength', '/items/2/attribute']);
    expect(await traces(mira)).toEqual([0, 0, 0, 0]);
  });

  it('records none when one says the same as another of them', async () => {
    const { body } = await recordAll([peanuts, paper, { ...peanuts, value: { code: 'PEANUTS' } }]).expect(400);
    expect(body.errors).toEqual([{ pointer: '/items/2', detail: 'states the same as /items/0' }]);
    expect(await traces(mira)).toEqual([0, 0, 0, 0]);
  });

  it('records none when one is stated already', async () => {
    const { body: known } = await record(peanuts).expect(201);
    const { body } = await recordAll([eggs, peanuts]).expect(409);
    expect(body).toMatchObject({ type: problem('preference-exists'), preference_id: known.id });
    expect(pointers(body)).toEqual(['/items/1']);
    expect(await traces(mira)).toEqual([1, 1, 1, 1]);
  });

  it('is for 1 to 500', async () => {
    expect(pointers((await recordAll([]).expect(400)).body)).toEqual(['/items']);
    expect(pointers((await recordAll(brands(501)).expect(400)).body)).toEqual(['/items']);
    expect((await recordAll(brands(500)).expect(201)).body.items).toHaveLength(500);
  });
});

const brands = (count: number, from = 0) =>
  Array.from({ length: count }, (_unused, index) => ({
    attribute: 'brand.affinity',
    value: { brand: `Brand ${from + index}` },
    strength: 'want',
  }));

describe('a profile', () => {
  it('holds 1 000 preferences and no more', async () => {
    await recordAll(brands(500)).expect(201);
    await recordAll(brands(499, 500)).expect(201);
    const { body } = await recordAll([paper, peanuts]).expect(409);
    expect(body).toMatchObject({ type: problem('too-many-preferences'), limit: 1000 });
    await record(paper).expect(201);
    await record(peanuts).expect(409);
  });

  it('holds no more than that when two requests for its last place race', async () => {
    await recordAll(brands(500)).expect(201);
    await recordAll(brands(499, 500)).expect(201);
    const where = { bucket: mira.key.bucket, customer_id: mira.customerId };
    const answers = await race(app.db, 'subject_keys', where, [recording(paper), recording(peanuts)]);
    expect(statusesOf(answers)).toEqual([201, 409]);
  });

  it('holds no more of a category than its document can', async () => {
    // Characters that no packing makes shorter, as long as they may be.
    const noise = (length: number) =>
      String.fromCodePoint(...Array.from({ length }, () => 0x20000 + randomInt(0xa000)));
    const noisy = Array.from({ length: 330 }, () => ({
      attribute: 'loyalty.membership',
      value: { programme: noise(100), member_id: noise(64) },
      strength: 'want',
    }));
    await recordAll(noisy).expect(201);
    const more = noisy.map((preference) => ({ ...preference, value: { ...preference.value, programme: noise(100) } }));
    const { body } = await recordAll(more).expect(409);
    expect(body).toMatchObject({ type: problem('category-full'), category: 'loyalty', limit_bytes: 262_144 });
    expect(await traces(mira)).toEqual([1, 330, 1, 1]);
  });
});

describe('two requests at once', () => {
  it('cannot both state the same, even in a category that is new', async () => {
    const where = { bucket: mira.key.bucket, customer_id: mira.customerId };
    const answers = await race(app.db, 'subject_keys', where, [recording(peanuts), recording(peanuts)]);
    expect(statusesOf(answers)).toEqual([201, 409]);
    expect(await traces(mira)).toEqual([1, 1, 1, 1]);
  });

  it('both state what they do in one category', async () => {
    await record(peanuts).expect(201);
    const where = { bucket: mira.key.bucket, customer_id: mira.customerId, category: 'food' };
    const soy = { ...eggs, value: { code: 'AY' } };
    const answers = await race(app.db, 'preference_documents', where, [recording(eggs), recording(soy)]);
    expect(statusesOf(answers)).toEqual([201, 201]);
    expect((await list()).items).toHaveLength(3);
  });

  it('cannot both revise the same version', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    const where = { bucket: mira.key.bucket, customer_id: mira.customerId, category: 'food' };
    const revision = { ...allergyRevision, strength: 'avoid' };
    const once = async () => (await revise(body.id, headers.etag!, revision)).status;
    const answers = await race(app.db, 'preference_documents', where, [once, once]);
    expect(statusesOf(answers)).toEqual([200, 412]);
    expect(await traces(mira)).toEqual([1, 2, 2, 2]);
  });
});

describe('the list', () => {
  it('begins with the latest change and goes on page by page', async () => {
    await record(peanuts).expect(201);
    await record(paper).expect(201);
    await record(quiet).expect(201);
    const first = await list('?limit=2');
    expect(first.items.map(({ attribute }: JsonObject) => attribute)).toEqual([
      'contact.marketing',
      'receipt.delivery',
    ]);
    const second = await list(`?limit=2&cursor=${first.next_cursor}`);
    expect(second.items.map(({ attribute }: JsonObject) => attribute)).toEqual(['food.allergen']);
    expect(second.next_cursor).toBeNull();
  });

  it('is cut to an attribute, a category, a level or a state', async () => {
    const sector = { applies_to: { level: 'sector', sector: 'grocery' } };
    await recordAll([
      peanuts,
      { attribute: 'food.diet', value: { code: 'VEGAN' }, strength: 'want' },
      { ...paper, ...sector },
    ]);
    const keys = async (query: string) =>
      (await list(query)).items.map(({ attribute }: JsonObject) => attribute).toSorted();
    expect(await keys('?attribute=food.allergen')).toEqual(['food.allergen']);
    expect(await keys('?attribute=food')).toEqual(['food.allergen', 'food.diet']);
    expect(await keys('?applies_to=sector')).toEqual(['receipt.delivery']);
    expect(await keys('?status=pending')).toEqual([]);
    expect(await keys('?status=active&applies_to=everyone&attribute=food.diet')).toEqual(['food.diet']);
  });

  it.each(['cursor=nonsense', 'limit=0', 'applies_to=family', 'status=gone', 'attribute=Food!', 'colour=red'])(
    'refuses %s',
    async (query) => {
      await mira.api.get(`/v1/me/preferences?${query}`).expect(400);
    },
  );

  it('is empty at first, and shows nothing of anybody else', async () => {
    await record(peanuts).expect(201);
    const noah = await aCustomer(app);
    expect(await list('', noah)).toEqual({ items: [], next_cursor: null });
  });
});

describe('one preference', () => {
  it('is not sent again to who has it', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    await mira.api.get(`/v1/me/preferences/${body.id}`).set('if-none-match', headers.etag!).expect(304);
  });

  it('of somebody else is as one that does not exist', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    const noah = await aCustomer(app);
    for (const id of [body.id, randomUUID()]) {
      const path = `/v1/me/preferences/${id}`;
      for (const answer of [
        await noah.api.get(path),
        await revise(id, headers.etag!, allergyRevision, noah),
        await noah.api.delete(path),
        await noah.api.get(`${path}/history`),
      ]) {
        expect([answer.status, answer.body.type]).toEqual([404, problem('preference-not-found')]);
      }
    }
    expect((await mira.api.get(`/v1/me/preferences/${body.id}`)).body).toEqual(body);
  });

  it('is asked for by a UUID', async () => {
    await mira.api.get('/v1/me/preferences/nonsense').expect(400);
    await mira.api.get('/v1/me/preferences/nonsense/history').expect(400);
    await mira.api.delete('/v1/me/preferences/nonsense').expect(400);
  });
});

describe('revising a preference', () => {
  it('answers the next version, in which what was left out is gone', async () => {
    const { body: first, headers } = await record({ ...eggs, review_after: '2027-01-01T00:00:00Z' }).expect(201);
    app.clock.advance({ seconds: 1 });
    const revision = { value: { code: 'AE' }, strength: 'never', applies_to: { level: 'sector', sector: 'grocery' } };
    const { body, headers: after } = await revise(first.id, headers.etag!, revision).expect(200);
    expect(body).toMatchObject({ id: first.id, ...revision, version: 2, recorded_at: first.recorded_at });
    expect(body.updated_at > first.updated_at).toBe(true);
    expect(Object.keys(body)).not.toEqual(expect.arrayContaining(['weight', 'review_after']));
    expect(after.etag).not.toBe(headers.etag);
    expect((await mira.api.get(`/v1/me/preferences/${first.id}`)).body).toEqual(body);
  });

  it('needs the version that it replaces', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    const path = `/v1/me/preferences/${body.id}`;
    await mira.api.put(path).send(allergyRevision).expect(428);
    await revise(body.id, '"stale"', allergyRevision).expect(412);
    await revise(body.id, headers.etag!, allergyRevision).expect(200);
    await revise(body.id, headers.etag!, allergyRevision).expect(412);
    expect(await traces(mira)).toEqual([1, 2, 2, 2]);
  });

  it('is refused where it is not right', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    const attempt = async (revision: object) =>
      pointers((await revise(body.id, headers.etag!, revision).expect(400)).body);
    expect(await attempt({ ...allergyRevision, value: { code: 'CATS' } })).toEqual(['/value/code']);
    expect(await attempt({ ...allergyRevision, attribute: 'food.diet' })).toEqual(['/attribute']);
    expect(await attempt({ ...allergyRevision, applies_to: undefined })).toEqual(['/applies_to']);
    const unknown = { level: 'retailer', retailer_id: randomUUID() };
    expect(await attempt({ ...allergyRevision, applies_to: unknown })).toEqual(['/applies_to/retailer_id']);
    expect(await traces(mira)).toEqual([1, 1, 1, 1]);
  });

  it('cannot make it say what another says', async () => {
    const { body: first } = await record(peanuts).expect(201);
    const { body: second, headers } = await record(eggs).expect(201);
    const { body } = await revise(second.id, headers.etag!, allergyRevision).expect(409);
    expect(body).toMatchObject({ type: problem('preference-exists'), preference_id: first.id });
  });

  it('may free what it said for another', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    await revise(body.id, headers.etag!, { ...allergyRevision, value: { code: 'AY' } }).expect(200);
    await record(peanuts).expect(201);
  });
});

describe('removing a preference', () => {
  it('ends it and frees its place', async () => {
    const { body } = await record(peanuts).expect(201);
    await mira.api.delete(`/v1/me/preferences/${body.id}`).expect(204);
    await mira.api.get(`/v1/me/preferences/${body.id}`).expect(404);
    await mira.api.delete(`/v1/me/preferences/${body.id}`).expect(404);
    expect((await list()).items).toEqual([]);
    await record(peanuts).expect(201);
    expect(await traces(mira)).toEqual([1, 3, 3, 3]);
  });
});

describe('the history of a preference', () => {
  it('tells every version, the latest first, also of a removed one', async () => {
    const { body, headers } = await record(peanuts).expect(201);
    await revise(body.id, headers.etag!, { ...allergyRevision, strength: 'avoid' }).expect(200);
    await mira.api.delete(`/v1/me/preferences/${body.id}`).expect(204);
    const path = `/v1/me/preferences/${body.id}/history`;
    const { body: history } = await mira.api.get(path).expect(200);
    expect(
      history.items.map(({ change, preference }: { change: string; preference: JsonObject }) => [
        change,
        preference.version,
        preference.strength,
      ]),
    ).toEqual([
      ['removed', 3, 'avoid'],
      ['revised', 2, 'avoid'],
      ['recorded', 1, 'never'],
    ]);
    expect(history.items[2].preference).toEqual(body);

    const first = await mira.api.get(`${path}?limit=2`).expect(200);
    const second = await mira.api.get(`${path}?limit=2&cursor=${first.body.next_cursor}`).expect(200);
    expect([...first.body.items, ...second.body.items]).toEqual(history.items);
    expect(second.body.next_cursor).toBeNull();
    await mira.api.get(`${path}?cursor=nonsense`).expect(400);
    await mira.api.get(`${path}?cursor=${encodeCursor(2 ** 40)}`).expect(400);
  });

  it('cannot be changed by the service', async () => {
    const { rows } = await app.db.query<{ privilege_type: string }>(
      `select privilege_type from information_schema.role_table_grants
        where grantee = 'ccx_app' and table_name = 'preference_versions' order by 1`,
    );
    expect(rows.map(({ privilege_type }) => privilege_type)).toEqual(['INSERT', 'SELECT']);
  });
});

describe('what is held of a customer', () => {
  const held = () =>
    app
      .get(PersonalData)
      .registered()
      .find(({ module }) => module === 'preferences')!;

  it('is handed over opened: what holds now, and every version', async () => {
    const { body } = await record(peanuts).expect(201);
    const { body: gone } = await record(paper).expect(201);
    await mira.api.delete(`/v1/me/preferences/${gone.id}`).expect(204);
    const records = [];
    for await (const one of held().export(app.get(Database).reader, mira.key)) records.push(one);
    expect(records).toEqual([
      { kind: 'preference', record: body, source: 'customer' },
      { kind: 'preference_version', provided: true, record: { change: 'recorded', preference: body } },
      { kind: 'preference_version', provided: true, record: { change: 'recorded', preference: gone } },
      {
        kind: 'preference_version',
        provided: true,
        record: { change: 'removed', preference: expect.objectContaining({ version: 2 }) },
      },
    ]);
  });

  it('is gone when it is erased', async () => {
    await record(peanuts).expect(201);
    await app.get(Database).transaction(async (tx) => {
      await tx.query('set local role ccx_erase');
      await held().erase(tx, mira.key);
    });
    expect((await traces(mira)).slice(0, 2)).toEqual([0, 0]);
  });

  it('cannot be written once the keys are destroyed', async () => {
    await app.db.query('delete from subject_keys where customer_id = $1', [mira.customerId]);
    await record(peanuts).expect(401);
  });
});
