import { Writable } from 'node:stream';

import * as fc from 'fast-check';
import { pino } from 'pino';

import { describeError } from '../src/platform/http/logging.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aSpecialConsent, command, special, withdraw } from './support/consents.js';
import { exported } from './support/exports.js';
import { claimsOf, type ConsentAccess, consentToken, type RetailerAccess, retailerToken } from './support/oauth.js';
import { audited } from './support/records.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { aSnapshot, partsOf, PURPOSE } from './support/snapshots.js';
import { arrive, aTern, switchTo } from './support/switches.js';

// Whole lives, in which everything happens that can.
jest.setTimeout(300_000);

const RUNS = 6;

/** Something special to say, and by what it is recognised, in whichever words it is passed on. */
const statements = {
  'food.allergen': { value: { code: 'AP' }, strength: 'never', traces: /"AP"|peanut/i },
  'food.diet': { value: { code: 'HALAL' }, strength: 'must', traces: /halal/i },
  'accessibility.display': { value: { needs: ['screen_reader'] }, strength: 'must', traces: /screen.?reader/i },
  'accessibility.assistance': { value: { needs: ['assistance_dog'] }, strength: 'want', traces: /assistance.?dog/i },
} as const;
type Special = keyof typeof statements;
const specials = Object.keys(statements) as Special[];

/** What of it all can be recognised in a text. */
const tracesIn = (text: string) => specials.filter((path) => statements[path].traces.test(text));
const namesIn = (text: string) => specials.filter((path) => text.includes(path));

/** What may be asked for along with others. */
const ordinary = {
  type: 'ccx_preferences',
  attributes: ['contact', 'language', 'loyalty', 'receipt', 'size'],
  purposes: [PURPOSE, 'dpv:DirectMarketing'],
  touchpoints: ['till', 'kiosk', 'web'],
  delivery: ['live', 'offline'],
  retention: 'P1D',
};

const lines: string[] = [];
const sink = new Writable({ write: (line: Buffer, _, done) => done(void lines.push(String(line))) });
const logger = pino({ level: 'trace', base: null, serializers: { err: describeError } }, sink);

let app: TestApp;
let shops: Shop[];
let tern: TestRetailer;
/** The profile of somebody else who has stated all of it, as another broker would hand it over. */
let profile: string;
beforeAll(async () => {
  app = await startApp({ logger });
  shops = await Promise.all(['Grocer A', 'Tailor T'].map(aShop));
  tern = await aTern(app);
  const other = await aCustomer(app);
  for (const path of specials) await other.api.post('/v1/me/preferences').send(statementOn(path)).expect(201);
  profile = (await exported(other, 'provided')).text;
});
afterAll(() => app.stop());

interface Shop {
  readonly retailer: TestRetailer;
  readonly office: RetailerAccess;
}

async function aShop(name: string): Promise<Shop> {
  const retailer = await aRetailer(app, { name });
  return { retailer, office: await retailerToken(app, retailer, { scope: 'preferences.read consents.read' }) };
}

const statementOn = (attribute: Special, more: object = {}) => {
  const { value, strength } = statements[attribute];
  return { attribute, value, strength, ...more };
};

/** What a customer has with one of the retailers. */
interface Relation extends Shop {
  access: ConsentAccess;
  readonly given: Set<Special>;
  isPaused: boolean;
}

interface Life {
  readonly customer: TestCustomer;
  readonly relations: readonly Relation[];
}

async function aLife(): Promise<Life> {
  const customer = await aCustomer(app);
  const relations: Relation[] = [];
  for (const shop of shops) {
    relations.push({ ...shop, access: await consentTo(shop, customer), given: new Set(), isPaused: false });
  }
  return { customer, relations };
}

const consentTo = ({ retailer }: Shop, customer: TestCustomer) =>
  consentToken(app, retailer, customer, { details: [ordinary], scope: 'preferences.read offline_access' });

/** How often something special was told to a retailer that may know it: a test in which nothing is told shows nothing. */
let told = 0;

/** What a retailer was told, checked against what it may know. What it has named itself is not news to it. */
function heard({ given, isPaused }: Pick<Relation, 'given' | 'isPaused'>, answer: object, named: string[] = []): void {
  const text = JSON.stringify(answer);
  const may = isPaused ? [] : [...given];
  expect(tracesIn(text).filter((path) => !may.includes(path))).toEqual([]);
  expect(namesIn(text).filter((path) => !may.includes(path) && !named.includes(path))).toEqual([]);
  told += tracesIn(text).length;
}

const whatever = fc.record({
  path: fc.constantFrom(...specials),
  shop: fc.nat(1),
  touchpoint: fc.constantFrom('till', 'kiosk', 'web'),
});
type Whatever = typeof whatever extends fc.Arbitrary<infer T> ? T : never;
type Deed = (life: Life, chosen: Whatever) => Promise<void>;

const deeds: Record<string, Deed> = {
  states: async ({ customer, relations }, { path, shop }) => {
    const one = { level: 'retailer', retailer_id: relations[shop]!.retailer.id };
    for (const more of [{}, { applies_to: one }, { context: { occasion: 'gift' } }]) {
      await customer.api.post('/v1/me/preferences').send(statementOn(path, more));
    }
  },
  revises: async ({ customer: { api } }) => {
    for (const stated of await statedBy({ api })) {
      const { value, strength, applies_to, context } = stated;
      const revised = { value, strength, applies_to, context, review_after: '2020-01-01T00:00:00Z' };
      const etag = await etagOf({ api }, stated);
      await api.put(`/v1/me/preferences/${stated.id}`).set('if-match', etag).send(revised).expect(200);
    }
    await api.post('/v1/me/preferences/confirm').send({ all_due: true }).expect(200);
  },
  removes: async ({ customer: { api } }) => {
    const [last] = await statedBy({ api });
    if (!last) return;
    const path = `/v1/me/preferences/${last.id}`;
    await api
      .delete(path)
      .set('if-match', await etagOf({ api }, last))
      .expect(204);
    await api
      .post(`${path}/undo`)
      .send({ version: last.version + 1 })
      .expect(200);
  },
  usesPreset: async ({ customer }) => {
    const answers = { allergens: ['AP', 'AE'], substitution: 'ask', receipt: 'paper' };
    await customer.api.post('/v1/me/presets/family_with_allergies').send({ answers }).expect(200);
  },
  brings: async ({ customer }) => {
    const { body } = await customer.api.post('/v1/me/imports').type('application/x-ndjson').send(profile).expect(201);
    await customer.api.post(`/v1/me/imports/${body.id}/confirm`).send({ all: true }).expect(200);
  },
  gives: async ({ customer, relations }, { path, shop }) => {
    const { retailer, given, isPaused } = relations[shop]!;
    if (given.has(path) || isPaused) return;
    const details = [{ ...special, attributes: [path], touchpoints: ['till', 'kiosk', 'web'] }];
    await aSpecialConsent(app, { customer, retailer, details });
    given.add(path);
  },
  pausesOrResumes: async ({ customer, relations }, { shop }) => {
    const relation = relations[shop]!;
    const { consentId } = relation.access;
    await command({ customer, consentId }, relation.isPaused ? 'resume' : 'pause').expect(200);
    relation.isPaused = !relation.isPaused;
  },
  beginsAnew: async ({ customer, relations }, { shop }) => {
    const relation = relations[shop]!;
    await withdraw({ customer, consentId: relation.access.consentId }).expect(200);
    relation.given.clear();
    relation.isPaused = false;
    heard(relation, await lookedUp(relation, 'till'));
    relation.access = await consentTo(relation, customer);
  },
  reads: async ({ relations }, { shop, touchpoint }) => {
    const relation = relations[shop]!;
    for (const format of ['ccx', 'schema_org', 'ucp', 'xdm', 'salesforce']) {
      const query = `touchpoint=${touchpoint}&purpose=${PURPOSE}&stage=shopping&format=${format}`;
      heard(relation, await relation.access.fetch('GET', `/v1/preferences?${query}`));
    }
    heard(relation, await lookedUp(relation, touchpoint));
    heard(relation, await lookedUp(relation, touchpoint, [...specials]), specials);
  },
  isAddressed: async ({ relations }, { shop }) => {
    const relation = relations[shop]!;
    const query = 'channel=email&topic=offers&touchpoint=web';
    heard(relation, await relation.access.fetch('GET', `/v1/contact-permission?${query}`));
  },
  showsCode: async ({ customer, relations }, { shop }) => {
    const relation = relations[shop]!;
    const { body } = await customer.api.post('/v1/me/till-codes').expect(201);
    heard(relation, await relation.office.fetch('GET', `/v1/till-codes/${body.code}?purpose=${PURPOSE}`));
  },
  isKeptOffline: async ({ relations }, { shop }) => {
    const { office } = relations[shop]!;
    const parts = await partsOf(office, await aSnapshot(app, office));
    // Consent or not, nothing special is ever kept.
    heard({ given: new Set(), isPaused: false }, parts.map(claimsOf));
  },
  isAnswered: async ({ relations }, { path, shop, touchpoint }) => {
    const relation = relations[shop]!;
    const items = [{ attribute: path, touchpoint, status: 'honoured' }];
    heard(relation, await relation.access.fetch('POST', '/v1/preferences/acknowledgements', { items }), [path]);
    heard(relation, await relation.office.fetch('GET', `/v1/consents/${relation.access.consentId}/receipts`));
  },
  switches: async ({ customer, relations }, { shop }) => {
    const { access, isPaused } = relations[shop]!;
    const { status } = await switchTo({ customer, access, tern }, { copy_overrides: true });
    if (status !== 200 || isPaused) return;
    const there = await arrive(app, { customer, tern }, { details: [ordinary] });
    const query = `touchpoint=web&purpose=${PURPOSE}&stage=shopping`;
    heard({ given: new Set(), isPaused: false }, await there.fetch('GET', `/v1/preferences?${query}`));
    await withdraw({ customer, consentId: there.consentId }).expect(200);
  },
};

interface Stated {
  readonly id: string;
  readonly version: number;
  readonly attribute: string;
  readonly [member: string]: unknown;
}

async function statedBy({ api }: Pick<TestCustomer, 'api'>): Promise<Stated[]> {
  return (await api.get('/v1/me/preferences?limit=200').expect(200)).body.items;
}

async function etagOf({ api }: Pick<TestCustomer, 'api'>, { id }: Stated): Promise<string> {
  const { headers } = await api.get(`/v1/me/preferences/${id}`).expect(200);
  return headers['etag'] ?? '';
}

function lookedUp({ office, access }: Relation, touchpoint: string, attributes?: string[]) {
  const question = { touchpoint, purpose: PURPOSE, stage: 'shopping', ...(attributes && { attributes }) };
  return office.fetch('POST', '/v1/preferences/lookup', { subjects: [access.subject], ...question });
}

interface SentEvent {
  readonly type: string;
  readonly retailer_id: string | null;
  readonly text: string;
}

/** Everything that the service has handed out for others to take further. */
async function eventsOf({ key }: TestCustomer): Promise<SentEvent[]> {
  const { rows } = await app.db.query<SentEvent>(
    `select type, retailer_id, data::text || subject as text from outbox_events where bucket = $1 and customer_id = $2`,
    [key.bucket, key.customerId],
  );
  return rows;
}

/** Every row of every table that says in clear what anybody has stated of it. */
async function rowsInClear(): Promise<string[]> {
  const { rows: tables } = await app.db.query<{ name: string }>(
    `select format('%I', relname) as name from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await app.db.query<{ text: string }>(`select t::text as text from ${name} t`);
    found.push(...rows.flatMap(({ text }) => (tracesIn(text).length > 0 ? `${name}: ${text}` : [])));
  }
  return found;
}

describe('something special', () => {
  it('reaches a retailer with consent to it and nobody else, by whichever way, whatever happens', async () => {
    const deed = fc.constantFrom(...Object.keys(deeds));
    const lives = fc.array(fc.tuple(deed, whatever), { minLength: 20, maxLength: 30 });
    await fc.assert(
      fc.asyncProperty(lives, async (happenings) => {
        const life = await aLife();
        const first: Whatever = { path: 'food.allergen', shop: 0, touchpoint: 'till' };
        for (const name of ['states', 'gives', 'reads']) await deeds[name]!(life, first);
        for (const [name, chosen] of happenings) await deeds[name]!(life, chosen);
        for (const shop of [0, 1]) await deeds['reads']!(life, { ...first, shop });

        const events = await eventsOf(life.customer);
        expect(events.length).toBeGreaterThan(0);
        expect(events.filter(({ text }) => tracesIn(text).length > 0)).toEqual([]);
        // That there is something to tell is as special as what it is.
        expect(events.filter((event) => event.retailer_id !== null && namesIn(event.text).length > 0)).toEqual([]);
        expect(tracesIn(JSON.stringify(await audited(app, life.customer.key)))).toEqual([]);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(told).toBeGreaterThan(RUNS);
    expect(lines.length).toBeGreaterThan(100);
    expect(lines.filter((line) => tracesIn(line).length > 0)).toEqual([]);
    expect(await rowsInClear()).toEqual([]);
  });
});
