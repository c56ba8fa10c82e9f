import { randomUUID } from 'node:crypto';

import { retailerScopes } from '../../src/retailers/scopes.js';
import { aCustomer, type TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { aConsentRequest, reporting, type TestRequest } from './consents.js';
import { aDelegation } from './delegations.js';
import { askToBeErased, type TestErasure } from './erasures.js';
import { aReporter, aVoid, report, type Reporter } from './events.js';
import { type ConsentAccess, consentToken } from './oauth.js';
import { counted } from './outbox.js';
import { aPasskey } from './passkeys.js';
import { aRetailer, type TestRetailer } from './retailers.js';
import { aRule, refuseSharing } from './rules.js';
import { aSnapshot, offline, tillsOf } from './snapshots.js';
import { change as suggestSettings, lastDays, shopped, suggestionsOf } from './suggestions.js';

/** The retailers in somebody's life. */
export interface Shops {
  /** Reads what the customer states, at the till. */
  readonly grocer: TestRetailer;
  /** Reports what the customer buys, and would like to know their sizes. */
  readonly tailor: TestRetailer;
}

export async function shops(app: TestApp): Promise<Shops> {
  const [grocer, tailor] = await Promise.all([
    aRetailer(app, { name: 'Grocer A', client: { scopes: [...retailerScopes] } }),
    aRetailer(app, { name: 'Tailor T', sectors: ['fashion'] }),
  ]);
  return { grocer, tailor };
}

/** A customer who has something of everything that the service keeps of customers. */
export interface Life {
  readonly customer: TestCustomer;
  readonly personalTokenId: string;
  /** By which somebody may act for the customer, as they may for somebody else by another one. */
  readonly delegationId: string;
  readonly passkeyId: string;
  readonly preferenceId: string;
  readonly preferenceEtag: string;
  /** A table from a loyalty programme, brought in and not confirmed. */
  readonly importId: string;
  /** The grocer's tokens, which have been read with, and refused. */
  readonly till: ConsentAccess;
  /** The last of those reads. */
  readonly disclosureId: string;
  /** The tailor's consent, under which sales were reported, one of them taken back and one corrected. */
  readonly tailoring: Reporter;
  /** What the tailor reported last, with a note of the customer beside it, who disputes it, too. */
  readonly interactionId: string;
  readonly disputeId: string;
  /** What the customer is asked whether they prefer, since the tailor reported it so often. */
  readonly suggestionId: string;
  /** What the tailor's tills hold of the customer for a while. */
  readonly snapshotId: string;
  /** What the customer was shown before they gave it. */
  readonly noticeHash: string;
  /** Of the consent given to the tailor. */
  readonly receiptId: string;
  /** A standing rule, which nothing here meets. */
  readonly ruleId: string;
  /** What the tailor asks for beyond that, and nobody has decided. */
  readonly openRequest: TestRequest;
  /** In a month, unless they change their mind. */
  readonly erasure: TestErasure;
}

export async function aLife(app: TestApp, { grocer, tailor }: Shops): Promise<Life> {
  const customer = await aCustomer(app, { display_name: 'Mira Feldmann' });
  const { preferenceId, preferenceEtag } = await stateShoeSize(customer);
  const tailoring = await buyClothes(app, tailor, customer);
  await showCode(app, customer);
  await beAskedFor(app, customer);
  const life = {
    customer,
    personalTokenId: await makePersonalToken(app, customer),
    delegationId: await shareHousehold(app, customer),
    passkeyId: (await aPasskey(app, customer)).id,
    preferenceId,
    preferenceEtag,
    importId: await bringIn(customer),
    till: await readAtTill(app, grocer, customer),
    disclosureId: await lastReadOf(customer),
    tailoring,
    ...(await takeIssue(tailoring)),
    suggestionId: await haveSuggested(app, tailoring),
    snapshotId: (await aSnapshot(app, await tillsOf(app, tailor))).id,
    noticeHash: await shownFor(tailoring),
    receiptId: await receiptOf(tailoring),
    ruleId: (await aRule(customer, refuseSharing)).id,
    openRequest: await aConsentRequest(app, { customer, retailer: tailor }),
    erasure: await askToBeErased(app, customer, 'P30D'),
  };
  await counted(app);
  return life;
}

/** A shoe size, which was first another one. */
async function stateShoeSize({ api }: TestCustomer): Promise<{ preferenceId: string; preferenceEtag: string }> {
  const size = (eu: string) => ({
    value: { system: 'EUROPE', size: eu },
    strength: 'must',
    applies_to: { level: 'everyone' },
  });
  const { body, headers } = await api
    .post('/v1/me/preferences')
    .set('idempotency-key', randomUUID())
    .send({ attribute: 'size.footwear', ...size('38') })
    .expect(201);
  const revised = await api
    .put(`/v1/me/preferences/${body.id}`)
    .set('if-match', headers.etag ?? '')
    .send(size('39'))
    .expect(200);
  return { preferenceId: body.id, preferenceEtag: revised.headers.etag ?? '' };
}

async function bringIn({ api }: TestCustomer): Promise<string> {
  const membership = 'Program,Member ID\nGreen Points,4711 0815\n';
  const { body } = await api
    .post('/v1/me/imports?mapping=loyalty_member')
    .type('text/csv')
    .send(membership)
    .expect(201);
  return body.id;
}

async function shareHousehold(app: TestApp, customer: TestCustomer): Promise<string> {
  await aDelegation(app, { delegate: customer });
  return (await aDelegation(app, { giver: customer })).id;
}

async function makePersonalToken(app: TestApp, { api }: TestCustomer): Promise<string> {
  const expires_at = new Date(app.clock.now().getTime() + 86_400_000).toISOString();
  const token = { name: 'My calendar', scopes: ['preferences.read'], expires_at };
  const { body } = await api.post('/v1/me/tokens').send(token).expect(201);
  return body.id;
}

async function readAtTill(app: TestApp, grocer: TestRetailer, customer: TestCustomer): Promise<ConsentAccess> {
  const till = await consentToken(app, grocer, customer, { scope: 'preferences.read offline_access' });
  const given = await till.fetch('GET', '/v1/preferences?touchpoint=till');
  const refused = await till.fetch('GET', '/v1/preferences?touchpoint=till&attributes=receipt.delivery');
  const [was, refusal] = [given.status, refused.status];
  if (was !== 200 || refusal !== 403) throw new Error(JSON.stringify([given.body, refused.body]));
  const items = [
    { attribute: 'size.footwear', touchpoint: 'till', status: 'cannot', reason: 'Our tills know no shoes.' },
  ];
  const said = await till.fetch('POST', '/v1/preferences/acknowledgements', { items });
  if (said.status !== 200) throw new Error(JSON.stringify(said.body));
  return till;
}

async function lastReadOf({ api }: TestCustomer): Promise<string> {
  const { body } = await api.get('/v1/me/disclosures?limit=1').expect(200);
  return body.items[0].id;
}

async function buyClothes(app: TestApp, tailor: TestRetailer, customer: TestCustomer): Promise<Reporter> {
  const tailoring = await aReporter(app, {
    retailer: tailor,
    customer,
    details: [{ ...reporting, since: 'P30D' }, held],
  });
  const [takenBack, wrong] = [tailoring.sale(), tailoring.sale()];
  const right = tailoring.sale({ ccxcorrects: wrong['id'] as string });
  const { body } = await report(tailoring.tills, [tailoring.sale(), takenBack, aVoid(takenBack), wrong, right]);
  if (body.stored !== 5) throw new Error(`Not all was stored: ${JSON.stringify(body)}`);
  return tailoring;
}

/** A note and a dispute; and what is reported is kept for two years. */
async function takeIssue({ customer: { api } }: Reporter): Promise<{ interactionId: string; disputeId: string }> {
  const { body } = await api.get('/v1/me/interactions?type=transaction.completed&status=standing').expect(200);
  const [{ id }] = body.items as [{ id: string }];
  const path = `/v1/me/interactions/${id}`;
  await api.put(`${path}/note`).send({ text: 'A present for Jo.' }).expect(201);
  const dispute = await api.post(`${path}/dispute`).send({ reason: 'other', text: 'Whose is that?' }).expect(201);
  const { headers } = await api.get('/v1/me/retention').expect(200);
  const etag = String(headers['etag']);
  await api.put('/v1/me/retention').set('if-match', etag).send({ interactions: 'P24M' }).expect(200);
  return { interactionId: id, disputeId: dispute.body.id };
}

async function haveSuggested(app: TestApp, tailoring: Reporter): Promise<string> {
  await suggestSettings(tailoring.customer, { enabled: true });
  await shopped(app, tailoring, lastDays(9), { receipt: 'email' });
  const [suggestion] = await suggestionsOf(tailoring.customer);
  if (!suggestion) throw new Error('Nothing is suggested.');
  return suggestion.id;
}

const held = { ...offline, attributes: ['size.footwear'] };

/** A code for the till, which stays as nobody's does. */
async function showCode(app: TestApp, { api, customerId }: TestCustomer): Promise<void> {
  await api.post('/v1/me/till-codes').expect(201);
  await app.db.query(`update till_codes set expires_at = expires_at + interval '1 day' where customer_id = $1`, [
    customerId,
  ]);
}

async function receiptOf({ customer, consentId }: Reporter): Promise<string> {
  const { body } = await customer.api.get(`/v1/me/consents/${consentId}/receipts`).expect(200);
  return body.items[0].id;
}

async function shownFor({ customer, consentId }: Reporter): Promise<string> {
  const { body } = await customer.api.get(`/v1/me/consents/${consentId}`).expect(200);
  return body.versions[0].notice;
}

/** An auditor has asked who this is. */
async function beAskedFor(app: TestApp, { key }: TestCustomer): Promise<void> {
  await app.db.query(
    `insert into reidentifications (bucket, customer_id, id, auditor_id, reason, status, asked_at, expires_at)
     values ($1, $2, gen_random_uuid(), gen_random_uuid(), 'A complaint to the authority.', 'open', now(), now())`,
    [key.bucket, key.customerId],
  );
}
