import { ccxCore110 } from '../src/vocabulary/ccx-core/1.1.0.js';
import { PreferencesService } from '../src/preferences/preferences.service.js';
import { RetailersService } from '../src/retailers/retailers.service.js';
import { object } from '../src/vocabulary/schemas.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent } from './support/consents.js';
import { likeThem } from './support/crowds.js';
import { consentToken, retailerToken } from './support/oauth.js';
import { all } from './support/pages.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { aNewAttribute } from './support/vocabularies.js';

// Profiles as full as they may be.
jest.setTimeout(60_000);

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const record = (statement: object) => mira.api.post('/v1/me/preferences').send(statement);
const recordAll = (items: readonly object[]) => mira.api.post('/v1/me/preferences/batch').send({ items });
const problem = (code: string) => `${app.url}/problems/${code}`;
const pointersOf = ({ errors }: { errors: { pointer: string }[] }) => errors.map(({ pointer }) => pointer);

/** What the API description says of a schema or of a member of one. */
function documented(schema: string, member: string): { maxItems?: number; description?: string } {
  const { properties } = app.document.components!.schemas![schema] as { properties: Record<string, object> };
  return properties[member]!;
}
const recording = () => app.document.paths['/v1/me/preferences']!.post!.description;

const REVIEW = '2020-01-01T00:00:00Z';
const brands = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => ({
    attribute: 'brand.affinity',
    value: { brand: `Brand ${from + index}` },
    strength: 'want',
    review_after: REVIEW,
  }));

describe('a profile of 1 000 preferences', () => {
  it('is documented', () => {
    expect(recording()).toContain('at most 1 000 preferences');
    expect(documented('PreferenceBatch', 'items').maxItems).toBe(500);
    expect(documented('Confirmation', 'ids').maxItems).toBe(1000);
  });

  it('is listed, resolved, confirmed, remembered and compared as a whole', async () => {
    const before = app.clock.now().toISOString();
    app.clock.advance({ minutes: 1 });
    for (const items of [brands(0, 500), brands(500, 1000)]) await recordAll(items).expect(201);
    expect(await all(mira, '/v1/me/preferences?limit=200')).toHaveLength(1000);
    const { body } = await mira.api.get('/v1/me/effective').expect(200);
    expect(body.effective).toHaveLength(1000);

    app.clock.advance({ minutes: 1 });
    const then = app.clock.now().toISOString();
    app.clock.advance({ minutes: 1 });
    const confirmed = await mira.api.post('/v1/me/preferences/confirm').send({ all_due: true }).expect(200);
    expect(confirmed.body.items).toHaveLength(1000);
    const ids = (confirmed.body.items as { id: string }[]).map(({ id }) => id);
    const named = await mira.api.post('/v1/me/preferences/confirm').send({ ids }).expect(200);
    expect(named.body.items).toHaveLength(1000);

    const past = await all(mira, `/v1/me/preferences?as_of=${then}&limit=200`);
    expect(past).toHaveLength(1000);
    expect(past.every(({ version }) => version === 1)).toBe(true);
    const changes = await all<{ change: string }>(mira, `/v1/me/preferences/changes?from=${before}&limit=200`);
    expect(changes.filter(({ change }) => change === 'added')).toHaveLength(1000);
  });

  it('is full, and says what to do', async () => {
    for (const items of [brands(0, 500), brands(500, 1000)]) await recordAll(items).expect(201);
    const { body } = await record({ attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' }).expect(
      409,
    );
    expect(body).toMatchObject({ type: problem('too-many-preferences'), limit: 1000, retryable: false });
    const page = await app.http.get('/problems/too-many-preferences').accept('application/json').expect(200);
    expect(page.body.advice).toContain('Remove preferences');
  });

  it('is not confirmed with more names than that', async () => {
    const ids = Array.from(
      { length: 1001 },
      (_, index) => `019a9c45-2f10-7a44-8b21-${String(index).padStart(12, '0')}`,
    );
    const { body } = await mira.api.post('/v1/me/preferences/confirm').send({ ids }).expect(400);
    expect(pointersOf(body)).toEqual(['/ids']);
    expect(body.errors[0].detail).toContain('1000');
  });
});

describe('a look-up of 500 subjects', () => {
  const line = {
    type: 'ccx_preferences',
    attributes: ['brand'],
    purposes: ['dpv:ServicePersonalisation'],
    touchpoints: ['web'],
  };
  let retailer: TestRetailer;
  let subjects: string[];
  /** Customers each of whom has consented, and likes a brand of their own. */
  beforeAll(async () => {
    retailer = await aRetailer(app);
    const { consentId } = await aConsent(app, { retailer, details: [line] });
    const crowd = await likeThem(app, consentId, 501);
    const author = { actor: { kind: 'customer' }, provenance: { kind: 'stated', source: 'customer' } } as const;
    for (const [index, customer] of crowd.entries()) {
      const draft = {
        attribute: 'brand.affinity',
        value: { brand: `Brand ${index}` },
        strength: 'want',
        applies_to: { level: 'everyone' },
      } as const;
      await app.get(PreferencesService).record(customer, draft, author);
    }
    subjects = await Promise.all(crowd.map((customer) => app.get(RetailersService).subjectFor(retailer.id, customer)));
  });

  const lookUp = async (some: readonly string[]) => {
    const office = await retailerToken(app, retailer);
    return office.fetch('POST', '/v1/preferences/lookup', { subjects: some, touchpoint: 'web' });
  };

  it('is documented', () => {
    expect(documented('LookUp', 'subjects').maxItems).toBe(500);
  });

  it('answers of 500 different customers what each of them has stated, in one batch of disclosures', async () => {
    const { status, body } = await lookUp(subjects.slice(0, 500));
    expect(status).toBe(200);
    const results = body.results as { subject: string; disclosure_id: string; preferences: { value: object }[] }[];
    expect(results.map(({ subject }) => subject)).toEqual(subjects.slice(0, 500));
    const brandsOf = results.map(({ preferences }) => preferences.map(({ value }) => value));
    expect(brandsOf).toEqual(results.map((_, index) => [{ brand: `Brand ${index}` }]));

    const ids = results.map(({ disclosure_id: id }) => id);
    const { rows } = await app.db.query<{ customers: number; batches: number }>(
      `select count(distinct customer_id)::int as customers, count(distinct audit_id)::int as batches
         from disclosures where id = any($1) and leaf_count = 500`,
      [ids],
    );
    expect(rows).toEqual([{ customers: 500, batches: 1 }]);
  });

  it('is refused of one more, which is asked about in a second one', async () => {
    const { status, body } = await lookUp(subjects);
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: problem('invalid-request'), retryable: false });
    expect(body.errors).toEqual([{ pointer: '/subjects', detail: expect.stringContaining('500') }]);
    expect((await lookUp(subjects.slice(500))).body.results).toHaveLength(1);
  });
});

describe('a value of 4 KiB', () => {
  let florist: TestRetailer;
  let path: string;
  /** What retailers add to the vocabulary may be that long; nothing in ccx-core is. */
  beforeAll(async () => {
    florist = await aRetailer(app, { name: 'Florist F', menu: null });
    await app.db.query(`update retailers set website = 'https://florist.example' where id = $1`, [florist.id]);
    path = 'example.florist.card';
    const {
      sensitivity: _,
      inferable: __,
      ...definition
    } = aNewAttribute(path, {
      value_schema: object({ text: { type: 'string', maxLength: 10_000 } }),
      example: { text: 'Thanks' },
    });
    const manager = await retailerToken(app, florist, { scope: 'retailer.manage' });
    const { status, body } = await manager.fetch('POST', '/v1/retailer/vocabulary', definition);
    if (status !== 201) throw new Error(`Not added: ${JSON.stringify(body)}`);
    app.clock.advance({ seconds: 61 });
  });

  /** A value of so many bytes, half of them in characters of three. */
  const valueOf = (bytes: number) => {
    const room = bytes - Buffer.byteLength('{"text":""}');
    const wide = Math.floor(room / 6);
    return { text: '€'.repeat(wide) + 'x'.repeat(room - 3 * wide) };
  };
  const stating = (bytes: number, more: object = {}) => ({
    attribute: path,
    value: valueOf(bytes),
    strength: 'want',
    applies_to: { level: 'retailer', retailer_id: florist.id },
    ...more,
  });

  it('is documented', () => {
    expect(documented('NewPreference', 'value').description).toContain('at most 4 KiB');
    expect(recording()).toContain('a value at most 4 KiB');
  });

  it('is recorded, listed, resolved and read as it is', async () => {
    const { body } = await record(stating(4096)).expect(201);
    expect(Buffer.byteLength(JSON.stringify(body.value))).toBe(4096);
    expect(await all(mira, '/v1/me/preferences')).toEqual([body]);
    const effective = await mira.api.get(`/v1/me/effective?retailer_id=${florist.id}`).expect(200);
    expect(effective.body.effective).toMatchObject([{ value: valueOf(4096) }]);

    const purposes = ['dpv:ServicePersonalisation'];
    const line = { type: 'ccx_preferences', attributes: [path], purposes, touchpoints: ['web'] };
    const access = await consentToken(app, florist, mira, { details: [line] });
    const read = await access.fetch('GET', '/v1/preferences');
    expect(read.body.preferences).toMatchObject([{ attribute: path, value: valueOf(4096) }]);
  });

  it('is taken in a batch of the largest size', async () => {
    const items = Array.from({ length: 500 }, (_, index) => stating(4096, { context: { occasion: `o${index}` } }));
    await recordAll(items).expect(201);
  });

  it('is the largest, and says how large what is refused was', async () => {
    const { body } = await record(stating(4097)).expect(400);
    expect(body).toMatchObject({
      type: problem('invalid-request'),
      errors: [{ pointer: '/value', detail: 'must be at most 4096 bytes of JSON; it is 4097' }],
    });
    const { body: batch } = await recordAll([stating(100), stating(4097, { context: { occasion: 'gift' } })]).expect(
      400,
    );
    expect(pointersOf(batch)).toEqual(['/items/1/value']);
  });
});

describe('all 366 allergens of GS1', () => {
  const allergens = ccxCore110.code_lists['gs1_allergen']!.codes;
  const codes = allergens.map(({ code }) => code);
  const renamed = new Map(allergens.flatMap(({ code, alias_of }) => (alias_of ? [[code, alias_of]] : [])));
  const never = (code: string, more: object = {}) => ({
    attribute: 'food.allergen',
    value: { code },
    strength: 'never',
    ...more,
  });

  it('are 366', () => {
    expect(codes).toHaveLength(366);
  });

  it('are stated at once, and each is kept under the code that stands for it now', async () => {
    const items = codes.map((code, index) => never(code, { context: { occasion: `o${index}` } }));
    const { body } = await recordAll(items).expect(201);
    const keys = (body.items as { key: string }[]).map(({ key }) => key);
    expect(keys).toEqual(codes.map((code) => renamed.get(code) ?? code));
  });

  it('hold all together, each once', async () => {
    const distinct = codes.filter((code) => !renamed.has(code));
    await recordAll(distinct.map((code) => never(code))).expect(201);
    const { body } = await mira.api.get('/v1/me/effective').expect(200);
    expect((body.effective as { key: string }[]).map(({ key }) => key)).toEqual(distinct.toSorted());

    const [alias, code] = [...renamed][0]!;
    const again = await record(never(alias)).expect(409);
    const first = (await all(mira, '/v1/me/preferences')).find(({ key }) => key === code);
    expect(again.body).toMatchObject({ type: problem('preference-exists'), preference_id: first?.id });
  });

  it('are refused together under old codes and new, naming what says the same', async () => {
    const { body } = await recordAll(codes.map((code) => never(code))).expect(400);
    expect(body.errors.length).toBeGreaterThan(0);
    expect(body.errors[0].detail).toMatch(/^states the same as \/items\/\d+$/);
  });
});
