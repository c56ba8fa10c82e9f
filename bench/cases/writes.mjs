// What is told to the service: events by retailers, preferences and consents by customers.
import { createHash, randomInt, randomUUID } from 'node:crypto';

import { jsonOf, requestOf } from '../load.mjs';

const BATCH = 100;
const sides = ['service', 'plain', 'tuned'];
const json = { 'content-type': 'application/json' };
const bearer = (token) => ({ ...json, authorization: `Bearer ${token}` });
const turn = (list, place) => list[place % list.length];

export const cases = {
  record: {
    title: 'record a preference',
    sides,
    expects: [201],
    kind: 'once',
    *service({ customers }) {
      for (let place = 0; ; place++) {
        const preference = { attribute: 'brand.affinity', value: { brand: `Brand ${randomUUID()}` }, strength: 'want' };
        yield requestOf('POST /v1/me/preferences', bearer(turn(customers, place).session), JSON.stringify(preference));
      }
    },
    *floor({ customers }, side) {
      for (let place = 0; ; place++) {
        const { bucket, customerId } = turn(customers, place);
        const line = `POST /${side}/record/${bucket}/${customerId}/${randomUUID()}`;
        yield requestOf(line, json, JSON.stringify({ attribute: 'brand.affinity', value: { brand: 'x'.repeat(400) } }));
      }
    },
    answer: async ({ pool, args: [bucket, customerId, id], body }) => {
      await pool.query({
        name: 'floor-record',
        text: `insert into preference_versions
                 (bucket, customer_id, preference_id, version, change, category, vocabulary_version, sealed, at)
               values ($1, $2, $3, 1, 'recorded', 'brand', '1.2.0', $4, now())`,
        values: [bucket, customerId, id, await body()],
      });
      return { status: 201, body: { id } };
    },
  },
  consents: {
    title: 'ask for a consent, give it, withdraw it (each call)',
    sides,
    expects: [200, 201],
    kind: 'flow',
    *service({ customers, tills }, _side, connection) {
      for (let place = connection; ; place += 64) {
        const { customerId, session, stranger } = turn(customers, place);
        const asked = { customer: { email: `${customerId}@people.example` }, authorization_details: [line] };
        const asking = bearer(tills[stranger].token);
        const { id } = jsonOf(yield requestOf('POST /v1/consent-requests', asking, JSON.stringify(asked)));
        const given = yield requestOf(`POST /v1/me/consent-requests/${id}/approve`, bearer(session), '{}');
        const { consent } = jsonOf(given);
        yield requestOf(`POST /v1/me/consents/${consent.id}/withdraw`, bearer(session), '{}');
      }
    },
    *floor({ customers }, side, connection) {
      for (let place = connection; ; place += 64) {
        const { bucket, customerId, consentId } = turn(customers, place);
        const path = `/${side}/consents/${bucket}/${customerId}/${consentId}/${randomInt(2, 2 ** 31)}`;
        yield requestOf(`POST ${path}`, json, JSON.stringify([{ ...line, expires_at: new Date() }]));
      }
    },
    answer: async ({ pool, args: [bucket, customerId, consentId, version], body }) => {
      await pool.query({
        name: 'floor-consents',
        text: `insert into consent_versions
                 (bucket, customer_id, consent_id, version, change, status, details, expires_at, actor, at)
               values ($1, $2, $3, $4, 'given', 'active', $5, now(), '{}', now())`,
        values: [bucket, customerId, consentId, version, (await body()).toString()],
      });
      return { status: 201, body: { id: consentId } };
    },
  },
  'intake-one': {
    title: 'report a batch of 100 events about one customer',
    sides,
    expects: [200],
    kind: 'once',
    service: (world) => batches(world, ({ subjects }, place) => turn(subjects, Math.floor(place / BATCH))),
    floor: (world, side) => rows(world, side, ({ others }, place) => turn(others, Math.floor(place / BATCH))),
    answer: insertEvents,
  },
  intake: {
    title: 'report a batch of 100 events about 100 customers',
    sides,
    aim: { plain: 0.5 },
    expects: [200],
    kind: 'once',
    service: (world) => batches(world, ({ subjects }, place) => turn(subjects, place)),
    floor: (world, side) => rows(world, side, ({ others }, place) => turn(others, place)),
    answer: insertEvents,
  },
};

const line = {
  type: 'ccx_preferences',
  attributes: ['receipt.delivery'],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['till'],
  retention: 'P30D',
};

/** Batches of sales, by one shop after the other. */
function* batches({ tills }, subjectOf) {
  for (let batch = 0; ; batch++) {
    const till = turn(tills, batch);
    const first = Math.floor(batch / tills.length) * BATCH;
    const sales = Array.from({ length: BATCH }, (_, place) => ({
      specversion: '1.0',
      id: randomUUID(),
      source: '/tills/17',
      type: 'org.ccx.interaction.transaction.completed.v1',
      subject: subjectOf(till, first + place),
      time: new Date().toISOString(),
      ccxtouchpoint: 'till',
      data: sale,
    }));
    const headers = { ...bearer(till.token), 'content-type': 'application/cloudevents-batch+json' };
    yield requestOf('POST /v1/interactions', headers, JSON.stringify(sales));
  }
}

/** The same as rows, ready to be inserted: of other customers, whose months the service need not count. */
function* rows({ tills }, side, partyOf) {
  for (let batch = 0; ; batch++) {
    const till = turn(tills, batch);
    const first = Math.floor(batch / tills.length) * BATCH;
    const events = Array.from({ length: BATCH }, (_, place) => {
      const { bucket, customerId, consentId } = partyOf(till, first + place);
      const id = randomUUID();
      const key_hash = createHash('sha256').update(id).digest('hex');
      const customer = { bucket, customer_id: customerId, consent_id: consentId };
      return { ...customer, occurred_at: new Date(), id, key_hash, source: '/tills/17', event_id: id, data: sale };
    });
    const path = `POST /${side}/intake/${till.retailerId}/${till.clientId}`;
    yield requestOf(path, json, JSON.stringify(events));
  }
}

const sold = (code, quantity) => ({
  product: { scheme: 'retailer', code, category: 'kitchen' },
  quantity,
  unit_price: 255,
});
const sale = {
  currency: 'GBP',
  total: 5_100,
  lines: [sold('85123A', '6'), sold('71053', '6'), sold('84406B', '8')],
  store: 'uk-17',
};

async function insertEvents({ pool, args: [retailerId, clientId], body }) {
  await pool.query({
    name: 'floor-intake',
    text: `insert into interactions
        (bucket, customer_id, occurred_at, id, key_hash, retailer_id, client_id, consent_id, consent_version, type,
         touchpoint, stage, source, event_id, data, received_at)
      select bucket, customer_id, occurred_at, id, decode(key_hash, 'hex'), $1, $2, consent_id, 1,
             'transaction.completed', 'till', 'shopping', source, event_id, data, now()
        from jsonb_to_recordset($3::jsonb) as event (
          bucket int, customer_id uuid, occurred_at timestamptz, id uuid, key_hash text, consent_id uuid, source text,
          event_id text, data jsonb)
      on conflict do nothing`,
    values: [retailerId, clientId, (await body()).toString()],
  });
  return { status: 200, body: { stored: BATCH } };
}
