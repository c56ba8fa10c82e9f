import { BulkWithdrawals } from '../src/consents/bulk-withdrawals.service.js';
import { aCustomer, bearer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, command, later, reading, reporting, type TestConsent, withdraw } from './support/consents.js';
import { consentToken, refresh } from './support/oauth.js';
import { recordedChanges } from './support/recorded-changes.js';
import { aRetailer } from './support/retailers.js';
import { aMover, type Mover, standingOf, switchTo, visit } from './support/switches.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

const withdrawAll = ({ api }: TestCustomer, body: object = {}) => api.post('/v1/me/consents/withdraw').send(body);
const statusesOf = async ({ api }: TestCustomer) =>
  (await api.get('/v1/me/consents').expect(200)).body.items.map(({ status }: { status: string }) => status);
const idsOf = (body: { changes: { consent: { id: string } }[] }) => body.changes.map(({ consent }) => consent.id);
const ids = (...consents: TestConsent[]) => consents.map(({ consentId }) => consentId);

const both = { ...reading, purposes: ['dpv:ServicePersonalisation', 'dpv:ServiceProvision'] };

describe('withdrawing many consents', () => {
  it('ends all that have not ended, at once, each with its receipt', async () => {
    const customer = await aCustomer(app);
    const ended = await aConsent(app, { customer });
    await withdraw(ended).expect(200);
    const active = await aConsent(app, { customer });
    const paused = await aConsent(app, { customer });
    await command(paused, 'pause').expect(200);
    const once = await aConsent(app, { customer, details: [reading], use: 'once' });

    const { body } = await withdrawAll(customer, { reported_data: 'delete' }).expect(200);
    expect(body.dry_run).toBe(false);
    expect(idsOf(body)).toEqual(ids(once, paused, active));
    for (const { change, consent } of body.changes) {
      expect({ change, consent }).toMatchObject({
        change: 'withdrawn',
        consent: { status: 'withdrawn', reported_data: 'delete', receipt: { event: 'withdrawn' } },
      });
      expect(consent.receipt.version).toBe(consent.version);
    }
    expect(await statusesOf(customer)).toEqual(['withdrawn', 'withdrawn', 'withdrawn', 'withdrawn']);
    expect(await recordedChanges(app, customer.key, ended.consentId)).toEqual(['given', 'withdrawn']);
    expect(await recordedChanges(app, customer.key)).toHaveLength(9);
    expect((await withdrawAll(customer).expect(200)).body).toEqual({ dry_run: false, changes: [], called_off: [] });
  });

  it('kills the tokens under them', async () => {
    const customer = await aCustomer(app);
    const retailer = await aRetailer(app);
    const access = await consentToken(app, retailer, customer);
    await customer.api.post('/v1/me/consents/withdraw').expect(200);
    expect((await access.fetch('GET', '/v1/preferences?touchpoint=till')).status).toBe(401);
    expect((await refresh(app, retailer.client, access.refreshToken ?? '')).body.error).toBe('invalid_grant');
  });

  it('ends those of one retailer', async () => {
    const customer = await aCustomer(app);
    const one = await aConsent(app, { customer });
    const other = await aConsent(app, { customer });
    const { body } = await withdrawAll(customer, { retailer_id: one.retailer.id }).expect(200);
    expect(idsOf(body)).toEqual(ids(one));
    expect(await recordedChanges(app, customer.key, other.consentId)).toEqual(['given']);
  });

  it('ends what is allowed for a purpose, and leaves the rest', async () => {
    const customer = await aCustomer(app);
    const alone = await aConsent(app, { customer, details: [reading] });
    const mixed = await aConsent(app, { customer, details: [both, reporting] });
    const beside = await aConsent(app, { customer, details: [reading, reporting] });
    const unconcerned = await aConsent(app, { customer, details: [reporting] });
    const { body } = await withdrawAll(customer, { purpose: 'dpv:ServicePersonalisation' }).expect(200);
    expect(body.changes).toMatchObject([
      {
        change: 'amended',
        consent: { id: beside.consentId, status: 'active', version: 2, receipt: { event: 'amended' } },
      },
      { change: 'amended', consent: { id: mixed.consentId, status: 'active', version: 2 } },
      { change: 'withdrawn', consent: { id: alone.consentId, status: 'withdrawn', version: 2 } },
    ]);
    const [besides, mixes] = body.changes;
    expect(besides.consent.details).toMatchObject([{ type: 'ccx_interactions' }]);
    expect(mixes.consent.details).toMatchObject([{ purposes: ['dpv:ServiceProvision'] }, { type: 'ccx_interactions' }]);
    expect(await recordedChanges(app, customer.key, unconcerned.consentId)).toEqual(['given']);
    expect(await recordedChanges(app, customer.key)).toHaveLength(7);
  });

  it('leaves to expiry what is over by then', async () => {
    const { customer: before, consentId } = await aConsent(app, { lifetime_days: 30 });
    const customer = await later(app, before, 31);
    expect((await withdrawAll(customer).expect(200)).body.changes).toEqual([]);
    await app.runJob('consents.expire');
    expect(await recordedChanges(app, customer.key, consentId)).toEqual(['given', 'expired']);
  });

  it.each([
    ['all', () => ({}), ['withdrawn']],
    ['those of the other retailer', ({ tern }: Mover) => ({ retailer_id: tern.id }), []],
    ['a purpose that it names', () => ({ purpose: reading.purposes[0] }), ['amended']],
  ])('calls off what is approved beforehand: %s', async (_, reachOf, changes) => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const reach = reachOf(mover);
    const { body: said } = await withdrawAll(mover.customer, { ...reach, dry_run: true }).expect(200);
    expect(await standingOf(mover, switched)).toBe('pre_approved');
    const { body: done } = await withdrawAll(mover.customer, reach).expect(200);
    expect(done.changes.map(({ change }: { change: string }) => change)).toEqual(changes);
    expect(done.called_off).toMatchObject([
      { id: switched.body.request.id, status: 'refused', origin: 'switch', receipt: { event: 'refused' } },
    ]);
    expect(said.called_off).toEqual([{ ...done.called_off[0], decided_at: expect.any(String), receipt: null }]);
    expect(await standingOf(mover, switched)).toBe('refused');
    const { page } = await visit(app, mover);
    expect(page.body).toContain('Tern Market asks for your consent.');
  });

  it.each([
    ['those of another retailer', ({ albatross }: Mover) => ({ retailer_id: albatross.id })],
    ['a purpose that it does not name', () => ({ purpose: 'dpv:Marketing' })],
  ])('leaves what is approved beforehand: %s', async (_, reachOf) => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { body } = await withdrawAll(mover.customer, reachOf(mover)).expect(200);
    expect(body.called_off).toEqual([]);
    expect(await standingOf(mover, switched)).toBe('pre_approved');
  });

  it('leaves to lapsing what was approved beforehand and is over by then', async () => {
    const mover = await aMover(app);
    await switchTo(mover).expect(200);
    const customer = await later(app, mover.customer, 7);
    expect((await withdrawAll(customer, { retailer_id: mover.tern.id }).expect(200)).body.called_off).toEqual([]);
  });

  it('touches nobody else’s', async () => {
    const neighbour = await aConsent(app);
    const customer = await aCustomer(app);
    const { body } = await withdrawAll(customer, { retailer_id: neighbour.retailer.id }).expect(200);
    expect(body.changes).toEqual([]);
    expect(await statusesOf(neighbour.customer)).toEqual(['active']);
  });

  it('changes nothing when one of them cannot be changed', async () => {
    const customer = await aCustomer(app);
    const first = await aConsent(app, { customer });
    await aConsent(app, { customer });
    // The version that the older one, changed last, is going to have.
    await app.db.query(
      `insert into consent_versions (bucket, customer_id, consent_id, version, change, status, details, expires_at, actor, at)
       select bucket, customer_id, consent_id, 2, change, status, details, expires_at, actor, at
         from consent_versions where consent_id = $1`,
      [first.consentId],
    );
    const all = app.get(BulkWithdrawals).withdrawAll(customer.key, {}, { actor: { kind: 'customer' } });
    await expect(all).rejects.toThrow('consent_versions_pk');
    expect(await statusesOf(customer)).toEqual(['active', 'active']);
  });
});

describe('a dry run', () => {
  /** Everything but moments and receipts. */
  const lasting = (body: { changes: { consent: object }[] }) =>
    body.changes.map(({ consent, ...change }) => ({ ...change, consent: { ...consent, ended_at: '', receipt: null } }));

  it.each([{}, { purpose: 'dpv:ServicePersonalisation' }, { reported_data: 'delete' }])(
    'of %j says exactly what would happen, and changes nothing',
    async (reach) => {
      const customer = await aCustomer(app);
      await aConsent(app, { customer, details: [both] });
      await aConsent(app, { customer, details: [reading] });
      const { body: said } = await withdrawAll(customer, { ...reach, dry_run: true }).expect(200);
      expect(said.dry_run).toBe(true);
      expect(said.changes).toHaveLength(2);
      expect(said.changes[0].consent.receipt).toBeNull();
      expect(await statusesOf(customer)).toEqual(['active', 'active']);
      expect(await recordedChanges(app, customer.key)).toEqual(['given', 'given']);
      const { body: done } = await withdrawAll(customer, reach).expect(200);
      expect(lasting(said)).toEqual(lasting(done));
    },
  );
});

describe('withdrawing many consents is refused', () => {
  it.each([{ retailer_id: 'one' }, { purpose: 'fun' }, { dry_run: 'yes' }, { reported_data: 'sell' }, { ids: [] }])(
    'with %j',
    async (body) => {
      const consent = await aConsent(app);
      await withdrawAll(consent.customer, body).expect(400);
      expect(await statusesOf(consent.customer)).toEqual(['active']);
    },
  );

  it('to programs that may only read', async () => {
    const { customer } = await aConsent(app);
    const { body } = await customer.api
      .post('/v1/me/tokens')
      .send({ name: 'reader', scopes: ['consents.read'], expires_at: new Date(Date.now() + 86_400_000) })
      .expect(201);
    await bearer(app, body.token).post('/v1/me/consents/withdraw').send({}).expect(403);
  });
});
