import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { RECEIPT_SCHEMA_FILE } from '../src/consents/receipt-schema.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import {
  aConsent,
  aConsentRequest,
  amend,
  approve,
  aSpecialConsent,
  command,
  later,
  reading,
  refuse,
  reporting,
  type TestConsent,
  type TestRequest,
  withdraw,
} from './support/consents.js';
import { retailerToken } from './support/oauth.js';
import { race, statusesOf } from './support/race.js';
import { publishedKeys, verified } from './support/receipts.js';
import { recordedChanges } from './support/recorded-changes.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface ReceiptAnswer {
  id: string;
  event: string;
  version: number | null;
  at: string;
  jws: string;
}

const receiptsOf = async ({ api }: TestCustomer, path: string): Promise<ReceiptAnswer[]> => {
  const { body } = await api.get(`/v1/me/${path}/receipts`).expect(200);
  return body.items;
};
const ofConsent = ({ customer, consentId }: Pick<TestConsent, 'customer' | 'consentId'>) =>
  receiptsOf(customer, `consents/${consentId}`);
const ofRequest = ({ customer, id }: Pick<TestRequest, 'customer' | 'id'>) =>
  receiptsOf(customer, `consent-requests/${id}`);

const toRetailer = async ({ asRetailer }: Pick<TestRequest, 'asRetailer'>, path: string): Promise<ReceiptAnswer[]> => {
  const { status, body } = await asRetailer.fetch('GET', `/v1/${path}/receipts`);
  expect(status).toBe(200);
  return body.items;
};

/** What they say, once they have been verified. */
const read = async (receipts: readonly ReceiptAnswer[]) => {
  const keys = await publishedKeys(app);
  return Promise.all(receipts.map(({ jws }) => verified(keys, jws)));
};

/** A consent to which everything has happened that can, until it was withdrawn. */
async function aFullLife(): Promise<TestConsent> {
  const consent = await aConsent(app, { details: [reading, reporting], lifetime_days: 100 });
  const [line] = consent.consent.details;
  await amend(consent, { items: [{ id: line.id }], max_reads_per_day: 5 });
  await command(consent, 'pause').expect(200);
  await command(consent, 'resume').expect(200);
  const customer = await later(app, consent.customer, 1);
  await command({ ...consent, customer }, 'renew').expect(200);
  await withdraw({ ...consent, customer }).expect(200);
  const asRetailer = await retailerToken(app, consent.retailer, { scope: 'consents.read' });
  return { ...consent, customer, asRetailer };
}

const aRule = (customer: TestCustomer, rule: object) =>
  customer.api
    .post('/v1/me/rules')
    .send({ name: 'what my doctor must not know', enabled: true, ...rule })
    .expect(201);

describe('the receipt of a change', () => {
  it('is there for every one of them, newest first, and answered by the command that made it', async () => {
    const life = await aFullLife();
    const receipts = await ofConsent(life);
    expect(receipts.map(({ event, version }) => [event, version])).toEqual([
      ['withdrawn', 6],
      ['renewed', 5],
      ['resumed', 4],
      ['paused', 3],
      ['amended', 2],
      ['given', 1],
    ]);
    const { body } = await withdraw(life).expect(200);
    expect(body.receipt).toEqual(receipts[0]);
    expect(await recordedChanges(app, life.customer.key)).toEqual(receipts.map(({ event }) => event).toReversed());
  });

  it('can be verified by anybody with the published keys and schema, without the service', async () => {
    const life = await aFullLife();
    const receipts = await read(await ofConsent(life));
    expect(receipts.map(({ consent_record: { event } }) => event.event_state)).toEqual([
      'dpv:ConsentWithdrawn',
      'dpv:RenewedConsentGiven',
      'dpv:ConsentGiven',
      'dpv:ConsentStatusInvalidForProcessing',
      'dpv:ConsentGiven',
      'dpv:ConsentGiven',
    ]);
    expect(receipts.map(({ consent }) => [consent.version, consent.previous_version])).toEqual([
      [6, 5],
      [5, 4],
      [4, 3],
      [3, 2],
      [2, 1],
      [1, null],
    ]);
  });

  it('says all that was given, and who gave it to whom', async () => {
    const given = await aConsent(app, { details: [reading, reporting] });
    const [receipt] = await read(await ofConsent(given));
    const { consent, customer, retailer } = given;
    expect(receipt).toMatchObject({
      iss: app.url,
      sub: customer.customerId,
      consent: { id: given.consentId, version: 1, status: 'active', use: 'standing', expires_at: consent.expires_at },
      request_id: given.id,
      consent_record: {
        record_id: given.consentId,
        pii_principal_id: customer.customerId,
        pii_processing: {
          language: 'en',
          pii_controllers: [`${app.url}/v1/retailers/${retailer.id}`],
          purposes: [
            {
              line: consent.details[0].id,
              purpose: reading.purposes,
              pii_information: reading.attributes.map((path) => ({ pii_attribute_id: path })),
              touchpoints: reading.touchpoints,
              retention_period: { duration: 'P30D' },
            },
            { line: consent.details[1].id, purpose: reporting.purposes, late_reporting: 'P3D' },
          ],
        },
        event: { entity_id: customer.customerId, event_time: consent.given_at, indication_method: 'direct' },
      },
    });
    const { party_id: controller } = receipt.consent_record.party_identification[0];
    await app.http.get(new URL(controller).pathname).expect(200);
  });

  it('names the log’s entry of the very change, which so becomes a promise', async () => {
    const life = await aFullLife();
    for (const { audit, consent } of await read(await ofConsent(life))) {
      const { rows } = await app.db.query<{ consent_version: number }>(
        `select consent_version from (
           select id, leaf_hash, consent_version from audit_pending
           union all select id, leaf_hash, consent_version from audit_log) entries
          where id = $1 and leaf_hash = $2`,
        [audit.entry, Buffer.from(audit.leaf_hash, 'hex')],
      );
      expect(rows).toEqual([{ consent_version: consent.version }]);
    }
  });

  it('fails verification once anything of it was changed', async () => {
    const given = await aConsent(app);
    const [{ jws } = { jws: '' }] = await ofConsent(given);
    const keys = await publishedKeys(app);
    const [header, payload, signature] = jws.split('.') as [string, string, string];
    const said = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const changed = Buffer.from(JSON.stringify({ ...said, iat: said.iat - 86_400 })).toString('base64url');
    await expect(verified(keys, [header, changed, signature].join('.'))).rejects.toThrow(
      'signature verification failed',
    );
    await expect(verified(keys, jws)).resolves.toMatchObject({ jti: said.jti });
  });

  it('is kept under the customer’s key: the row alone tells nothing', async () => {
    const { customer, consentId } = await aConsent(app);
    const { rows } = await app.db.query<Record<'customer_jws' | 'retailer_jws', Buffer>>(
      'select customer_jws, retailer_jws from consent_receipts where consent_id = $1',
      [consentId],
    );
    expect(rows).toHaveLength(1);
    for (const sealed of Object.values(rows[0] ?? {})) {
      expect(sealed.includes('Consent')).toBe(false);
      expect(sealed.includes(customer.customerId)).toBe(false);
    }
  });

  it('of an end nobody saw in time says when it came', async () => {
    const given = await aConsent(app, { lifetime_days: 30 });
    const customer = await later(app, given.customer, 32);
    await app.runJob('consents.expire');
    const [receipt] = await read(await ofConsent({ ...given, customer }));
    expect(receipt.consent_record.event).toMatchObject({
      change: 'expired',
      event_state: 'dpv:ConsentExpired',
      event_time: given.consent.expires_at,
      entity_id: app.url,
      indication_method: 'lapse_of_time',
    });
    expect(receipt.iat * 1000).toBeGreaterThan(Date.parse(given.consent.expires_at));
    expect(await recordedChanges(app, customer.key)).toEqual(['given', 'expired']);
  });

  it('of a special attribute names the words of the express consent', async () => {
    const given = await aSpecialConsent(app);
    const [receipt] = await read(await ofConsent(given));
    const [line] = receipt.consent_record.pii_processing.purposes;
    expect(line).toMatchObject({
      lawful_basis: 'dpv:ExplicitlyExpressedConsent',
      pii_information: [{ pii_attribute_id: 'food.allergen', special_pii_category: true }],
      statement: given.consent.details[0].statement,
    });
    expect(receipt.consent_record.event.event_type).toBe('dpv:ExplicitlyExpressedConsent');
  });

  it('names the standing rule that decided', async () => {
    const customer = await aCustomer(app);
    const { body: rule } = await aRule(customer, {
      effect: 'allow',
      when: { attributes: reading.attributes, purposes: reading.purposes },
    });
    const request = await aConsentRequest(app, { customer, details: [reading] });
    const [receipt] = await read(await ofRequest(request));
    expect(receipt).toMatchObject({
      rule: { id: rule.id, name: 'what my doctor must not know' },
      consent_record: { event: { entity_id: customer.customerId, indication_method: 'standing_rule' } },
    });
    const [toGrocer] = await read(await toRetailer(request, `consent-requests/${request.id}`));
    expect(toGrocer.consent_record.event.indication_method).toBe('standing_rule');
    expect(JSON.stringify(toGrocer)).not.toContain('doctor');
  });
});

describe('the receipt of a request', () => {
  it('is none while it is open, and then that of what was given', async () => {
    const request = await aConsentRequest(app);
    expect(await ofRequest(request)).toEqual([]);
    const { body } = await approve(request).expect(200);
    const receipts = await ofRequest(request);
    expect(receipts).toMatchObject([{ event: 'given', version: 1 }]);
    expect(await receiptsOf(request.customer, `consents/${body.consent.id}`)).toEqual(receipts);
  });

  it('says what was refused, too', async () => {
    const request = await aConsentRequest(app);
    await refuse(request).expect(200);
    await refuse(request).expect(200);
    const receipts = await ofRequest(request);
    expect(receipts).toMatchObject([{ event: 'refused', version: null }]);
    const [receipt] = await read(receipts);
    expect(receipt).toMatchObject({
      sub: request.customer.customerId,
      request_id: request.id,
      consent_record: { record_id: request.id, event: { event_state: 'dpv:ConsentRefused' } },
    });
    expect(receipt.consent_record.pii_processing.purposes).toHaveLength(2);
    expect(
      (await audited(app, request.customer.key)).filter(({ type }) => type === 'consent-request.refused'),
    ).toHaveLength(1);
    expect(
      (await announced(app, request.customer.key)).filter((type) => type === 'consent-request.refused'),
    ).toHaveLength(1);
  });
});

describe('when two requests race', () => {
  /** Everything that can happen once only, from two devices at the same time. */
  const commands = {
    withdrawn: (consent: TestConsent) => withdraw(consent),
    paused: (consent: TestConsent) => command(consent, 'pause'),
  };

  it.each(Object.entries(commands))('what is %s has one receipt, entry and event', async (event, run) => {
    const consent = await aConsent(app);
    const outcomes = await race(app.db, 'consents', { id: consent.consentId }, [
      () => run(consent),
      () => run(consent),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect(await recordedChanges(app, consent.customer.key)).toEqual(['given', event]);
  });

  it('what is approved twice is given once', async () => {
    const request = await aConsentRequest(app);
    const outcomes = await race(app.db, 'consent_requests', { id: request.id }, [
      () => approve(request),
      () => approve(request),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
    expect(await recordedChanges(app, request.customer.key)).toEqual(['given']);
    expect(await ofRequest(request)).toMatchObject([{ event: 'given' }]);
  });

  it('what is refused twice is refused once', async () => {
    const request = await aConsentRequest(app);
    const outcomes = await race(app.db, 'consent_requests', { id: request.id }, [
      () => refuse(request),
      () => refuse(request),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 200]);
    expect(await ofRequest(request)).toMatchObject([{ event: 'refused' }]);
    expect(
      (await announced(app, request.customer.key)).filter((type) => type === 'consent-request.refused'),
    ).toHaveLength(1);
  });

  it('what is approved and refused at once is one of them', async () => {
    const request = await aConsentRequest(app);
    const outcomes = await race(app.db, 'consent_requests', { id: request.id }, [
      () => approve(request),
      () => refuse(request),
    ]);
    expect(statusesOf(outcomes)).toEqual([200, 409]);
    expect(await ofRequest(request)).toHaveLength(1);
  });
});

describe('the retailer’s receipt', () => {
  it('is there for every change, under the subject that it knows', async () => {
    const life = await aFullLife();
    const receipts = await toRetailer(life, `consents/${life.consentId}`);
    expect(receipts.map(({ event }) => event)).toEqual([
      'withdrawn',
      'renewed',
      'resumed',
      'paused',
      'amended',
      'given',
    ]);
    const { body } = await life.asRetailer.fetch('GET', `/v1/consent-requests/${life.id}`);
    const said = await read(receipts);
    expect(new Set(said.map(({ sub }) => sub))).toEqual(new Set([body.consent.subject]));
  });

  it('is another one than the customer’s and reveals nothing of what only they know', async () => {
    const life = await aFullLife();
    const [mine, theirs] = await Promise.all([ofConsent(life), toRetailer(life, `consents/${life.consentId}`)]);
    expect(theirs.map(({ id }) => id)).toEqual(mine.map(({ id }) => id));
    const said = JSON.stringify(await read(theirs));
    for (const secret of [life.customer.customerId, life.customer.email, '/v1/me/', life.retailer.client.id]) {
      expect(said).not.toContain(secret);
    }
    expect(theirs.map(({ jws }) => jws)).not.toEqual(mine.map(({ jws }) => jws));
  });

  it('of a refusal names the request, and nobody', async () => {
    const request = await aConsentRequest(app);
    expect(await toRetailer(request, `consent-requests/${request.id}`)).toEqual([]);
    await refuse(request).expect(200);
    const [receipt] = await read(await toRetailer(request, `consent-requests/${request.id}`));
    expect(receipt).toMatchObject({
      sub: request.id,
      consent_record: { event: { event_state: 'dpv:ConsentRefused' } },
    });
    expect(receipt.consent_record.event).not.toHaveProperty('indication_method');
  });

  it('is none of what a rule refused behind an address', async () => {
    const customer = await aCustomer(app);
    await aRule(customer, { effect: 'refuse', when: { purposes: reading.purposes } });
    const request = await aConsentRequest(app, { customer, details: [reading] });
    expect(await ofRequest(request)).toMatchObject([{ event: 'refused' }]);
    expect(await toRetailer(request, `consent-requests/${request.id}`)).toEqual([]);
  });
});

describe('receipts of others', () => {
  it('do not exist for another customer', async () => {
    const { id, consentId } = await aConsent(app);
    const stranger = await aCustomer(app);
    const consents = await stranger.api.get(`/v1/me/consents/${consentId}/receipts`).expect(404);
    expect(consents.body.type).toBe(`${app.url}/problems/consent-not-found`);
    const requests = await stranger.api.get(`/v1/me/consent-requests/${id}/receipts`).expect(404);
    expect(requests.body.type).toBe(`${app.url}/problems/consent-request-not-found`);
  });

  it('do not exist for another retailer', async () => {
    const { id, consentId } = await aConsent(app);
    const rival = await retailerToken(app, await aRetailer(app), { scope: 'consents.read' });
    expect(await rival.fetch('GET', `/v1/consents/${consentId}/receipts`)).toMatchObject({ status: 404 });
    expect(await rival.fetch('GET', `/v1/consent-requests/${id}/receipts`)).toMatchObject({ status: 404 });
  });
});

describe('many receipts', () => {
  it('come page by page, to both', async () => {
    const life = await aFullLife();
    const pages = async (get: (query: string) => Promise<{ items: ReceiptAnswer[]; next_cursor: string | null }>) => {
      const first = await get('?limit=4');
      const second = await get(`?limit=4&cursor=${first.next_cursor}`);
      expect(second.next_cursor).toBeNull();
      return [first.items, second.items].map((items) => items.map(({ version }) => version));
    };
    const path = `consents/${life.consentId}/receipts`;
    expect(
      await pages(async (query) => (await life.customer.api.get(`/v1/me/${path}${query}`).expect(200)).body),
    ).toEqual([
      [6, 5, 4, 3],
      [2, 1],
    ]);
    expect(await pages(async (query) => (await life.asRetailer.fetch('GET', `/v1/${path}${query}`)).body)).toEqual([
      [6, 5, 4, 3],
      [2, 1],
    ]);
  });
});

describe('the schema of receipts', () => {
  it('is served as it is committed, where receipts say', async () => {
    const given = await aConsent(app);
    const [receipt] = await read(await ofConsent(given));
    expect(receipt.$schema).toBe(`${app.url}/schemas/consent-receipt.json`);
    const { body, headers } = await app.http.get('/schemas/consent-receipt.json').expect(200);
    expect(headers['content-type']).toContain('application/schema+json');
    expect(body).toEqual(JSON.parse(readFileSync(join(__dirname, '..', RECEIPT_SCHEMA_FILE), 'utf8')));
  });
});
