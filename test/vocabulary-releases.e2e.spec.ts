import { createApp, stopApp } from '../src/app.js';
import { ConsentRequestsService } from '../src/consents/consent-requests.service.js';
import { ConsentsService } from '../src/consents/consents.service.js';
import { Database } from '../src/platform/database/database.js';
import { VocabularyService } from '../src/vocabulary/vocabulary.service.js';
import { aCustomer, anOperator, type TestCustomer, type TestStaff } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { reading } from './support/consents.js';
import { consentToken } from './support/oauth.js';
import { audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';
import { aMover, arrive, standingOf, switchTo } from './support/switches.js';
import {
  aNewAttribute,
  codeListOf,
  definitionOf,
  drafted,
  pointersOf,
  publish,
  released,
  untilChecked,
  versionOf,
} from './support/vocabularies.js';

let app: TestApp;
let olga: TestStaff;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  olga = await anOperator(app);
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const admin = '/v1/admin/vocabularies';
const everyone = { level: 'everyone' };
const wantsWrapped = (attribute: string) => ({
  attribute,
  value: { paper: 'plain' },
  strength: 'want',
  applies_to: everyone,
});
const states = async (statement: object): Promise<string> =>
  (await mira.api.post('/v1/me/preferences').send(statement).expect(201)).body.id;
const problemOf = ({ body }: { body: { type: string } }) => body.type.split('/').at(-1);
const currentVersion = async () => (await app.http.get('/v1/vocabularies').expect(200)).body.items[0].version as string;

/** A list without one of its codes. */
function without(list: string, code: string) {
  const { source, codes } = codeListOf(app, list);
  return { [list]: { source, codes: codes.filter((one) => one.code !== code) } };
}

describe('the draft of a release', () => {
  const draft = (change: object, level: 'patch' | 'minor' | 'major') =>
    olga.api.post(admin).send({ version: versionOf(app, level), ...change });
  const deep = (depth: number): object =>
    depth === 0
      ? { type: 'boolean' }
      : { type: 'object', properties: { a: deep(depth - 1) }, additionalProperties: false };
  const schema = (paper: object) => ({
    value_schema: { type: 'object', properties: { paper }, required: ['paper'], additionalProperties: false },
  });
  const within = '/attributes/0/value_schema';

  it.each<[string, () => object, string, ('patch' | 'minor' | 'major')?]>([
    ['has a member that nobody knows', () => ({ colour: 'red' }), '/colour'],
    ['changes nothing', () => ({}), ''],
    ['is called a patch', () => ({ attributes: [aNewAttribute('gift.paper')] }), '/version', 'patch'],
    ['is called a major', () => ({ attributes: [aNewAttribute('gift.paper')] }), '/version', 'major'],
    [
      'has no default',
      () => ({ attributes: [{ ...aNewAttribute('gift.paper'), default: undefined }] }),
      '/attributes/0/default',
    ],
    ['has a path of a retailer', () => ({ attributes: [aNewAttribute('com.example.paper')] }), '/attributes/0/path'],
    [
      'leads elsewhere',
      () => ({ attributes: [aNewAttribute('gift.paper', schema({ $ref: 'https://x.example' }))] }),
      `${within}/properties/paper/type`,
    ],
    [
      'has a pattern',
      () => ({ attributes: [aNewAttribute('gift.paper', schema({ type: 'string', pattern: '(a+)+$' }))] }),
      `${within}/properties/paper/pattern`,
    ],
    [
      'has a schema too deep',
      () => ({ attributes: [aNewAttribute('gift.paper', { value_schema: deep(4) })] }),
      `${within}/properties/a/properties/a/properties/a/properties/a`,
    ],
    [
      'has a schema too long',
      () => ({ attributes: [aNewAttribute('gift.paper', schema({ type: 'string', enum: ['x'.repeat(4096)] }))] }),
      within,
    ],
    [
      'gives an example that is not valid',
      () => ({ attributes: [aNewAttribute('gift.paper', { example: { paper: 'red' } })] }),
      '/attributes/0/example/paper',
    ],
    [
      'gives a default that is not valid',
      () => ({ attributes: [aNewAttribute('gift.paper', { default: { value: {}, text: { en: 'x', de: 'x' } } })] }),
      '/attributes/0/default/value/paper',
    ],
    [
      'infers what is special',
      () => ({ attributes: [aNewAttribute('gift.paper', { sensitivity: 'special:belief' })] }),
      '/attributes/0/inferable',
    ],
    [
      'has a key that is not required',
      () => ({ attributes: [aNewAttribute('gift.paper', { key_from: '/other' })] }),
      '/attributes/0/key_from',
    ],
    [
      'adds up what has no key',
      () => ({ attributes: [aNewAttribute('gift.paper', { merge: 'union' })] }),
      '/attributes/0/merge',
    ],
    [
      'merges a text as a number',
      () => ({ attributes: [aNewAttribute('gift.paper', { merge: { paper: 'min' } })] }),
      '/attributes/0/merge/paper',
    ],
    [
      'names a code list that is none',
      () => ({ attributes: [aNewAttribute('gift.paper', { code_lists: { '/paper': 'none' } })] }),
      '/attributes/0/code_lists/~1paper',
    ],
    [
      'has a code list behind an object',
      () => ({ attributes: [aNewAttribute('gift.paper', { code_lists: { '/x': 'fit' } })] }),
      '/attributes/0/code_lists/~1x',
    ],
    [
      'changes a list of the software',
      () => ({ code_lists: { touchpoint: { source: null, codes: [code('x')] } } }),
      '/code_lists/touchpoint',
    ],
    [
      'has a code twice',
      () => ({ code_lists: { fit: { source: null, codes: [code('x'), code('x')] } } }),
      '/code_lists/fit/codes/0/code',
    ],
    [
      'has a code that leads nowhere',
      () => ({ code_lists: { fit: { source: null, codes: [{ ...code('x'), alias_of: 'y' }] } } }),
      '/code_lists/fit/codes/0/alias_of',
    ],
    [
      'makes the special ordinary',
      () => ({ attributes: [definitionOf(app, 'accessibility.display', { sensitivity: 'ordinary' })] }),
      '/attributes/0/sensitivity',
      'major',
    ],
    [
      'lets an attribute reach further',
      () => ({ attributes: [definitionOf(app, 'returns.method', { touchpoints: ['till', 'beacon'] })] }),
      '/attributes/0/touchpoints',
      'major',
    ],
    [
      'has an upcast without need',
      () => ({
        attributes: [aNewAttribute('gift.paper')],
        upcasts: [{ attribute: 'size.apparel', strengths: { must: 'want' } }],
      }),
      '/upcasts',
    ],
    [
      'upcasts what there is not',
      () => ({ upcasts: [{ attribute: 'gift.none', drop: true }] }),
      '/upcasts/0/attribute',
      'major',
    ],
    [
      'upcasts an attribute twice',
      () => ({
        upcasts: [
          { attribute: 'size.apparel', drop: true },
          { attribute: 'size.apparel', drop: true },
        ],
      }),
      '/upcasts/1/attribute',
      'major',
    ],
    [
      'renames into another category',
      () => ({ upcasts: [{ attribute: 'size.apparel', rename_to: 'fit.apparel' }] }),
      '/upcasts/0/rename_to',
      'major',
    ],
    [
      'renames to a name that is taken',
      () => ({ upcasts: [{ attribute: 'size.apparel', rename_to: 'size.footwear' }] }),
      '/upcasts/0/rename_to',
      'major',
    ],
    [
      'renames and changes',
      () => ({ upcasts: [{ attribute: 'size.apparel', rename_to: 'size.clothes', strengths: { must: 'want' } }] }),
      '/upcasts/0/rename_to',
      'major',
    ],
    [
      'drops and changes',
      () => ({ upcasts: [{ attribute: 'size.apparel', drop: true, strengths: { must: 'want' } }] }),
      '/upcasts/0/drop',
      'major',
    ],
    [
      'drops what it defines',
      () => ({
        attributes: [definitionOf(app, 'category.interest')],
        upcasts: [{ attribute: 'category.interest', drop: true }],
      }),
      '/upcasts/0/attribute',
      'major',
    ],
    [
      'makes nonsense of an example',
      () => ({
        code_lists: without('garment', 'trousers'),
        upcasts: [{ attribute: 'size.apparel', value: [{ at: '/garment', drop: true }] }],
      }),
      '/upcasts/0',
      'major',
    ],
  ])('is refused when it %s', async (_, change, pointer, level = 'minor') => {
    const answer = await draft(change(), level).expect(400);
    expect(pointersOf(answer)).toContain(pointer);
  });

  it('says what it changes, and is nobody’s vocabulary yet', async () => {
    const version = versionOf(app, 'minor');
    const change = { version, attributes: [aNewAttribute('gift.draft')] };
    const { body } = await olga.api.post(admin).send(change).expect(201);
    expect(body).toMatchObject({ version, status: 'draft', level: 'minor', check: null, published_at: null });
    expect(body.changes).toEqual([{ level: 'minor', subject: 'gift.draft', change: 'added' }]);
    expect(await currentVersion()).not.toBe(version);
    await app.http.get(`/v1/vocabularies/ccx-core/${version}`).expect(404);
    expect(problemOf(await olga.api.post(admin).send(change).expect(409))).toBe('vocabulary-version-taken');
    const { body: listed } = await olga.api.get(admin).expect(200);
    expect(listed.items[0]).toMatchObject({ version, status: 'draft' });
    await olga.api.delete(`${admin}/${version}`).expect(204);
    expect(problemOf(await olga.api.get(`${admin}/${version}`).expect(404))).toBe('vocabulary-release-not-found');
  });

  it('is made once and checked once, however often that is sent with the same key', async () => {
    const body = { version: versionOf(app, 'major'), code_lists: without('drop_off', 'neighbour') };
    const send = (address: string, sent: object) => olga.api.post(address).set('idempotency-key', address).send(sent);
    const first = await send(admin, body).expect(201);
    const again = await send(admin, body).expect(201).expect('idempotency-replayed', 'true');
    expect(again.body).toEqual(first.body);
    const check = `${admin}/${body.version}/check`;
    const { body: checked } = await send(check, {}).expect(202);
    expect((await send(check, {}).expect(202)).body.check.id).toBe(checked.check.id);
    expect(checked.check.id).not.toBe(first.body.check.id);
    await untilChecked(app, olga, body.version);
    await olga.api.delete(`${admin}/${body.version}`).expect(204);
  });

  it('is listed in pages, the latest first', async () => {
    const patch = definitionOf(app, 'returns.method', { labels: { en: 'Taking back', de: 'Rücknahme' } });
    const versions = [
      await drafted(app, olga, 'patch', { attributes: [patch] }),
      await drafted(app, olga, 'minor', { attributes: [aNewAttribute('gift.paged')] }),
      await drafted(app, olga, 'major', { code_lists: without('drop_off', 'neighbour') }),
    ].toReversed();
    const page = async (query: string) => (await olga.api.get(`${admin}?${query}`).expect(200)).body;
    const first = await page('limit=2');
    const second = await page(`limit=2&cursor=${first.next_cursor}`);
    const listed = [...first.items, ...second.items].map(({ version }: { version: string }) => version);
    expect([first.items.length, ...listed.slice(0, 3)]).toEqual([2, ...versions]);
    expect(await page('limit=200')).toMatchObject({ next_cursor: null });
    expect(problemOf(await olga.api.get(`${admin}?cursor=nowhere`).expect(400))).toBe('invalid-cursor');
    for (const version of versions) await olga.api.delete(`${admin}/${version}`).expect(204);
  });

  it('is outdated once another one is published', async () => {
    const first = await drafted(app, olga, 'minor', { attributes: [aNewAttribute('gift.first')] });
    const second = await drafted(app, olga, 'patch', {
      attributes: [definitionOf(app, 'returns.method', { labels: { en: 'Taking back', de: 'Rücknahme' } })],
    });
    await publish(olga, first).expect(200);
    expect(problemOf(await publish(olga, second).expect(409))).toBe('vocabulary-draft-outdated');
    await olga.api.delete(`${admin}/${second}`).expect(204);
    app.clock.advance({ seconds: 61 });
  });
});

const code = (name: string) => ({ code: name, labels: { en: name }, status: 'active', alias_of: null });

describe('a release', () => {
  it('comes into force when it is said to, and is known before', async () => {
    const version = await drafted(app, olga, 'minor', { attributes: [aNewAttribute('gift.wrapping')] });
    const before = await currentVersion();
    const soon = new Date(app.clock.now().getTime() + 30_000).toISOString();
    expect(pointersOf(await publish(olga, version, { in_force_at: soon }).expect(400))).toEqual(['/in_force_at']);
    const inForceAt = new Date(app.clock.now().getTime() + 120_000).toISOString();
    const { body } = await publish(olga, version, { in_force_at: inForceAt }).expect(200);
    expect(body).toMatchObject({ status: 'published', in_force_at: inForceAt });

    app.clock.advance({ seconds: 100 });
    expect(await currentVersion()).toBe(before);
    await app.http.get(`/v1/vocabularies/ccx-core/${version}`).expect(200);
    await mira.api.post('/v1/me/preferences').send(wantsWrapped('gift.wrapping')).expect(400);
    app.clock.advance({ seconds: 21 });
    expect(await currentVersion()).toBe(version);
    await states(wantsWrapped('gift.wrapping'));
    expect(await audited(app, null)).toContainEqual(
      expect.objectContaining({
        type: 'vocabulary.published',
        actor: { kind: 'operator', id: olga.staffId },
        data: { version, level: 'minor', in_force_at: inForceAt },
      }),
    );
  });

  it('never changes and is never taken back', async () => {
    const version = await released(app, olga, 'minor', { attributes: [aNewAttribute('gift.lasting')] });
    expect(problemOf(await publish(olga, version).expect(409))).toBe('vocabulary-release-published');
    const refused = [olga.api.post(`${admin}/${version}/check`), olga.api.delete(`${admin}/${version}`)];
    for (const attempt of refused) expect(problemOf(await attempt.expect(409))).toBe('vocabulary-release-published');
    const nowhere = `${admin}/99.0.0`;
    const lost = [olga.api.get(nowhere), olga.api.delete(nowhere), olga.api.post(`${nowhere}/check`)];
    for (const attempt of [...lost, publish(olga, '99.0.0')]) {
      expect(problemOf(await attempt.expect(404))).toBe('vocabulary-release-not-found');
    }
  });

  it('is the same in every process, at every moment', async () => {
    const { databaseUrl, clock, config } = app;
    const other = await createApp(config, { databaseUrl, clock, passwordCost: { memoryKib: 64, passes: 1 } });
    await other.init();
    try {
      const service = other.get(VocabularyService, { strict: false });
      const version = await drafted(app, olga, 'minor', { attributes: [aNewAttribute('gift.everywhere')] });
      await publish(olga, version).expect(200);
      await service.refresh(); // what it does every other second, long before the release comes into force
      expect(service.current().version).toBe(await currentVersion());
      expect(service.coming()?.version).toBe(version);
      clock.advance({ seconds: 61 });
      expect(await currentVersion()).toBe(version);
      expect(service.current().version).toBe(version);
      expect(service.current().attribute('gift.everywhere')).toEqual(
        app.get(VocabularyService).current().attribute('gift.everywhere'),
      );
    } finally {
      await stopApp(other, config);
    }
  });
});

describe('a value that a release no longer takes', () => {
  const delivery = (drop_off: string) => ({
    attribute: 'fulfilment.delivery',
    value: { method: 'home', drop_off },
    strength: 'want',
    applies_to: everyone,
  });

  it('is listed without saying whose, keeps the release from being published, and is mapped by another', async () => {
    const id = await states(delivery('neighbour'));
    const lists = without('drop_off', 'neighbour');
    const harmful = await drafted(app, olga, 'major', { code_lists: lists });
    const { body: found, text } = await olga.api.get(`${admin}/${harmful}`).expect(200);
    expect(found.check).toMatchObject({ status: 'succeeded' });
    const finding = {
      attribute: 'fulfilment.delivery',
      fault: { pointer: '/value/drop_off', detail: expect.stringMatching(/^must be one of /) },
      statements: 1,
      customers: 1,
    };
    expect(found.check.result).toEqual({ invalid: [finding], dropped: [] });
    expect(text).not.toContain(mira.customerId);
    const refused = await publish(olga, harmful).expect(409);
    expect(refused.body).toMatchObject({ type: `${app.url}/problems/vocabulary-breaks-values`, invalid: [finding] });
    await olga.api.delete(`${admin}/${harmful}`).expect(204);

    const mapping = { attribute: 'fulfilment.delivery', value: [{ at: '/drop_off', map: { neighbour: 'at_door' } }] };
    const version = await released(app, olga, 'major', { code_lists: lists, upcasts: [mapping] });
    const { body } = await mira.api.get(`/v1/me/preferences/${id}`).expect(200);
    expect(body).toMatchObject({ value: { method: 'home', drop_off: 'at_door' }, status: 'active', version: 1 });
    const { rows } = await app.db.query(
      `select vocabulary_version from preference_documents where customer_id = $1 and category = 'fulfilment'`,
      [mira.customerId],
    );
    expect(rows[0].vocabulary_version).not.toBe(version);
    const { body: effective } = await mira.api.get('/v1/me/effective').expect(200);
    expect(effective.vocabulary).toBe(version);
    expect(effective.effective).toContainEqual(expect.objectContaining({ value: body.value }));
    const { body: history } = await mira.api.get(`/v1/me/preferences/${id}/history`).expect(200);
    expect(JSON.stringify(history.items)).toContain('neighbour');
  });

  it('is found, too, when it was recorded after the check', async () => {
    const version = await drafted(app, olga, 'major', { code_lists: without('delivery_priority', 'bundled') });
    const id = await states({ ...delivery('at_door'), value: { method: 'home', priority: 'bundled' } });
    expect(problemOf(await publish(olga, version).expect(409))).toBe('vocabulary-breaks-values');
    await mira.api.delete(`/v1/me/preferences/${id}`).expect(204);
    await publish(olga, version).expect(200);
    // From now on it is refused, so that nothing is left when the release comes into force.
    const refused = await mira.api
      .post('/v1/me/preferences')
      .send({ ...delivery('at_door'), value: { method: 'home', priority: 'bundled' } })
      .expect(400);
    expect(refused.body.errors).toEqual([
      { pointer: '/value', detail: `is not valid under ccx-core ${version}, which comes into force soon` },
    ]);
    app.clock.advance({ seconds: 61 });
  });

  it('is set aside until the customer says it anew, when it slipped in all the same', async () => {
    const version = await drafted(app, olga, 'major', { code_lists: without('refund', 'exchange') });
    await publish(olga, version).expect(200);
    const unaware = jest.spyOn(app.get(VocabularyService), 'coming').mockReturnValue(null);
    const returns = { attribute: 'returns.method', value: { method: 'store', refund: 'exchange' }, strength: 'want' };
    const id = await states({ ...returns, applies_to: everyone });
    unaware.mockRestore();
    app.clock.advance({ seconds: 61 });
    const { body } = await mira.api.get(`/v1/me/preferences/${id}`).expect(200);
    expect(body).toMatchObject({ status: 'pending', value: returns.value });
    const { body: seen } = await mira.api.get('/v1/me/effective').expect(200);
    expect(seen.effective).toEqual([]);
  });

  it('needs a check that has succeeded', async () => {
    const version = await drafted(app, olga, 'major', { code_lists: without('assistance_style', 'accompanied') });
    await app.db.query(`update long_jobs set status = 'failed' where params->>'version' = $1`, [version]);
    expect(problemOf(await publish(olga, version).expect(409))).toBe('vocabulary-draft-unchecked');
    const { body } = await olga.api.post(`${admin}/${version}/check`).expect(202);
    expect(body.check.status).toBe('queued');
    await untilChecked(app, olga, version);
    await publish(olga, version).expect(200);
    app.clock.advance({ seconds: 61 });
  });
});

describe('an attribute', () => {
  it('that is renamed takes statements, consents and menus along', async () => {
    const grocer = await aRetailer(app);
    const receipt = { attribute: 'receipt.delivery', value: { form: 'email' }, strength: 'must', applies_to: everyone };
    const id = await states(receipt);
    const detail = {
      type: 'ccx_preferences',
      attributes: ['receipt.delivery'],
      purposes: ['dpv:ServicePersonalisation'],
      touchpoints: ['till'],
    };
    await released(app, olga, 'major', { upcasts: [{ attribute: 'receipt.delivery', rename_to: 'receipt.form' }] });
    // Under the old name, as a retailer may still ask and a customer may have consented.
    const access = await consentToken(app, grocer, mira, { details: [detail] });
    await app.db.query(
      `update consents set details = replace(details::text, 'receipt.form', 'receipt.delivery')::jsonb where id = $1`,
      [access.consentId],
    );

    const { body: preference } = await mira.api.get(`/v1/me/preferences/${id}`).expect(200);
    expect(preference).toMatchObject({ attribute: 'receipt.form', value: { form: 'email' } });
    for (const query of ['', '&attributes=receipt.delivery', '&attributes=receipt.form', '&attributes=receipt']) {
      const { status, body } = await access.fetch('GET', `/v1/preferences?touchpoint=till${query}`);
      expect(status).toBe(200);
      expect(body.preferences).toEqual([expect.objectContaining({ attribute: 'receipt.form' })]);
    }
    const { body: sharing } = await mira.api
      .get(`/v1/me/effective?retailer_id=${grocer.id}&touchpoint=till`)
      .expect(200);
    expect(JSON.stringify(sharing)).toContain('receipt.form');
    expect(JSON.stringify(sharing)).not.toContain('receipt.delivery');

    // Asking for it by its new name asks for nothing new.
    const asked = app.get(ConsentRequestsService).read([{ ...detail, attributes: ['receipt.form'] }], {
      retailerId: grocer.id,
      touchpoints: ['till'],
    });
    const { reader } = app.get(Database);
    const held = await app.get(ConsentsService).covering(reader, mira.key, grocer.id, { details: asked });
    expect(held?.id).toBe(access.consentId);

    const refused = await mira.api.post('/v1/me/preferences').send(receipt).expect(400);
    expect(refused.body.errors).toEqual([{ pointer: '/attribute', detail: 'is now called receipt.form' }]);
    await mira.api
      .post('/v1/me/preferences')
      .send({ ...receipt, attribute: 'receipt.form' })
      .expect(409);
  });

  it('that is renamed was approved beforehand and is not asked for again', async () => {
    const mover = await aMover(app);
    const switched = await switchTo(mover).expect(200);
    const settled = await aMover(app, { tern: mover.tern, details: [reading] });
    const { consentId } = await consentToken(app, settled.tern, settled.customer, { details: [reading] });
    await released(app, olga, 'major', { upcasts: [{ attribute: 'size.footwear', rename_to: 'size.shoes' }] });
    const renamed = { ...reading, attributes: ['size.apparel', 'size.shoes'] };
    await arrive(app, mover, { details: [renamed] });
    expect(await standingOf(mover, switched)).toBe('approved');

    // Nor is anything left to take along to where it was given by its old name.
    const { body } = await switchTo(settled, { dry_run: true }).expect(200);
    expect(body).toMatchObject({ notices: null, difference: { existing: { consent_id: consentId, complete: true } } });
  });

  it('that is dropped is gone from profiles and stays in history, and its name is never used again', async () => {
    const id = await states({
      attribute: 'loyalty.membership',
      value: { programme: 'Green Points' },
      strength: 'want',
      applies_to: everyone,
    });
    const upcasts = [{ attribute: 'loyalty.membership', drop: true }];
    const version = await drafted(app, olga, 'major', { upcasts });
    const { body } = await olga.api.get(`${admin}/${version}`).expect(200);
    expect(body.check.result).toEqual({
      invalid: [],
      dropped: [{ attribute: 'loyalty.membership', fault: null, statements: 1, customers: 1 }],
    });
    await publish(olga, version).expect(200);
    app.clock.advance({ seconds: 61 });
    await mira.api.get(`/v1/me/preferences/${id}`).expect(404);
    const again = { version: versionOf(app, 'minor'), attributes: [aNewAttribute('loyalty.membership')] };
    expect(pointersOf(await olga.api.post(admin).send(again).expect(400))).toEqual(['/attributes/0/path']);
  });

  it('that is deprecated is resolved, revised and removed; nothing new is said about it', async () => {
    await released(app, olga, 'minor', { attributes: [aNewAttribute('gift.ribbon')] });
    const id = await states(wantsWrapped('gift.ribbon'));
    await released(app, olga, 'minor', { attributes: [definitionOf(app, 'gift.ribbon', { status: 'deprecated' })] });
    const { body: seen } = await mira.api.get('/v1/me/effective').expect(200);
    expect(seen.effective).toEqual([expect.objectContaining({ attribute: 'gift.ribbon' })]);
    const { headers } = await mira.api.get(`/v1/me/preferences/${id}`).expect(200);
    const { attribute: _, ...revision } = { ...wantsWrapped('gift.ribbon'), value: { paper: 'festive' } };
    await mira.api.put(`/v1/me/preferences/${id}`).set('if-match', headers['etag']!).send(revision).expect(200);
    await mira.api.delete(`/v1/me/preferences/${id}`).expect(204);
    const refused = await mira.api.post('/v1/me/preferences').send(wantsWrapped('gift.ribbon')).expect(400);
    expect(pointersOf(refused)).toEqual(['/attribute']);
    expect(app.get(VocabularyService).current().expand('gift')).not.toContain('gift.ribbon');
  });
});
