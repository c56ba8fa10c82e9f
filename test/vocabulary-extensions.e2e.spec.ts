import { strongEtag } from '../src/platform/http/etag.js';
import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { terms } from './support/delegations.js';
import { consentToken, type JsonAnswer, type RetailerAccess, retailerToken } from './support/oauth.js';
import { aRetailer, type TestRetailer } from './support/retailers.js';
import { aNewAttribute } from './support/vocabularies.js';

let app: TestApp;
let florist: TestRetailer;
let grocer: TestRetailer;
let mira: TestCustomer;
let manager: RetailerAccess;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  [florist, grocer] = await Promise.all([
    aRetailer(app, { name: 'Florist F', menu: null }),
    aRetailer(app, { name: 'Grocer G', menu: null }),
  ]);
  await isAt(florist, `https://www.${hostOf(florist)}`);
  mira = await aCustomer(app);
  manager = await managerOf(florist);
});
afterAll(() => app.stop());

const hostOf = ({ id }: TestRetailer) => `f${id.slice(-12)}.example`;
const prefixOf = (retailer: TestRetailer) => `example.f${retailer.id.slice(-12)}`;
const managerOf = (retailer: TestRetailer) => retailerToken(app, retailer, { scope: 'retailer.manage' });
const own = '/v1/retailer/vocabulary';

/** An attribute as a retailer sends it. */
function wrap(change: object = {}) {
  const { sensitivity: _, inferable: __, ...definition } = aNewAttribute(`${prefixOf(florist)}.wrap`);
  return { ...definition, ...change };
}
const path = () => `${prefixOf(florist)}.wrap`;
const add = (definition: object = wrap(), access = manager) => access.fetch('POST', own, definition);
const revise = async (definition: object, etag: string) => {
  const { path: _, ...revision } = definition as { path: string };
  return manager.fetch('PUT', `${own}/${path()}`, revision, { 'if-match': etag });
};
/** Added, and known to every process. */
async function added(): Promise<string> {
  const { headers } = await add();
  app.clock.advance({ seconds: 61 });
  manager = await managerOf(florist);
  return headers.get('etag') ?? '';
}
const states = (applies_to: object) =>
  mira.api
    .post('/v1/me/preferences')
    .send({ attribute: path(), value: { paper: 'plain' }, strength: 'want', applies_to });
const toFlorist = () => ({ level: 'retailer', retailer_id: florist.id });
const detail = () => ({
  type: 'ccx_preferences',
  attributes: [path()],
  purposes: ['dpv:ServicePersonalisation'],
  touchpoints: ['web'],
});
const pointersOf = ({ body }: { body: { errors: { pointer: string }[] } }) => body.errors.map(({ pointer }) => pointer);
const problemOf = ({ body }: { body: { type: string } }) => body.type.split('/').at(-1);
const refusalOf = ({ status, body }: JsonAnswer) => [status, problemOf({ body })];
const isAt = ({ id }: TestRetailer, website: string) =>
  app.db.query('update retailers set website = $2 where id = $1', [id, website]);

describe('an attribute of a retailer', () => {
  it('is added under its website, known a minute later, stated to it alone and read by it', async () => {
    const { status, body } = await add();
    expect(status).toBe(201);
    expect(body).toMatchObject({
      path: path(),
      version: 1,
      sensitivity: 'personal',
      inferable: false,
      status: 'active',
    });
    await states(toFlorist()).expect(400);
    app.clock.advance({ seconds: 61 });
    await states({ level: 'everyone' }).expect(400);
    await states({ level: 'retailer', retailer_id: grocer.id }).expect(400);
    await states(toFlorist()).expect(201);

    const access = await consentToken(app, florist, mira, { details: [detail()] });
    const { body: read } = await access.fetch('GET', '/v1/preferences?touchpoint=web');
    expect(read.preferences).toEqual([expect.objectContaining({ attribute: path(), value: { paper: 'plain' } })]);
    const { body: effective } = await mira.api.get(`/v1/me/effective?retailer_id=${florist.id}`).expect(200);
    expect(effective.effective).toEqual([expect.objectContaining({ attribute: path() })]);
    expect(JSON.stringify(effective.sharing ?? effective)).toContain(path());
  });

  it('is nothing that a delegation names, and does not show there', async () => {
    await added();
    const offered = async (name: string) => {
      const { body } = await mira.api.post('/v1/me/delegations').send(terms(app, { attributes: [name] }));
      return body.errors;
    };
    mira = await aCustomer(app);
    const unknown = await offered(`${prefixOf(florist)}.ribbon`);
    expect(unknown).toMatchObject([{ pointer: '/attributes/0' }]);
    expect(await offered(path())).toEqual(unknown);
    expect(await offered(prefixOf(florist))).toEqual(unknown);
  });

  it('is listed to its retailer', async () => {
    await add();
    const { status, body } = await (await managerOf(florist)).fetch('GET', own);
    expect(status).toBe(200);
    expect(body).toMatchObject({ prefix: prefixOf(florist), items: [{ path: path(), version: 1 }] });
  });

  it('grows, and takes back nothing that was said', async () => {
    const etag = await added();
    const paper = (codes: string[]) => ({
      value_schema: { ...wrap().value_schema, properties: { paper: { type: 'string', enum: codes } } },
    });
    const wider = await revise(wrap(paper(['plain', 'festive', 'gold'])), etag);
    expect([wider.status, wider.body.version]).toEqual([200, 2]);
    expect(refusalOf(await revise(wrap(), etag))).toEqual([412, 'stale-version']);
    expect((await manager.fetch('PUT', `${own}/${path()}`, {})).status).toBe(400);
    const { path: _, ...unconditional } = wrap();
    const blind = await manager.fetch('PUT', `${own}/${path()}`, unconditional);
    expect(refusalOf(blind)).toEqual([428, 'precondition-required']);
    const current = wider.headers.get('etag') ?? '';
    for (const change of [paper(['gold']), { touchpoints: ['till', 'web', 'app'] }, { merge: { paper: 'union' } }]) {
      expect((await revise(wrap({ ...paper(['plain', 'festive', 'gold']), ...change }), current)).status).toBe(400);
    }
  });

  it('is deprecated once: what was said stays, nothing new is said', async () => {
    await added();
    const { body: stated } = await states(toFlorist()).expect(201);
    const first = await manager.fetch('DELETE', `${own}/${path()}`);
    expect([first.status, first.body.status, first.body.version]).toEqual([200, 'deprecated', 2]);
    expect((await manager.fetch('DELETE', `${own}/${path()}`)).body.version).toBe(2);
    app.clock.advance({ seconds: 61 });
    await mira.api.get(`/v1/me/preferences/${stated.id}`).expect(200);
    const other = await aCustomer(app);
    const again = await other.api
      .post('/v1/me/preferences')
      .send({ attribute: path(), value: { paper: 'plain' }, strength: 'want', applies_to: toFlorist() })
      .expect(400);
    expect(pointersOf(again)).toEqual(['/attribute']);
  });

  it.each<[string, () => object, string]>([
    ['special', () => ({ sensitivity: 'special:health' }), '/sensitivity'],
    ['inferable', () => ({ inferable: true }), '/inferable'],
    ['outside its website', () => ({ path: 'com.other.wrap' }), '/path'],
    ['in ccx-core', () => ({ path: 'food.wrap' }), '/path'],
    ['deeper than one name', () => ({ path: `${prefixOf(florist)}.a.b` }), '/path'],
    [
      'a way elsewhere',
      () => ({ value_schema: { ...wrap().value_schema, $ref: 'https://x.example' } }),
      '/value_schema/$ref',
    ],
  ])('is never %s', async (_, change, pointer) => {
    const { status, body } = await add(wrap(change()));
    expect(status).toBe(400);
    expect(pointersOf({ body })).toContain(pointer);
  });

  it('is added once, however often it is sent with the same key', async () => {
    const send = () => manager.fetch('POST', own, wrap(), { 'idempotency-key': path() });
    const [first, again] = [await send(), await send()];
    expect([first.status, again.status, again.headers.get('idempotency-replayed')]).toEqual([201, 201, 'true']);
    expect(again.body).toEqual(first.body);
    expect(again.headers.get('etag')).toBe(first.headers.get('etag'));
    expect(refusalOf(await add())).toEqual([409, 'extension-path-taken']);
  });

  it('is changed a hundred times at most, and can be deprecated then', async () => {
    await added();
    await app.db.query('update vocabulary_extensions set version = 100 where path = $1', [path()]);
    const full = await revise(wrap(), strongEtag(path(), 100));
    expect(refusalOf(full)).toEqual([409, 'too-many-extension-versions']);
    const { body } = await manager.fetch('DELETE', `${own}/${path()}`);
    expect(body).toMatchObject({ status: 'deprecated', version: 101 });
    expect(refusalOf(await revise(wrap(), strongEtag(path(), 101)))).toEqual([409, 'too-many-extension-versions']);
  });

  it('is one of fifty at most', async () => {
    await add();
    // Sound ones: the service may take notice of them at any moment.
    await app.db.query(
      `insert into vocabulary_extensions (path, version, retailer_id, attribute, created_at, in_force_at)
       select path || n, 1, retailer_id, jsonb_set(attribute::jsonb, '{path}', to_jsonb(path || n)), created_at, in_force_at
         from vocabulary_extensions, generate_series(1, 49) n where retailer_id = $1`,
      [florist.id],
    );
    expect(problemOf(await add(wrap({ path: `${prefixOf(florist)}.one_more` })))).toBe('too-many-extensions');
  });
});

describe('the prefix of a retailer', () => {
  const seenBy = async (access: RetailerAccess) => (await access.fetch('GET', own)).body.prefix;

  it.each([
    'https://192.0.2.1',
    'https://github.com/florist',
    'https://shops.example/?shop=florist',
    'https://co.uk',
    'https://www.github.io/',
  ])('is none with the website %s', async (website) => {
    await isAt(florist, website);
    expect(await seenBy(manager)).toBeNull();
    expect(refusalOf(await add())).toEqual([409, 'no-extension-prefix']);
  });

  it.each([
    ['the same', () => hostOf(florist)],
    ['below it', () => `wrap.${hostOf(florist)}`],
    ['further below it', () => `paper.wrap.${hostOf(florist)}`],
  ])('is no other’s whose host is %s, whatever attributes there are', async (_, host) => {
    const others = await managerOf(grocer);
    await isAt(grocer, `https://${host()}`);
    const prefix = host().split('.').toReversed().join('.');
    expect(await seenBy(others)).toBe(prefix);

    await add();
    expect(await seenBy(others)).toBeNull();
    const said = `The prefix ${prefix}, or one above or below it, belongs to another retailer.`;
    for (const name of ['wrap', 'ribbon']) {
      const answer = await add(wrap({ path: `${prefix}.${name}` }), others);
      expect([...refusalOf(answer), answer.body.detail]).toEqual([409, 'extension-prefix-taken', said]);
    }
  });

  it('is no other’s whose host is above it', async () => {
    await isAt(grocer, `https://wrap.${hostOf(florist)}`);
    expect((await add(wrap({ path: `${path()}.paper` }), await managerOf(grocer))).status).toBe(201);
    expect(refusalOf(await add())).toEqual([409, 'extension-prefix-taken']);
  });

  it('is free beside another one, however alike', async () => {
    await add();
    await isAt(grocer, `https://x-${hostOf(florist)}`);
    const alike = prefixOf(florist).replace('.', '.x-');
    expect((await add(wrap({ path: `${alike}.wrap` }), await managerOf(grocer))).status).toBe(201);
    const longer = `${prefixOf(florist)}x`;
    const tailor = await aRetailer(app, { name: 'Tailor T', menu: null });
    await isAt(tailor, `https://${longer.split('.').toReversed().join('.')}`);
    expect((await add(wrap({ path: `${longer}.wrap` }), await managerOf(tailor))).status).toBe(201);
  });

  it('is one retailer’s, when two claim it at once', async () => {
    await isAt(grocer, `https://${hostOf(florist)}`);
    const others = await managerOf(grocer);
    const answers = await Promise.all([add(), add(wrap(), others)]);
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused.map(refusalOf)).toEqual([[409, 'extension-prefix-taken']]);
  });

  it('is not claimed by what is refused', async () => {
    expect((await add(wrap({ path: `${path()}.deep` }))).status).toBe(400);
    await isAt(grocer, `https://${hostOf(florist)}`);
    expect((await add(wrap(), await managerOf(grocer))).status).toBe(201);
  });

  it('stays its own when its website changes', async () => {
    const etag = await added();
    await isAt(florist, 'https://shops.example/florist');
    expect(await seenBy(manager)).toBe(prefixOf(florist));
    expect((await add(wrap({ path: `${prefixOf(florist)}.ribbon` }))).status).toBe(201);
    expect((await revise(wrap({ labels: { en: 'Paper', de: 'Papier' } }), etag)).status).toBe(200);
    await isAt(grocer, `https://${hostOf(florist)}`);
    expect(refusalOf(await add(wrap(), await managerOf(grocer)))).toEqual([409, 'extension-prefix-taken']);
  });
});

describe('changing attributes of one’s own', () => {
  let limited: TestApp;
  beforeAll(async () => {
    limited = await startApp({ config: { RATE_LIMITS: 'on' } });
  });
  afterAll(() => limited.stop());

  it('may be tried thirty times an hour, in whatever way', async () => {
    const access = await retailerToken(limited, await aRetailer(limited, { menu: null }), { scope: 'retailer.manage' });
    const tries = [
      () => access.fetch('POST', own, {}),
      () => access.fetch('PUT', `${own}/com.nobody.wrap`, wrap()),
      () => access.fetch('DELETE', `${own}/com.nobody.wrap`),
    ];
    const first = await Promise.all(Array.from({ length: 10 }, () => tries.map((attempt) => attempt())).flat());
    expect(first.map(({ status }) => status)).not.toContain(429);
    for (const attempt of tries) expect(refusalOf(await attempt())).toEqual([429, 'rate-limited']);
    expect((await access.fetch('GET', own)).status).toBe(200);
  });
});

describe('to another retailer, an attribute of a retailer', () => {
  beforeEach(async () => {
    await added();
    await states(toFlorist()).expect(201);
  });

  it('is in no list, vocabulary or directory', async () => {
    const others = await managerOf(grocer);
    for (const address of [own, '/v1/retailer/touchpoints', '/v1/retailer']) {
      expect(JSON.stringify((await others.fetch('GET', address)).body)).not.toContain(path());
    }
    for (const address of [
      '/v1/vocabularies',
      '/v1/vocabularies/ccx-core',
      '/v1/retailers',
      `/v1/retailers/${florist.id}`,
    ]) {
      expect((await app.http.get(address).expect(200)).text).not.toContain(prefixOf(florist));
    }
  });

  it('cannot be changed or deprecated: it is as absent as what does not exist', async () => {
    const others = await managerOf(grocer);
    const { path: _, ...revision } = wrap();
    for (const name of [path(), 'com.nobody.wrap']) {
      expect(problemOf(await others.fetch('DELETE', `${own}/${name}`))).toBe('extension-not-found');
      const answer = await others.fetch('PUT', `${own}/${name}`, revision, { 'if-match': '"x"' });
      expect([answer.status, problemOf(answer)]).toEqual([404, 'extension-not-found']);
    }
  });

  it('is unknown when it asks for consent, just as what does not exist', async () => {
    const asker = await retailerToken(app, grocer, { scope: 'consents.request' });
    const ask = async (attribute: string) => {
      const request = {
        customer: { email: mira.email },
        authorization_details: [{ ...detail(), attributes: [attribute] }],
      };
      const { status, body } = await asker.fetch('POST', '/v1/consent-requests', request);
      return { status, said: JSON.stringify(body.errors).replaceAll(attribute, '…') };
    };
    const [theirs, nobodys] = [await ask(path()), await ask(`${prefixOf(florist)}.none`)];
    expect(theirs.status).toBe(400);
    expect(theirs).toEqual(nobodys);
    expect(await ask(prefixOf(florist))).toEqual(nobodys);
  });

  it('is unknown when it reads or looks up, and never in what it gets', async () => {
    const shoes = { ...detail(), attributes: ['size.footwear'] };
    const access = await consentToken(app, grocer, mira, { details: [shoes] });
    const { body: read } = await access.fetch('GET', '/v1/preferences?touchpoint=web');
    expect(read.preferences).toEqual([]);
    const asked = await access.fetch('GET', `/v1/preferences?touchpoint=web&attributes=${path()}`);
    expect(asked.status).toBe(400);
    expect(asked.body.errors[0].detail).toContain('is neither an attribute nor a category');
    const client = await retailerToken(app, grocer, { scope: 'preferences.read' });
    const lookup = { subjects: [access.subject], touchpoint: 'web', purpose: 'dpv:ServicePersonalisation' };
    const found = await client.fetch('POST', '/v1/preferences/lookup', lookup);
    expect(found.status).toBe(200);
    expect(JSON.stringify(found.body)).not.toContain(prefixOf(florist));
    const named = await client.fetch('POST', '/v1/preferences/lookup', { ...lookup, attributes: [path()] });
    expect(named.status).toBe(400);
  });

  it('cannot be in its menu, nor where a customer looks at it', async () => {
    const others = await managerOf(grocer);
    const { headers } = await others.fetch('GET', '/v1/retailer/touchpoints');
    const menu = {
      touchpoints: [{ touchpoint: 'web', attributes: [{ attribute: path(), does: { en: 'We wrap.' } }] }],
    };
    const refused = await others.fetch('PUT', '/v1/retailer/touchpoints', menu, {
      'if-match': headers.get('etag') ?? '',
    });
    expect(refused.status).toBe(400);
    const { text } = await mira.api.get(`/v1/me/choices?retailer=${grocer.id}`);
    expect(text).not.toContain(path());
  });
});

it('is for the client’s own token', async () => {
  const access = await consentToken(app, florist, mira);
  expect((await access.fetch('GET', own)).status).toBe(403);
});
