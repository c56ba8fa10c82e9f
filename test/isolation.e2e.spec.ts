import { randomBytes, randomUUID } from 'node:crypto';

import { startApp, type TestApp } from './support/app.js';
import { aConsent } from './support/consents.js';
import { contentsOf } from './support/contents.js';
import { aDelegation } from './support/delegations.js';
import { askToBeErased, takeSteps } from './support/erasures.js';
import { aLife, type Life, type Shops, shops } from './support/lives.js';
import { publishLog } from './support/log.js';
import { dpopFetch, retailerToken } from './support/oauth.js';
import { type DocumentedOperation, documentedOperations, isDelegable } from './support/operations.js';
import { refuseSharing } from './support/rules.js';
import { lookedAt } from './support/suggestions.js';

let app: TestApp;
let retailers: Shops;
let mira: Life;
let otto: Life;
/** By which the tailor attests that it has deleted what it held of somebody. */
let noticeNumber: string;
beforeAll(async () => {
  app = await startApp();
  retailers = await shops(app);
  bodies['switchConsent'] = { retailer_id: retailers.tailor.id };
  [mira, otto] = await Promise.all([aLife(app, retailers), aLife(app, retailers)]);
  await lookedAt(app);
  noticeNumber = await aNotice();
  await publishLog(app);
});
afterAll(() => app.stop());

/** What is hers, for each address that names something: one value for each of its parameters. */
const belongings: Record<string, (life: Life) => string | readonly string[]> = {
  '/v1/me/sessions': ({ customer }) => customer.sessionId,
  '/v1/me/tokens': ({ personalTokenId }) => personalTokenId,
  '/v1/me/delegations': ({ delegationId }) => delegationId,
  '/v1/me/passkeys': ({ passkeyId }) => passkeyId,
  '/v1/me/preferences': ({ preferenceId }) => preferenceId,
  '/v1/me/imports': ({ importId }) => importId,
  '/v1/me/consent-requests': ({ openRequest }) => openRequest.id,
  '/v1/me/rules': ({ ruleId }) => ruleId,
  '/v1/me/consents': ({ till }) => till.consentId,
  '/v1/me/disclosures': ({ disclosureId }) => disclosureId,
  '/v1/me/interactions': ({ interactionId }) => interactionId,
  '/v1/me/suggestions': ({ suggestionId }) => suggestionId,
  '/v1/me/receipts': ({ receiptId }) => receiptId,
  '/v1/me/notices': ({ noticeHash }) => noticeHash,
  '/v1/consent-requests': ({ openRequest }) => openRequest.id,
  '/v1/consents/{id}/receipts': ({ tailoring, receiptId }) => [tailoring.consentId, receiptId],
  '/v1/consents/{id}/notices': ({ tailoring, noticeHash }) => [tailoring.consentId, noticeHash],
  '/v1/interactions/disputes': ({ disputeId }) => disputeId,
  '/v1/erasures': () => noticeNumber,
  '/v1/snapshots': ({ snapshotId }) => [snapshotId, '1'],
  '/oauth/grants': ({ tailoring }) => tailoring.consentId,
};

/** Sound bodies, so that nothing but the id is wrong. */
const bodies: Record<string, object> = {
  revisePreference: {
    value: { system: 'EUROPE', size: '47' },
    strength: 'must',
    applies_to: { level: 'everyone' },
  },
  undoPreferenceChange: { version: 1 },
  changeRule: refuseSharing,
  confirmImport: { all: true },
  putInteractionNote: { text: 'Mine now.' },
  disputeInteraction: { reason: 'not_me' },
  attestErasure: { outcome: 'deleted' },
  answerDispute: { answer: 'stands' },
};

async function aNotice(): Promise<string> {
  const { customer } = await aConsent(app, { retailer: retailers.tailor });
  await askToBeErased(app, customer);
  await takeSteps(app);
  const { rows } = await app.db.query<{ id: string }>('select id from erasure_notices');
  return rows[0]!.id;
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Addresses that name a single thing, of those who call as `audience`. */
function namingOperations(audience: DocumentedOperation['audience']): DocumentedOperation[] {
  return documentedOperations(app.document).filter(
    (operation) => operation.audience === audience && operation.path.includes('{'),
  );
}

function addressOf({ path }: DocumentedOperation, names: readonly string[]): string {
  return names.reduce((address, name) => address.replace(/\{[^}]+\}/, name), path);
}

function namesFor({ path, id }: DocumentedOperation, life: Life): readonly string[] {
  const [belonging] = Object.entries(belongings)
    .filter(([address]) => path.startsWith(`${address}/{`) || path === address)
    .map(([, of]) => of);
  if (!belonging) throw new Error(`This test does not know anything that ${id} could be called for.`);
  return [belonging(life)].flat();
}

/** Names of the same form that nothing has. */
function absentLike(names: readonly string[]): string[] {
  return names.map((name) => {
    if (/^\d+$/.test(name)) return name;
    return /^[0-9a-f]{64}$/.test(name) ? randomBytes(32).toString('hex') : randomUUID();
  });
}

async function asOtto(operation: DocumentedOperation, names: readonly string[], actingFor?: string): Promise<Answer> {
  const { method, takes } = operation;
  const response = await fetch(app.url + addressOf(operation, names), {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${otto.customer.token}`,
      'if-match': mira.preferenceEtag,
      ...(actingFor !== undefined && { 'ccx-acting-for': actingFor }),
      ...(takes[0] && { 'content-type': takes[0] }),
    },
    ...(takes[0] && { body: JSON.stringify(bodies[operation.id] ?? {}) }),
  });
  return { status: response.status, text: await response.text() };
}

/** What an answer says but for the names in it. */
function withoutNames({ status, text }: Answer, names: readonly string[]): Record<string, unknown> {
  const { instance, ...problem } = JSON.parse(text) as Record<string, unknown>;
  expect(instance).toMatch(/^urn:uuid:/);
  const said = names.reduce((words, name) => words.replaceAll(name, '<name>'), JSON.stringify(problem));
  return { answered: status, ...(JSON.parse(said) as object) };
}

describe('what belongs to another customer', () => {
  it('is as absent as what does not exist, at every address of a customer, and stays as it was', async () => {
    // A preset is nobody's: the same for everyone.
    const operations = namingOperations('customer').filter(({ id }) => id !== 'applyPreset');
    expect(operations.length).toBeGreaterThan(8);
    const before = await contentsOf(app.db);
    for (const operation of operations) {
      const hers = namesFor(operation, mira);
      const answer = withoutNames(await asOtto(operation, hers), hers);
      expect({ operation: operation.id, ...answer }).toMatchObject({ operation: operation.id, answered: 404 });
      const absent = absentLike(hers);
      expect(answer).toEqual(withoutNames(await asOtto(operation, absent), absent));
    }
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });

  it('is as absent to whoever acts for somebody else', async () => {
    const { id: delegationId } = await aDelegation(app, { delegate: otto.customer });
    await lookedAt(app);
    const operations = namingOperations('customer').filter(isDelegable);
    expect(operations.length).toBeGreaterThan(8);
    const before = await contentsOf(app.db);
    for (const operation of operations) {
      const hers = namesFor(operation, mira);
      const answer = withoutNames(await asOtto(operation, hers, delegationId), hers);
      expect({ operation: operation.id, ...answer }).toMatchObject({ operation: operation.id, answered: 404 });
      const absent = absentLike(hers);
      expect(answer).toEqual(withoutNames(await asOtto(operation, absent, delegationId), absent));
    }
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });

  it('is there for its own customer', async () => {
    for (const operation of namingOperations('customer').filter(({ method }) => method === 'get')) {
      await mira.customer.api.get(addressOf(operation, namesFor(operation, mira))).expect(200);
    }
  });

  it('is in no list of theirs', async () => {
    const lists = documentedOperations(app.document).filter(
      ({ audience, method, path }) => audience === 'customer' && method === 'get' && !path.includes('{'),
    );
    expect(lists.length).toBeGreaterThan(6);
    const hers = Object.values(belongings)
      .flatMap((of) => of(mira))
      .filter((name) => !/^\d+$/.test(name));
    const names = [...hers, mira.customer.customerId, mira.customer.email, mira.till.subject, mira.tailoring.subject];
    for (const { path } of lists) {
      const { text } = await otto.customer.api.get(path).accept('application/json').expect(200);
      expect(names.filter((name) => text.includes(name))).toEqual([]);
    }
  });
});

describe('what belongs to another retailer', () => {
  const scope =
    'consents.read consents.request preferences.read interactions.read interactions.write grant_management_query ' +
    'grant_management_revoke';

  it('is as absent as what does not exist, at every address of a retailer, and stays as it was', async () => {
    const grocer = await retailerToken(app, retailers.grocer, { scope });
    // A till code is no retailer's: its customer shows it to whom they like. What a retailer adds to the vocabulary, its
    // bulk jobs and its demand have nothing to do with one customer's life: files of their own look at them.
    const elsewhere = /^\/v1\/(till-codes|retailer|interactions\/jobs|demand)\//;
    const operations = namingOperations('retailer').filter(({ path }) => !elsewhere.test(path));
    expect(operations).not.toEqual([]);
    const before = await contentsOf(app.db);
    for (const operation of operations) {
      const method = operation.method.toUpperCase();
      const call = async (names: readonly string[]) => {
        const sent = operation.takes[0] ? { body: bodies[operation.id] ?? {} } : {};
        const { status, body } = await dpopFetch(app, grocer, method, addressOf(operation, names), sent);
        return withoutNames({ status, text: JSON.stringify(body) }, names);
      };
      const hers = namesFor(operation, mira);
      const answer = await call(hers);
      expect({ operation: operation.id, ...answer }).toMatchObject({ operation: operation.id, answered: 404 });
      expect(answer).toEqual(await call(absentLike(hers)));
    }
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });

  it('is a subject that nobody has, when it is the name by which they know a customer', async () => {
    const grocer = await retailerToken(app, retailers.grocer, { scope });
    const [tailors, nobodys] = [mira.tailoring.subject, `${mira.tailoring.subject.slice(0, -4)}AAAA`];
    const lookup = async (subject: string) => {
      const question = { subjects: [subject], touchpoint: 'till', purpose: 'dpv:ServicePersonalisation' };
      const { body } = await grocer.fetch('POST', '/v1/preferences/lookup', question);
      return JSON.stringify(body).replaceAll(subject, '<subject>');
    };
    expect(await lookup(tailors)).toBe(await lookup(nobodys));
    const reportSale = async (subject: string) => {
      const sale = mira.tailoring.sale({ subject });
      const { status, body } = await grocer.fetch('POST', '/v1/interactions', sale);
      return withoutNames({ status, text: JSON.stringify(body) }, [subject]);
    };
    expect(await reportSale(tailors)).toMatchObject({ answered: 403, title: 'No consent for this event' });
    expect(await reportSale(tailors)).toEqual(await reportSale(nobodys));
  });
});
