import { Profiles } from '../src/preferences/profiles.js';
import { stated } from '../src/preferences/statement.js';
import type { Statement } from '../src/preferences/draft.js';
import { retailerScopes } from '../src/retailers/scopes.js';
import { Random } from '../src/platform/random.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsentRequest, reading, reporting } from './support/consents.js';
import { aSale, report } from './support/events.js';
import { type RetailerAccess, retailerToken } from './support/oauth.js';
import type { TestRetailer } from './support/retailers.js';
import { aMover, arrive, aTern, type Mover, switchTo } from './support/switches.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const choices = {
  ...reading,
  attributes: ['brand.affinity', 'language.spoken', 'receipt.delivery', 'size.footwear'],
  stages: ['awareness', 'exploring', 'shopping', 'post_shopping'],
  touchpoints: ['till', 'web'],
};

/** What only the first retailer knows, or only those know whom the customer has told it for this one. */
const secrets = ['PRODUCT-OF-ALBATROSS', 'STORE-OF-ALBATROSS', 'BRAND-INFERRED-AT-ALBATROSS'];

describe('what the other retailer gets after a switch', () => {
  it('could hold secrets: the first retailer gets them', async () => {
    const customer = await aCustomer(app);
    const mover = await secretive(aMover(app, { customer, details: [choices, reporting] }));
    const { body } = await mover.access.fetch(
      'GET',
      '/v1/preferences?touchpoint=web&purpose=dpv:ServicePersonalisation&stage=shopping&store=STORE-OF-ALBATROSS',
    );
    const said = JSON.stringify(body);
    expect(said).toContain('BRAND-INFERRED-AT-ALBATROSS');
    expect(said).toContain('email');
    const { body: happened } = await customer.api.get('/v1/me/interactions').expect(200);
    expect(JSON.stringify(happened)).toContain('PRODUCT-OF-ALBATROSS');
  });

  it('holds nothing that the first one has reported, that was inferred there, or that was said for it alone', async () => {
    const target = { client: { scopes: [...retailerScopes] } };
    const mover = await secretive(aMover(app, { details: [choices, reporting], target }));
    const { body } = await switchTo(mover, { copy_overrides: true, withdraw_source: 'on_completion' }).expect(200);
    expect(body.difference.overrides.left.map(({ reason }: { reason: string }) => reason).toSorted()).toEqual([
      'inferred',
      'store',
    ]);
    const there = await arrive(app, mover, {
      details: [choices, reporting],
      scope:
        'preferences.read interactions.write interactions.read consents.read grant_management_query offline_access',
    });
    const own = await retailerToken(app, mover.tern);
    const got = await everythingOf(mover, there, own, { consent: there.consentId, subject: there.subject });
    expect(got).toContain('"39"');
    for (const secret of [...secrets, ...tracesOf(mover)]) expect(got).not.toContain(secret);
    expect(claimsIn(there.accessToken)).not.toMatch(new RegExp([...secrets, ...tracesOf(mover)].join('|')));
  });

  it('is nothing at all before it asks: what it can look at is the same with and without', async () => {
    const tern = await aTern(app);
    const [mover, stays] = await Promise.all([
      secretive(aMover(app, { details: [choices], tern })),
      secretive(aMover(app, { details: [choices], tern })),
    ]);
    const switched = await switchTo(mover).expect(200);
    const own = await retailerToken(app, tern);
    const { id } = switched.body.request;
    for (const path of [
      `/v1/consent-requests/${id}`,
      `/v1/consent-requests/${id}/receipts`,
      `/v1/consents/${id}/receipts`,
    ]) {
      const { status, body } = await own.fetch('GET', path);
      expect([status, body.type]).toEqual([404, expect.stringContaining('not-found')]);
    }
    const seen = await Promise.all(
      [mover, stays].map(async ({ customer }) => {
        const { body } = await aConsentRequest(app, { customer, retailer: tern, details: [reading] });
        const { body: again } = await own.fetch('GET', `/v1/consent-requests/${body.id}`);
        return [body, again].map(({ status, consent, decided_at }) => ({ status, consent, decided_at }));
      }),
    );
    expect(seen[0]).toEqual(seen[1]);
    expect(await pendingEventsFor(tern.id, mover.customer)).toEqual(await pendingEventsFor(tern.id, stays.customer));
  });
});

/** A customer of whom the first retailer knows more than the other one ever may. */
async function secretive(made: Promise<Mover>): Promise<Mover> {
  const mover = await made;
  const { customer, albatross, access } = mover;
  const here = { level: 'retailer', retailer_id: albatross.id } as const;
  const statements = [
    {
      attribute: 'size.footwear',
      value: { system: 'EUROPE', size: '39' },
      strength: 'must',
      applies_to: { level: 'everyone' },
    },
    {
      attribute: 'receipt.delivery',
      value: { form: 'email' },
      strength: 'want',
      applies_to: here,
      context: { place: { store: 'STORE-OF-ALBATROSS' } },
    },
  ];
  for (const statement of statements) await customer.api.post('/v1/me/preferences').send(statement).expect(201);
  await inferred(customer, {
    attribute: 'brand.affinity',
    key: 'brand-inferred-at-albatross',
    value: { brand: 'BRAND-INFERRED-AT-ALBATROSS' },
    strength: 'want',
    applies_to: here,
  });
  if (access.details.some(({ type }) => type === 'ccx_interactions')) {
    const lines = [{ product: { scheme: 'retailer', code: 'PRODUCT-OF-ALBATROSS' }, quantity: '1', unit_price: 1530 }];
    const data = { currency: 'GBP', total: 1530, lines };
    const { status } = await report(access, aSale(app, { subject: access.subject, data }));
    expect(status).toBe(200);
  }
  return mover;
}

/** As if the customer had accepted a suggestion. */
async function inferred({ key }: TestCustomer, statement: Statement): Promise<void> {
  const actor = { kind: 'customer' } as const;
  const author = { actor, provenance: { kind: 'inferred_confirmed', source: 'Albatross Groceries' } } as const;
  await app.get(Profiles).change(key, actor, (profile, at) => {
    const preference = stated(statement, { id: app.get(Random).id() }, author, at);
    profile.put(preference);
    return [{ change: 'recorded', preference }];
  });
}

/** By what the first retailer could be recognised. */
const tracesOf = ({ albatross, access, customer }: Mover) => [
  albatross.id,
  albatross.name,
  'Albatross',
  albatross.client.id,
  access.consentId,
  access.subject,
  customer.customerId,
];

const claimsIn = (token: string) => Buffer.from(token.split('.')[1] ?? '', 'base64url').toString();

/** Every answer that the retailer can get, as one text; receipts opened. */
async function everythingOf(
  mover: Mover,
  token: RetailerAccess,
  own: RetailerAccess,
  { consent, subject }: { consent: string; subject: string },
): Promise<string> {
  const purpose = 'purpose=dpv:ServicePersonalisation';
  const paths = [
    ...['till', 'web'].flatMap((touchpoint) =>
      ['', '&stage=shopping', '&store=STORE-OF-ALBATROSS', '&stage=shopping&format=salesforce'].map(
        (more) => `/v1/preferences?touchpoint=${touchpoint}&${purpose}${more}`,
      ),
    ),
    `/v1/consents/${consent}/receipts`,
  ];
  const answers: unknown[] = await Promise.all(paths.map(async (path) => (await token.fetch('GET', path)).body));
  const [grant, receipts, profile, clients] = await Promise.all([
    token.fetch('GET', `/oauth/grants/${consent}`),
    own.fetch('GET', `/v1/consents/${consent}/receipts`),
    own.fetch('GET', '/v1/retailer'),
    own.fetch('GET', '/v1/retailer/clients'),
  ]);
  const lookup = {
    subjects: [subject, mover.access.subject],
    touchpoint: 'till',
    purpose: 'dpv:ServicePersonalisation',
  };
  const looked = await own.fetch('POST', '/v1/preferences/lookup', lookup);
  const payloads = receipts.body.items.map(({ jws }: { jws: string }) => claimsIn(jws));
  const notices = await Promise.all(
    payloads.map(async (payload: string) => {
      const hash = JSON.parse(payload).consent_record.pii_processing.privacy_notice.sha256;
      return (await own.fetch('GET', `/v1/consents/${consent}/notices/${hash}`)).body;
    }),
  );
  const { body: shown } = await mover.customer.api.post('/v1/me/till-codes').expect(201);
  const scanned = await own.fetch('GET', `/v1/till-codes/${shown.code}?${purpose}&stage=shopping`);
  expect(answers).toHaveLength(paths.length);
  expect([scanned.status, looked.status]).toEqual([200, 200]);
  // What it looked up under a subject that it had no right to, it has named itself.
  const found = JSON.stringify(looked.body).replaceAll(mover.access.subject, '');
  const events = await eventsFor(mover.tern);
  const all = [answers, grant.body, receipts.body, profile.body, clients.body, payloads, notices, scanned.body, events];
  return `${JSON.stringify(all)}${found}`;
}

/** What the outbox holds for a retailer. */
async function eventsFor({ id }: TestRetailer): Promise<unknown[]> {
  const { rows } = await app.db.query('select type, subject, data from outbox_events where retailer_id = $1', [id]);
  expect(rows.map(({ type }) => type)).toContain('consent.given');
  return rows;
}

/** What the outbox holds for a retailer about a customer, without what differs by chance. */
async function pendingEventsFor(retailerId: string, { key }: TestCustomer): Promise<string[]> {
  const { rows } = await app.db.query<{ type: string }>(
    'select type from outbox_events where bucket = $1 and customer_id = $2 and retailer_id = $3 order by id',
    [key.bucket, key.customerId, retailerId],
  );
  return rows.map(({ type }) => type);
}
