// How many events a second the intake takes: batches of 100 through HTTP to the built service, against a floor, which is
// one INSERT … SELECT FROM jsonb_to_recordset … ON CONFLICT DO NOTHING of the same rows from bare Node on as many
// connections. Once with a hundred customers in a batch, once with one. `npm run bench`.
//
// The floor checks no schema, no consent and no identity, and writes neither log nor outbox: it cannot be reached. What
// follows an event by itself (the sequencer of the log, counters, suggestions) is held back, since it goes at its own pace.
import { createHash, randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { folderToServe, serve, withService } from './service.mjs';
import { consentTo, crowdOf, shopOf, tokenOf } from './shop.mjs';

const BATCH = 100;
const CONNECTIONS = 8;
/** So many that batches under way at the same time are about different ones, as they are in a shop. */
const CUSTOMERS = 2 * CONNECTIONS * BATCH;
const WARM_UP = 20;
const BATCHES = 200;

const folder = folderToServe();
if (folder) {
  await serve(folder, 3998, ({ app, databaseUrl }) => ({
    quiet: () => quiet(app),
    shop: () => shopOf(app),
    crowd: (order) => crowdOf(app, databaseUrl, order),
  }));
} else await withService(fileURLToPath(import.meta.url), {}, measure);

async function measure(ask) {
  const { url, databaseUrl } = await ask('start');
  await ask('quiet');
  const shop = await ask('shop');
  const consent = await consentTo(url, shop);
  const { customers } = await ask('crowd', { consentId: consent.id, count: CUSTOMERS - 1 });
  const token = await tokenOf(url, shop, 'interactions.write');

  const results = [];
  for (const [name, ofBatch] of Object.entries({
    'a hundred customers': (place, batch) => customers[(batch * BATCH + place) % CUSTOMERS],
    'one customer': (_, batch) => customers[batch % CUSTOMERS],
  })) {
    const taken = await intake(url, token, ofBatch);
    const floor = await insert(databaseUrl, shop, consent.id, ofBatch);
    results.push({
      'in a batch': name,
      events_per_s: taken,
      floor_events_per_s: floor,
      ratio: (floor / taken).toFixed(2),
    });
  }
  console.table(results);
}

/** Holds back what is done in the background. */
async function quiet(app) {
  const { Jobs } = await import('../dist/src/platform/jobs/jobs.js');
  await app.get(Jobs, { strict: false }).onModuleDestroy();
  return {};
}

/** Does `send` for every batch, several at once, and answers how many events that were in a second. */
async function eventsPerSecond(batches, send) {
  let next = 0;
  const until = async (end) => {
    const worker = async () => {
      while (next < end) await send(batches[next++]);
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  };
  await until(WARM_UP);
  const start = performance.now();
  await until(batches.length);
  return Math.round(((batches.length - WARM_UP) * BATCH * 1_000) / (performance.now() - start));
}

function saleOf(subject) {
  const line = (code, quantity) => ({
    product: { scheme: 'retailer', code, category: 'kitchen' },
    quantity,
    unit_price: 255,
  });
  return {
    specversion: '1.0',
    id: randomUUID(),
    source: '/tills/17',
    type: 'org.ccx.interaction.transaction.completed.v1',
    subject,
    time: new Date().toISOString(),
    ccxtouchpoint: 'till',
    data: {
      currency: 'GBP',
      total: 1_530,
      lines: [line('85123A', '6'), line('71053', '6'), line('84406B', '8')],
      store: 'uk-17',
    },
  };
}

function batchesOf(make) {
  return Array.from({ length: WARM_UP + BATCHES }, (_, batch) =>
    JSON.stringify(Array.from({ length: BATCH }, (_each, place) => make(place, batch))),
  );
}

function intake(url, token, customerOf) {
  const batches = batchesOf((place, batch) => saleOf(customerOf(place, batch).subject));
  return eventsPerSecond(batches, async (body) => {
    const response = await fetch(`${url}/v1/interactions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/cloudevents-batch+json' },
      body,
    });
    const { stored } = await response.json();
    if (stored !== BATCH) throw new Error(`A batch was answered ${response.status}, and ${stored} were stored.`);
  });
}

async function insert(databaseUrl, { retailerId, clientId }, consentId, customerOf) {
  const { Pool } = (await import('pg')).default;
  const pool = new Pool({ connectionString: databaseUrl, max: CONNECTIONS });
  const batches = batchesOf((place, batch) => {
    const { subject, ...customer } = customerOf(place, batch);
    const { id, source, time, data } = saleOf(subject);
    const key = createHash('sha256').update(id).digest('hex');
    return { ...customer, occurred_at: time, id, key_hash: key, consent_id: consentId, source, event_id: id, data };
  });
  try {
    return await eventsPerSecond(batches, (rows) =>
      pool.query({
        name: 'floor',
        text: `insert into interactions
            (bucket, customer_id, occurred_at, id, key_hash, retailer_id, client_id, consent_id, consent_version, type,
             touchpoint, stage, source, event_id, data, received_at)
          select bucket, customer_id, occurred_at, id, decode(key_hash, 'hex'), $1, $2, consent_id, 1,
                 'transaction.completed', 'till', 'shopping', source, event_id, data, now()
            from jsonb_to_recordset($3::jsonb) as event (
              bucket int, customer_id uuid, occurred_at timestamptz, id uuid, key_hash text, consent_id uuid, source text,
              event_id text, data jsonb)
          on conflict do nothing`,
        values: [retailerId, clientId, rows],
      }),
    );
  } finally {
    await pool.end();
  }
}
