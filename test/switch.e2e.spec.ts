import { randomUUID } from 'node:crypto';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { aConsent, aSpecialConsent, command, later, reading, reporting, withdraw } from './support/consents.js';
import { contentsOf } from './support/contents.js';
import { consentToken } from './support/oauth.js';
import { race, statusesOf } from './support/race.js';
import { publishedKeys, verified } from './support/receipts.js';
import { audited } from './support/records.js';
import { aRetailer, suspendRetailer } from './support/retailers.js';
import { aRule, refuseSizes } from './support/rules.js';
import { aMover, arrive, aTern, LOGIN_ADDRESS, type Mover, standingOf, switchTo, visit } from './support/switches.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterEach(() => app.clock.set(new Date()));
afterAll(() => app.stop());

const tables = ['consents', 'consent_requests', 'consent_versions', 'consent_receipts', 'notices', 'outbox_events'];

const consentOf = async ({ customer, access }: Mover) =>
  (await customer.api.get(`/v1/me/consents/${access.consentId}`).expect(200)).body;

describe('taking a consent along', () => {
  it('says what is kept, what is not and why, what has to be asked anew, and where to go on', async () => {
    const customer = await aCustomer(app);
    const passedOn = { ...reading, touchpoints: ['till', 'web', 'kiosk'], recipients: ['Parcel Service Ltd'] };
    const target = { touchpoints: ['till', 'web'] } as const;
    const mover = await aMover(app, { customer, details: [passedOn, { ...reporting, since: 'P30D' }], target });
    await aSpecialConsent(app, { customer, retailer: mover.albatross });
    const { details } = await consentOf(mover);
    const [sizes, reports, allergies] = details;

    const { body } = await switchTo(mover).expect(200);
    expect(body).toMatchObject({
      dry_run: false,
      source: { consent_id: mover.access.consentId, status: 'active' },
      retailer: { id: mover.tern.id, name: 'Tern Market' },
      continue_url: `${LOGIN_ADDRESS}&iss=${encodeURIComponent(app.url)}`,
      request: {
        status: 'pre_approved',
        origin: 'switch',
        use: 'standing',
        retailer: { id: mover.tern.id },
        pre_approval: { source_consent_id: mover.access.consentId, withdraw_source: 'no' },
        consent_id: null,
      },
      receipt: { event: 'pre_approved', version: null },
    });
    expect(Date.parse(body.request.expires_at) - Date.parse(body.request.created_at)).toBe(7 * 86_400_000);
    const { recipients: _, ...kept } = sizes;
    const { since: __, ...reported } = reports;
    expect(body.difference).toEqual({
      kept: [{ ...kept, touchpoints: ['till', 'web'] }, reported],
      max_reads_per_day: null,
      cut: [
        {
          line: sizes.id,
          reason: 'touchpoint',
          codes: ['kiosk'],
          rule: null,
          in_words: {
            en: 'Tern Market cannot ask for this here: Kiosk.',
            de: expect.stringContaining('Tern Market kann hier nicht darum bitten:'),
          },
        },
        {
          line: sizes.id,
          reason: 'recipient',
          codes: ['Parcel Service Ltd'],
          rule: null,
          in_words: {
            en: 'Albatross Groceries may pass it on to Parcel Service Ltd; Tern Market may not.',
            de: expect.any(String),
          },
        },
        {
          line: reports.id,
          reason: 'history',
          codes: [expect.any(String)],
          rule: null,
          in_words: {
            en: 'What has happened so far stays: nothing that Albatross Groceries has reported goes to Tern Market.',
            de: expect.any(String),
          },
        },
      ],
      ask_anew: [
        {
          line: allergies.id,
          attribute: 'food.allergen',
          in_words: { en: expect.stringContaining('specially protected'), de: expect.any(String) },
        },
      ],
      existing: null,
      overrides: null,
    });
    expect(body.in_words.title).toEqual({
      en: 'You agree to this beforehand, for when Tern Market asks for it.',
      de: 'Sie stimmen dem im Voraus zu, für den Fall, dass Tern Market darum bittet.',
    });
    expect(body.in_words.life.en).toMatch(/^This holds until /);
  });

  it('changes nothing in a dry run, which says the same', async () => {
    const mover = await aMover(app);
    await state(mover.customer, { applies_to: { level: 'retailer', retailer_id: mover.albatross.id } });
    const order = { copy_overrides: true, withdraw_source: 'now' };
    const before = await contentsOf(app.db);
    const dry = await switchTo(mover, { ...order, dry_run: true }).expect(200);
    expect(await contentsOf(app.db)).toEqual(before);
    expect(dry.body).toMatchObject({ dry_run: true, request: null, receipt: null, source: { status: 'active' } });
    expect(dry.body.difference.overrides.copied).toMatchObject([{ attribute: 'receipt.delivery', copy_id: null }]);

    const { body } = await switchTo(mover, { ...order, notice: dry.body.notices.de }).expect(200);
    expect(body).toMatchObject({ dry_run: false, in_words: dry.body.in_words, notices: dry.body.notices });
    expect(body.difference.kept).toEqual(dry.body.difference.kept);
  });

  it('has a receipt, one entry in the log and one event, of which the retailer is not told', async () => {
    const mover = await aMover(app);
    const { body } = await switchTo(mover, { language: 'de', withdraw_source: 'on_completion' }).expect(200);
    const receipt = await verified(await publishedKeys(app), body.receipt.jws);
    expect(receipt).toMatchObject({
      holder: 'customer',
      request_id: body.request.id,
      consent_record: {
        record_id: body.request.id,
        event: {
          change: 'pre_approved',
          event_state: 'dpv:ConsentStatusInvalidForProcessing',
          indication_method: 'direct',
        },
        pii_processing: { language: 'de', privacy_notice: { sha256: body.notices.de } },
        party_identification: [{ party_name: 'Tern Market Ltd' }],
      },
    });
    expect(JSON.stringify(receipt)).not.toContain('Albatross');
    const entries = (await audited(app, mover.customer.key)).filter(({ type }) =>
      (type as string).startsWith('consent-request.pre'),
    );
    expect(entries).toMatchObject([
      {
        type: 'consent-request.pre_approved',
        actor: { kind: 'customer' },
        data: { source_consent_id: mover.access.consentId, withdraw_source: 'on_completion', origin: 'switch' },
      },
    ]);
    const { rows } = await app.db.query(
      `select retailer_id from outbox_events where type = 'consent-request.pre_approved' and subject = $1`,
      [body.request.id],
    );
    expect(rows).toEqual([{ retailer_id: null }]);
    const kept = await app.db.query('select retailer_jws from consent_receipts where request_id = $1', [
      body.request.id,
    ]);
    expect(kept.rows).toEqual([{ retailer_jws: null }]);
  });

  it('is done once however often it is sent with one key', async () => {
    const mover = await aMover(app);
    const key = randomUUID();
    const [first, second] = [
      await switchTo(mover).set('idempotency-key', key).expect(200),
      await switchTo(mover).set('idempotency-key', key).expect(200),
    ];
    expect(second.body).toEqual(first.body);
  });

  it('is refused while something else is approved for the same retailer, also in a race', async () => {
    const mover = await aMover(app);
    const other = await aMover(app, { customer: mover.customer, tern: mover.tern });
    const first = await switchTo(mover).expect(200);
    const { body } = await switchTo(other).expect(409);
    expect(body).toMatchObject({
      type: `${app.url}/problems/pre-approval-pending`,
      request_id: first.body.request.id,
    });

    const tern = await aTern(app);
    const outcomes = await race(app.db, 'consents', { id: mover.access.consentId }, [
      () => switchTo({ ...mover, tern }),
      () => switchTo({ ...mover, tern }),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
  });

  it('answers one of two from different consents at the same moment', async () => {
    const mover = await aMover(app);
    const other = await aMover(app, { customer: mover.customer, tern: mover.tern });
    const outcomes = await race(app.db, 'consents', { customer_id: mover.customer.customerId }, [
      () => switchTo(mover),
      () => switchTo(other),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
  });

  it('says that the other retailer has something already, and adds to it', async () => {
    const mover = await aMover(app);
    const { customer, tern } = mover;
    const theirs = await aConsent(app, { customer, retailer: tern, details: [{ ...reading, touchpoints: ['till'] }] });
    const { body } = await switchTo(mover).expect(200);
    expect(body.difference.existing).toEqual({
      consent_id: theirs.consentId,
      status: 'active',
      complete: false,
      in_words: {
        en: 'Tern Market has a consent of yours already. This is added to it.',
        de: 'Tern Market hat schon eine Einwilligung von Ihnen. Dies kommt hinzu.',
      },
    });
    expect(body.in_words.details[0].items[0].standing).toBe('wider');
    const access = await arrive(app, mover);
    expect(access.consentId).toBe(theirs.consentId);
    const { body: widened } = await customer.api.get(`/v1/me/consents/${theirs.consentId}`).expect(200);
    expect(widened.versions.map(({ change }: { change: string }) => change)).toEqual(['given', 'amended']);
  });

  it('says that what is added to a paused consent rests with it', async () => {
    const mover = await aMover(app);
    const theirs = await aConsent(app, { customer: mover.customer, retailer: mover.tern, details: [reporting] });
    await command(theirs, 'pause').expect(200);
    const { body } = await switchTo(mover).expect(200);
    expect(body.difference.existing).toMatchObject({
      status: 'paused',
      in_words: { en: expect.stringContaining('rests') },
    });
  });

  it('approves nothing where the other retailer has everything already, and ends the first consent then', async () => {
    const mover = await aMover(app, { details: [reading], lifetimeDays: 100 });
    await aConsent(app, { customer: mover.customer, retailer: mover.tern, details: [reading] });
    const { body } = await switchTo(mover, { withdraw_source: 'on_completion' }).expect(200);
    expect(body).toMatchObject({
      request: null,
      receipt: null,
      in_words: null,
      difference: { existing: { complete: true } },
      source: { status: 'withdrawn' },
    });
    expect((await mover.access.fetch('GET', '/v1/preferences?touchpoint=till')).status).toBe(401);
  });

  it('ends the first consent at once if that is wanted, and what was reported with it', async () => {
    const mover = await aMover(app);
    const { body } = await switchTo(mover, { withdraw_source: 'now', reported_data: 'delete' }).expect(200);
    expect(body.source).toEqual({ consent_id: mover.access.consentId, status: 'withdrawn' });
    expect(await consentOf(mover)).toMatchObject({ status: 'withdrawn', reported_data: 'delete' });
    expect((await mover.access.fetch('GET', '/v1/preferences?touchpoint=till')).status).toBe(401);
    await arrive(app, mover);
  });

  it('goes without a way on where the other retailer has named none', async () => {
    const mover = await aMover(app, { target: { client: { initiateLoginUri: null } } });
    expect((await switchTo(mover).expect(200)).body.continue_url).toBeNull();
  });

  it('can be called off, once, with a receipt; then nothing is left of it', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const path = `/v1/me/consent-requests/${switched.body.request.id}`;
    const { body } = await mover.customer.api.post(`${path}/refuse`).expect(200);
    expect(body).toMatchObject({ status: 'refused', receipt: { event: 'refused' } });
    await mover.customer.api.post(`${path}/refuse`).expect(200);
    const { page } = await visit(app, mover);
    expect(page.body).toContain('Tern Market asks for your consent.');
    await switchTo(mover).expect(200);
  });

  it('cannot be given by hand before the retailer asks', async () => {
    const mover = await aMover(app);
    const { body } = await switchTo(mover).expect(200);
    const answer = await mover.customer.api.post(`/v1/me/consent-requests/${body.request.id}/approve`).expect(409);
    expect(answer.body).toMatchObject({ type: `${app.url}/problems/request-decided`, request_status: 'pre_approved' });
  });

  it('counts for seven days, whether or not anybody has recorded that they are over', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const customer = await later(app, mover.customer, 7);
    const moved = { ...mover, customer };
    expect(await standingOf(moved, switched)).toBe('lapsed');
    const again = await switchTo(moved).expect(200);
    expect(again.body.request.id).not.toBe(switched.body.request.id);

    const afterwards = { ...mover, customer: await later(app, customer, 7) };
    await app.runJob('consent-requests.lapse');
    const { rows } = await app.db.query('select status from consent_requests where id = any($1)', [
      [switched.body.request.id, again.body.request.id],
    ]);
    expect(rows).toEqual([{ status: 'lapsed' }, { status: 'lapsed' }]);
    const { body } = await afterwards.customer.api.get('/v1/me/consent-requests?status=lapsed').expect(200);
    expect(body.items).toHaveLength(2);
    const { page } = await visit(app, afterwards);
    expect(page.body).toContain('Tern Market asks for your consent.');
  });

  it('is found by how it stands, and waits for nobody', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const { body } = await mover.customer.api.get('/v1/me/consent-requests?status=pre_approved').expect(200);
    expect(body).toMatchObject({ open: 0, items: [{ id: switched.body.request.id }] });
  });
});

describe('what a rule refuses', () => {
  it('is left out, and the rule is named', async () => {
    const mover = await aMover(app);
    const rule = await aRule(mover.customer, refuseSizes);
    const { body } = await switchTo(mover).expect(200);
    expect(body.difference.kept).toMatchObject([{ type: 'ccx_interactions' }]);
    expect(body.difference.cut).toContainEqual(
      expect.objectContaining({
        reason: 'rule',
        codes: ['size.apparel', 'size.footwear'],
        rule: { id: rule.id, name: rule.name },
      }),
    );
  });

  it('stays refused when the rule was made after it was approved', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    await aRule(mover.customer, refuseSizes);
    const { page } = await visit(app, mover);
    expect(page.body).toContain('Nobody needs to know how tall I am');
    expect(await standingOf(mover, switched)).toBe('pre_approved');
  });
});

describe('a switch is refused', () => {
  it('to a retailer that is unknown, not active, or the same', async () => {
    const mover = await aMover(app);
    const unknown = await switchTo(mover, { retailer_id: randomUUID() }).expect(404);
    expect(unknown.body.type).toBe(`${app.url}/problems/retailer-not-found`);
    const { body } = await switchTo(mover, { retailer_id: mover.albatross.id }).expect(400);
    expect(body.errors).toEqual([{ pointer: '/retailer_id', detail: 'has this consent already' }]);
    await suspendRetailer(app, mover.tern);
    await switchTo(mover).expect(404);
  });

  it('of a consent that has ended, or is somebody else’s', async () => {
    const mover = await aMover(app);
    const stranger = await aCustomer(app);
    const { body } = await switchTo({ ...mover, customer: stranger }).expect(404);
    expect(body.type).toBe(`${app.url}/problems/consent-not-found`);
    await withdraw({ customer: mover.customer, consentId: mover.access.consentId }).expect(200);
    const ended = await switchTo(mover).expect(409);
    expect(ended.body).toMatchObject({ type: `${app.url}/problems/consent-state`, consent_status: 'withdrawn' });
  });

  it('where nothing can be taken along: special attributes alone, or what was given once', async () => {
    const customer = await aCustomer(app);
    const tern = await aTern(app);
    const special = await aSpecialConsent(app, { customer });
    const dry = await switchTo({ customer, tern, access: special as never }, { dry_run: true }).expect(200);
    expect(dry.body).toMatchObject({ difference: { kept: [], ask_anew: [{ attribute: 'food.allergen' }] } });
    const { body } = await switchTo({ customer, tern, access: special as never }).expect(409);
    expect(body.type).toBe(`${app.url}/problems/nothing-to-switch`);

    const once = await consentToken(app, await aRetailer(app), customer, { use: 'once', details: [reading] });
    await switchTo({ customer, tern, access: once }).expect(409);
  });

  it('when the words that were shown are no longer what is approved', async () => {
    const mover = await aMover(app);
    const dry = await switchTo(mover, { dry_run: true }).expect(200);
    await aConsent(app, { customer: mover.customer, retailer: mover.tern, details: [reading] });
    const { body } = await switchTo(mover, { notice: dry.body.notices.en }).expect(409);
    expect(body.type).toBe(`${app.url}/problems/notice-outdated`);
  });

  it('whole: nothing of it is kept when a part of it cannot be', async () => {
    const mover = await aMover(app);
    const other = await aMover(app, { customer: mover.customer, tern: mover.tern });
    await switchTo(other).expect(200);
    const appliesTo = { level: 'retailer', retailer_id: mover.albatross.id };
    await state(mover.customer, { applies_to: appliesTo });
    const before = await counted();
    await switchTo(mover, { copy_overrides: true, withdraw_source: 'now' }).expect(409);
    expect(await counted()).toEqual(before);
    expect(await consentOf(mover)).toMatchObject({ status: 'active' });
  });
});

describe('what is stated for one retailer in particular', () => {
  it('is stated for the other one, too, if that is wanted, as far as the customer has stated it', async () => {
    const mover = await aMover(app);
    const { customer, albatross, tern } = mover;
    const [here, there] = [albatross, tern].map(({ id }) => ({ level: 'retailer', retailer_id: id }));
    const ids = {
      receipt: await state(customer, { applies_to: here }),
      atStore: await state(customer, { applies_to: here, context: { place: { store: '17' } } }),
      over: await state(customer, { applies_to: here, context: { stage: ['shopping'] }, valid_until: soon() }),
      rival: await state(customer, { applies_to: here, context: { touchpoint: ['web'] } }),
      everyone: await state(customer, { applies_to: { level: 'everyone' } }),
    };
    const held = await state(customer, { applies_to: there, context: { touchpoint: ['web'] } });
    app.clock.advance({ minutes: 2 });
    const { body } = await switchTo(mover, { copy_overrides: true }).expect(200);
    const { copied, left } = body.difference.overrides;
    expect(copied).toEqual([
      { preference_id: ids.receipt, copy_id: expect.any(String), attribute: 'receipt.delivery' },
    ]);
    expect(reasons(left)).toEqual({ [ids.atStore]: 'store', [ids.over]: 'over', [ids.rival]: 'exists' });
    const { body: copy } = await customer.api.get(`/v1/me/preferences/${copied[0].copy_id}`).expect(200);
    expect(copy).toMatchObject({
      applies_to: there,
      value: { form: 'email' },
      status: 'active',
      provenance: { kind: 'stated', source: 'switch' },
    });
    await customer.api.get(`/v1/me/preferences/${held}`).expect(200);
    await customer.api.get(`/v1/me/preferences/${ids.receipt}`).expect(200);
  });

  it('needs the right to write preferences, like the rest of it', async () => {
    const mover = await aMover(app);
    const expires_at = new Date(app.clock.now().getTime() + 3_600_000).toISOString();
    const terms = { name: 'Consents', scopes: ['consents.read', 'consents.write'], expires_at };
    const { body } = await mover.customer.api.post('/v1/me/tokens').send(terms).expect(201);
    await app.http
      .post(`/v1/me/consents/${mover.access.consentId}/switch`)
      .set('authorization', `Bearer ${body.token}`)
      .send({ retailer_id: mover.tern.id })
      .expect(403);
  });
});

/** States how receipts are wanted. */
async function state({ api }: TestCustomer, more: object): Promise<string> {
  const statement = { attribute: 'receipt.delivery', value: { form: 'email' }, strength: 'want', ...more };
  const { body } = await api.post('/v1/me/preferences').send(statement).expect(201);
  return body.id as string;
}

const soon = () => new Date(app.clock.now().getTime() + 60_000).toISOString();

const reasons = (left: readonly { preference_id: string; reason: string }[]) =>
  Object.fromEntries(left.map(({ preference_id, reason }) => [preference_id, reason]));

async function counted(): Promise<Record<string, number>> {
  const counts = tables.map(async (table) => {
    const { rows } = await app.db.query<{ count: number }>(`select count(*)::int as count from ${table}`);
    return [table, rows[0]?.count ?? 0] as const;
  });
  return Object.fromEntries(await Promise.all(counts));
}
