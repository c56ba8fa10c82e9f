// A shop that reports what its customers buy, and customers who let it: for benches of what is reported.
import { randomUUID } from 'node:crypto';

import { built } from './built.mjs';

/**
 * A grocer with a client. Its tokens are bound to no key, and it has a secret, unless there is a key by which it signs.
 *
 * @param {any} app
 * @param {{name?: string, clientId?: string, jwk?: object}} [given]
 */
export async function shopOf(app, { name = 'Albatross Groceries', clientId = 'bench-tills', jwk } = {}) {
  const { AdmissionsService } = await built('src/retailers/admissions.service');
  const { ClientsService } = await built('src/retailers/clients.service');
  const get = (provider) => app.get(provider, { strict: false });
  const operator = { kind: 'system' };
  const { id: retailerId } = await get(AdmissionsService).register(operator, {
    name,
    legalName: `${name} Ltd`,
    country: 'GB',
    sectors: ['grocery'],
    touchpoints: ['till', 'web'],
    website: 'https://albatross.example',
    privacyUrl: 'https://albatross.example/privacy',
    incentive: null,
  });
  await get(AdmissionsService).approve(operator, retailerId, ['grocery']);
  const { client, secret } = await get(ClientsService).register(
    operator,
    retailerId,
    {
      name: 'Tills',
      scopes: ['offline_access', 'preferences.read', 'interactions.write', 'consents.request'],
      ...(jwk ? signing(jwk) : simple),
    },
    clientId,
  );
  return { retailerId, clientId: client.id, secret };
}

const simple = { authMethod: 'client_secret_basic', bearer: true, grantTypes: ['client_credentials'] };

const signing = (jwk) => ({
  authMethod: 'private_key_jwt',
  jwks: { keys: [jwk] },
  grantTypes: ['authorization_code', 'refresh_token', 'client_credentials'],
  redirectUris: ['https://albatross.example/callback'],
});

/** The customer of the consent, and others with one like it, as far as the tables tell. */
export async function crowdOf(app, databaseUrl, { consentId, count }) {
  const { customerKey } = await built('src/platform/customer-key');
  const { encodeSubject } = await built('src/platform/crypto/pairwise');
  const { SubjectKeys } = await built('src/platform/crypto/subject-keys');
  const { Database } = await built('src/platform/database/database');
  const { Random } = await built('src/platform/random');
  const { RetailersService } = await built('src/retailers/retailers.service');
  const { Client } = (await import('pg')).default;
  const get = (provider) => app.get(provider, { strict: false });

  const others = Array.from({ length: count }, () => customerKey(get(Random).id()));
  await get(Database).transaction(async (tx) => {
    for (const key of others) await get(SubjectKeys).create(tx, key, new Date());
  });
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  const like = (table, more = '') => `
    insert into ${table}
    select (jsonb_populate_record(t, jsonb_build_object('bucket', o.bucket, 'customer_id', o.id) ${more})).*
      from consents c join ${table} t on t.customer_id = c.customer_id, unnest($2::int[], $3::uuid[]) as o (bucket, id)
     where c.id = $1`;
  const those = [consentId, others.map(({ bucket }) => bucket), others.map(({ customerId }) => customerId)];
  await client.query(like('customers'), those);
  await client.query(like('consents', `|| jsonb_build_object('id', gen_random_uuid())`), those);
  const { rows } = await client.query('select customer_id, retailer_id from consents where status = $1', ['active']);
  await client.end();

  const key = await get(RetailersService).pairwiseKeyOf(rows[0].retailer_id);
  return {
    customers: rows.map(({ customer_id }) => {
      const { bucket, customerId } = customerKey(customer_id);
      return { bucket, customer_id: customerId, subject: encodeSubject(customerId, key) };
    }),
  };
}

/** Somebody who lets the shop report what they buy: asked and approved through the API. */
export async function consentTo(url, shop) {
  const post = async (path, token, body, status) =>
    expecting(
      await fetch(url + path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        body: JSON.stringify(body),
      }),
      status,
    );
  const email = `${randomUUID()}@example.org`;
  const { session } = await post('/v1/customers', null, { email, password: 'three geese over the canal' }, 201);
  const reporting = {
    type: 'ccx_interactions',
    event_types: ['transaction.completed'],
    purposes: ['dpv:PersonalisedBenefits'],
    touchpoints: ['till'],
    since: 'P1D',
  };
  const asking = await tokenOf(url, shop, 'consents.request');
  const request = { customer: { email }, authorization_details: [reporting] };
  const { id } = await post('/v1/consent-requests', asking, request, 201);
  const { consent } = await post(`/v1/me/consent-requests/${id}/approve`, session.token, {}, 200);
  return consent;
}

export async function tokenOf(url, { clientId, secret }, scope) {
  const response = await fetch(`${url}/oauth/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${clientId}:${secret}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
  });
  const { access_token: token } = await expecting(response, 200);
  return token;
}

export async function expecting(response, status) {
  const body = await response.json();
  if (response.status !== status)
    throw new Error(`${response.url} was answered ${response.status}: ${JSON.stringify(body)}`);
  return body;
}
