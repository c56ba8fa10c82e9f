// Who there is in a bench, and what they hold: asked of a process that has the service's parts.
import { generateKeyPairSync } from 'node:crypto';

import { calculateJwkThumbprint } from 'jose';

import { built } from './built.mjs';
import { jwtSigner, now, publicPart } from './jwt.mjs';
import { kindsOf, shared } from './people.mjs';
import { shopOf } from './shop.mjs';

const SHOPS = 6;
const REFRESH_TOKENS = 500;
/** Longer than the tokens of the engine, so that they last for as long as a bench does. */
const TOKEN_SECONDS = 7_200;

const newKey = () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ format: 'jwk' });
/** By which all shops sign, and to which tokens are bound. */
const clientKey = { ...newKey(), kid: 'bench', alg: 'ES256' };
const dpopKey = newKey();

/** What people are made with: shops to consent to, and what can be stated. */
export async function prepare(app) {
  const shops = [];
  const jwk = { ...publicPart(clientKey), kid: clientKey.kid, alg: 'ES256', use: 'sig' };
  for (let n = 0; n < SHOPS; n++) {
    const { retailerId, clientId } = await shopOf(app, { name: `Shop ${n}`, clientId: `bench-${n}`, jwk });
    shops.push({ retailerId, clientId });
  }
  return { shops, understood: await kindsOf(app) };
}

/** So many consents of as many customers to read, and so many customers who are signed in, spread over all that there are. */
export async function world(app, { readers, customers }) {
  const signed = await signer(app);
  const spreadOut = await spread(app, 'asc', 2 * readers);
  const [consenting, others] = [spreadOut.slice(0, readers), spreadOut.slice(readers)];
  const jkt = await calculateJwkThumbprint(publicPart(dpopKey));
  const holders = [];
  for (const party of consenting) {
    const { clientId: client_id, retailerId: retailer_id, consentId: consent_id } = party;
    const claims = { client_id, retailer_id, scope: 'preferences.read', consent_id, epoch: 1 };
    const subject = await subjectOf(app, party);
    const [token, boundToken] = [signed(subject, claims), signed(subject, { ...claims, cnf: { jkt } })];
    holders.push({ ...party, subject, token, boundToken });
  }
  const categories = [...new Set(shared.map((attribute) => attribute.split('.', 1)[0]))];
  const clients = [...new Set(holders.map(({ clientId }) => clientId))];
  const tills = clients.map((client) =>
    tillOf(
      signed,
      holders.filter(({ clientId }) => clientId === client),
      others.filter(({ clientId }) => clientId === client),
    ),
  );
  return {
    origin: signed.issuer,
    clientKey,
    dpopKey,
    categories,
    readers: holders,
    tills,
    refreshTokens: await refreshTokensOf(app, signed.issuer, consenting.slice(0, REFRESH_TOKENS)),
    customers: await signedIn(app, await spread(app, 'desc', customers), tills),
    logSize: await logSize(app),
  };
}

/**
 * A shop with those of its customers who are read, as many others of its customers as there are, and a token of its
 * client's own.
 */
function tillOf(signed, parties, others) {
  const [{ clientId, retailerId }] = parties;
  const asParty = ({ bucket, customerId, consentId }) => ({ bucket, customerId, consentId });
  const scope = 'preferences.read interactions.write consents.request';
  return {
    clientId,
    retailerId,
    token: signed(clientId, { client_id: clientId, retailer_id: retailerId, scope }),
    subjects: parties.map(({ subject }) => subject),
    parties: parties.map(asParty),
    others: others.map(asParty),
  };
}

/** Customers as they come by a hash of their ids, with one consent of each. */
async function spread(app, order, count) {
  const { Database } = await built('src/platform/database/database');
  const rows = await app.get(Database, { strict: false }).reader.query(
    `select distinct on (md5(c.customer_id::text)) c.bucket, c.customer_id as "customerId", c.id as "consentId",
            c.retailer_id as "retailerId", cc.client_id as "clientId"
       from consents c
       join consent_clients cc on cc.bucket = c.bucket and cc.customer_id = c.customer_id and cc.consent_id = c.id
      where c.status = 'active'
      order by md5(c.customer_id::text) ${order} limit $1`,
    [count],
  );
  return rows;
}

async function subjectOf(app, { retailerId, customerId }) {
  const { RetailersService } = await built('src/retailers/retailers.service');
  const { customerKey } = await built('src/platform/customer-key');
  return app.get(RetailersService, { strict: false }).subjectFor(retailerId, customerKey(customerId));
}

/** Signs access tokens as the engine does, with the key that the service verifies with. */
async function signer(app) {
  const { Config } = await built('src/platform/config/config');
  const { SigningKeys } = await built('src/platform/crypto/signing-keys');
  const { issuer } = app.get(Config, { strict: false });
  const [{ kid, ...jwk }] = app.get(SigningKeys, { strict: false }).tokenKeys();
  const signed = jwtSigner(jwk, { typ: 'at+jwt', kid });
  const sign = (sub, claims) => signed({ sub, iss: issuer, aud: issuer, exp: now() + TOKEN_SECONDS, ...claims });
  return Object.assign(sign, { issuer });
}

/** Refresh tokens that the engine keeps for some of the parties. */
async function refreshTokensOf(app, issuer, parties) {
  const { Engine } = await built('src/authorization/engine');
  const { provider } = app.get(Engine, { strict: false });
  return Promise.all(
    parties.map(async ({ customerId, consentId, clientId }) => {
      const token = new provider.RefreshToken({
        accountId: customerId,
        client: await provider.Client.find(clientId),
        grantId: `${consentId}.${clientId}`,
        gty: 'authorization_code',
        resource: issuer,
        scope: 'offline_access preferences.read',
        expiresIn: TOKEN_SECONDS,
      });
      return { clientId, value: await token.save() };
    }),
  );
}

/** The customers with a session each, and a shop to which they have not consented. */
async function signedIn(app, parties, tills) {
  const { Database } = await built('src/platform/database/database');
  const { SessionsService } = await built('src/customers/sessions.service');
  const { customerKey } = await built('src/platform/customer-key');
  const [database, sessions] = [Database, SessionsService].map((provider) => app.get(provider, { strict: false }));
  return Promise.all(
    parties.map(async (party) => {
      const customer = customerKey(party.customerId);
      const { token } = await database.transaction((tx) =>
        sessions.start(tx, customer, 'password', { address: '127.0.0.1' }, new Date()),
      );
      const held = await database.reader.query(
        'select retailer_id from consents where bucket = $1 and customer_id = $2',
        [customer.bucket, customer.customerId],
      );
      const known = new Set(held.map(({ retailer_id }) => retailer_id));
      const { bucket, customerId, consentId } = party;
      const stranger = tills.findIndex(({ retailerId }) => !known.has(retailerId));
      return { bucket, customerId, consentId, session: token, stranger };
    }),
  );
}

/** How many entries the published log has. */
async function logSize(app) {
  const { LogProofs } = await built('src/audit/proofs');
  return (await app.get(LogProofs, { strict: false }).published()).size;
}
