// What an export takes: a profile with 5 000 versions of preferences and 100 000 interactions against a small one, each
// exported as a stream by the built service on a database of its own. `npm run bench:export`.
//
// The service runs in a process of its own, so that its memory is its own, and is watched every few milliseconds. Its
// heap is kept small: given more room, V8 lets garbage lie, and the peak would tell of its patience instead of our need.
import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';

import { built } from './built.mjs';
import { folderToServe, megabytes, serve, withService } from './service.mjs';

const VERSIONS = 5_000;
const INTERACTIONS = 100_000;
const HEAP_MB = 128;

const folder = folderToServe();
if (folder) {
  await serve(folder, 3999, ({ app, databaseUrl }) => ({ fill: (order) => fill(app, databaseUrl, order) }));
} else await withService(fileURLToPath(import.meta.url), { heapMb: HEAP_MB }, measure);

async function measure(ask) {
  const { url } = await ask('start');
  const [small, large] = [await register(url), await register(url)];
  await ask('fill', { customerId: small.customerId, versions: 1, interactions: 10 });
  console.log(`Filling a profile with ${VERSIONS} versions and ${INTERACTIONS} interactions …`);
  await ask('fill', { customerId: large.customerId, versions: VERSIONS, interactions: INTERACTIONS });

  await exportOnce(url, small); // what is loaded and compiled the first time is counted for nobody
  const results = [];
  for (const [name, customer] of Object.entries({ small, large })) {
    await ask('watch');
    const taken = await exportOnce(url, customer);
    results.push({ profile: name, ...taken, ...(await ask('peak')) });
  }
  console.table(results);
  const [before, after] = results;
  console.log(`peak RSS, large / small: ${(after.peak_rss_mb / before.peak_rss_mb).toFixed(2)}`);
  console.log(`peak heap, large - small: ${(after.peak_heap_mb - before.peak_heap_mb).toFixed(1)} MB`);
}

async function register(url) {
  const response = await fetch(`${url}/v1/customers`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email: `${randomUUID()}@example.org`, password: 'three geese over the canal' }),
  });
  const { customer_id: customerId, session } = await response.json();
  return { customerId, token: session.token };
}

async function exportOnce(url, { token }) {
  const start = performance.now();
  const response = await fetch(`${url}/v1/me/export`, { headers: { authorization: `Bearer ${token}` } });
  if (response.status !== 200) throw new Error(`The export was answered ${response.status}.`);
  let bytes = 0;
  let end = '';
  for await (const chunk of response.body) {
    bytes += chunk.length;
    end = (end + Buffer.from(chunk).toString('latin1')).slice(-4_096);
  }
  if (!end.includes('"kind":"manifest"')) throw new Error('The export has no manifest.');
  return { mb: megabytes(bytes), seconds: Number(((performance.now() - start) / 1000).toFixed(2)) };
}

/** States and reports through the service's own services and tables: by HTTP it would take minutes. */
async function fill(app, databaseUrl, { customerId, versions, interactions }) {
  const { customerKey } = await built('src/platform/customer-key');
  const { PreferencesService } = await built('src/preferences/preferences.service');
  const { Drafts } = await built('src/preferences/drafts');
  const { Client } = await import('pg');
  const customer = customerKey(customerId);
  const get = (provider) => app.get(provider, { strict: false });

  const author = { actor: { kind: 'customer' }, provenance: { kind: 'stated', source: 'customer' } };
  const atOnce = Math.min(versions, 500);
  for (let done = 0; done < versions; done += atOnce) {
    const drafts = Array.from({ length: atOnce }, (_, n) => ({
      attribute: 'brand.affinity',
      value: { brand: `Brand ${n}` },
      strength: 'want',
      weight: 1 + ((done / atOnce) % 100),
      applies_to: { level: 'everyone' },
    }));
    const pointers = drafts.map((_, index) => `/items/${index}`);
    const statements = await get(Drafts).checked(drafts, pointers);
    await get(PreferencesService).adopt(customer, statements, author, { settle: () => 'replace' });
  }

  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(
    `insert into interactions
       select $1, $2, now() - n * interval '5 minutes', gen_random_uuid(), sha256(n::text::bytea), $3, 'client-bench', $4,
              1, 'org.ccx.interaction.transaction.completed.v1', 'till', 'shopping', '/tills/17', 'sale-' || n, null,
              jsonb_build_object('currency', 'EUR', 'total', n, 'lines', jsonb_build_array(
                jsonb_build_object('product', jsonb_build_object('scheme', 'retailer', 'code', '85123A'),
                                   'quantity', '6', 'unit_price', 255),
                jsonb_build_object('product', jsonb_build_object('scheme', 'retailer', 'code', '22423'),
                                   'quantity', '1', 'unit_price', 1275))),
              now()
         from generate_series(1, $5::int) n`,
    [customer.bucket, customer.customerId, randomUUID(), randomUUID(), interactions],
  );
  await client.query('analyze interactions');
  await client.end();
  return {};
}
