import { randomUUID } from 'node:crypto';

import { startApp, type TestApp } from './support/app.js';
import { contentsOf } from './support/contents.js';
import { aLife, type Life, type Shops, shops } from './support/lives.js';
import { dpopFetch, retailerToken } from './support/oauth.js';
import { type DocumentedOperation, documentedOperations } from './support/operations.js';

let app: TestApp;
let retailers: Shops;
let mira: Life;
let otto: Life;
beforeAll(async () => {
  app = await startApp();
  retailers = await shops(app);
  [mira, otto] = await Promise.all([aLife(app, retailers), aLife(app, retailers)]);
});
afterAll(() => app.stop());

/** The id of something of hers, for each address that names one. */
const belongings: Record<string, (life: Life) => string> = {
  '/v1/me/sessions': ({ customer }) => customer.sessionId,
  '/v1/me/tokens': ({ personalTokenId }) => personalTokenId,
  '/v1/me/preferences': ({ preferenceId }) => preferenceId,
  '/v1/me/consent-requests': ({ openRequest }) => openRequest.id,
  '/v1/me/consents': ({ till }) => till.consentId,
  '/v1/consent-requests': ({ openRequest }) => openRequest.id,
};

/** Sound bodies, so that nothing but the id is wrong. */
const bodies: Record<string, object> = {
  revisePreference: {
    value: { system: 'EUROPE', size: '47' },
    strength: 'must',
    applies_to: { level: 'everyone' },
  },
};

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

function addressOf({ path }: DocumentedOperation, id: string): string {
  return path.replace(/\{[^}]+\}/, id);
}

function idFor({ path, id }: DocumentedOperation, life: Life): string {
  const belonging = belongings[path.slice(0, path.indexOf('/{'))];
  if (!belonging) throw new Error(`This test does not know anything that ${id} could be called for.`);
  return belonging(life);
}

async function asOtto(operation: DocumentedOperation, id: string): Promise<Answer> {
  const { method, takes } = operation;
  const response = await fetch(app.url + addressOf(operation, id), {
    method: method.toUpperCase(),
    headers: {
      authorization: `Bearer ${otto.customer.token}`,
      'if-match': mira.preferenceEtag,
      ...(takes[0] && { 'content-type': takes[0] }),
    },
    ...(takes[0] && { body: JSON.stringify(bodies[operation.id] ?? {}) }),
  });
  return { status: response.status, text: await response.text() };
}

/** What an answer says but for the ids in it. */
function withoutIds({ status, text }: Answer, id: string): Record<string, unknown> {
  const { instance, ...problem } = JSON.parse(text) as Record<string, unknown>;
  expect(instance).toMatch(/^urn:uuid:/);
  return { answered: status, ...(JSON.parse(JSON.stringify(problem).replaceAll(id, '<id>')) as object) };
}

describe('what belongs to another customer', () => {
  it('is as absent as what does not exist, at every address of a customer, and stays as it was', async () => {
    const operations = namingOperations('customer');
    expect(operations.length).toBeGreaterThan(8);
    const before = await contentsOf(app.db);
    for (const operation of operations) {
      const [hers, nobodys] = [idFor(operation, mira), randomUUID()];
      const answer = withoutIds(await asOtto(operation, hers), hers);
      expect({ operation: operation.id, ...answer }).toMatchObject({ operation: operation.id, answered: 404 });
      expect(answer).toEqual(withoutIds(await asOtto(operation, nobodys), nobodys));
    }
    await expect(contentsOf(app.db)).resolves.toEqual(before);
  });

  it('is there for its own customer', async () => {
    for (const operation of namingOperations('customer').filter(({ method }) => method === 'get')) {
      await mira.customer.api.get(addressOf(operation, idFor(operation, mira))).expect(200);
    }
  });

  it('is in no list of theirs', async () => {
    const lists = documentedOperations(app.document).filter(
      ({ audience, method, path }) => audience === 'customer' && method === 'get' && !path.includes('{'),
    );
    expect(lists.length).toBeGreaterThan(6);
    const hers = Object.values(belongings).map((of) => of(mira));
    const names = [...hers, mira.customer.customerId, mira.customer.email, mira.till.subject, mira.tailoring.subject];
    for (const { path } of lists) {
      const { text } = await otto.customer.api.get(path).expect(200);
      expect(names.filter((name) => text.includes(name))).toEqual([]);
    }
  });
});

describe('what belongs to another retailer', () => {
  const scope = 'consents.read consents.request preferences.read interactions.write';

  it('is as absent as what does not exist, at every address of a retailer, and stays as it was', async () => {
    const grocer = await retailerToken(app, retailers.grocer, { scope });
    const operations = namingOperations('retailer');
    expect(operations).not.toEqual([]);
    const before = await contentsOf(app.db);
    for (const operation of operations) {
      const method = operation.method.toUpperCase();
      const call = async (id: string) => {
        const { status, body } = await dpopFetch(app, grocer, method, addressOf(operation, id));
        return withoutIds({ status, text: JSON.stringify(body) }, id);
      };
      const answer = await call(idFor(operation, mira));
      expect({ operation: operation.id, ...answer }).toMatchObject({ operation: operation.id, answered: 404 });
      expect(answer).toEqual(await call(randomUUID()));
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
      return withoutIds({ status, text: JSON.stringify(body) }, subject);
    };
    expect(await reportSale(tailors)).toMatchObject({ answered: 403, title: 'No consent for this event' });
    expect(await reportSale(tailors)).toEqual(await reportSale(nobodys));
  });
});
