import { randomUUID } from 'node:crypto';

import { CompactSign, generateKeyPair } from 'jose';

import { aCustomer, type TestCustomer } from './support/actors.js';
import { startApp, type TestApp } from './support/app.js';
import { canonical, exported, type Line, sha256Of } from './support/exports.js';
import { race, statusesOf } from './support/race.js';
import { announced, audited } from './support/records.js';
import { aRetailer } from './support/retailers.js';

let app: TestApp;
let mira: TestCustomer;
beforeAll(async () => {
  app = await startApp();
});
beforeEach(async () => {
  mira = await aCustomer(app);
});
afterAll(() => app.stop());

const shoes = { attribute: 'size.footwear', value: { system: 'EUROPE', size: '39' }, strength: 'want' };
const paper = { attribute: 'receipt.delivery', value: { form: 'paper' }, strength: 'want' };
const peanuts = { attribute: 'food.allergen', value: { code: 'AP' }, strength: 'never' };
const YESTERDAY = new Date(Date.now() - 86_400_000).toISOString();

const problem = (code: string) => `${app.url}/problems/${code}`;
const state = (who: TestCustomer, preference: object) =>
  who.api.post('/v1/me/preferences').send(preference).expect(201);
const bringIn = (text: string, query = '', who = mira) =>
  who.api.post(`/v1/me/imports${query}`).type('application/x-ndjson').send(text);
const confirm = (id: string, choice: object = { all: true }, who = mira) =>
  who.api.post(`/v1/me/imports/${id}/confirm`).send(choice);
const discard = (id: string, who = mira) => who.api.post(`/v1/me/imports/${id}/discard`);
const preferences = async (query = '', who = mira) =>
  (await who.api.get(`/v1/me/preferences${query}`).expect(200)).body.items as Record<string, unknown>[];

/** An export of somebody who states these. */
async function exportOf(...stated: object[]): Promise<string> {
  const somebody = await aCustomer(app);
  for (const preference of stated) await state(somebody, preference);
  return (await exported(somebody, 'provided')).text;
}

const statement = (preference: object, more: object = {}): Line => ({
  kind: 'statement',
  record: {
    applies_to: { level: 'everyone' },
    provenance: { kind: 'stated', source: 'customer', at: YESTERDAY },
    ...preference,
    ...more,
  },
});

/** An export of a broker that nobody here knows, with the claims in its manifest unless told otherwise. */
async function foreignExport(statements: readonly Line[], { kid = 'theirs', ...claims }: { kid?: string } = {}) {
  const header: Line = { kind: 'header', record: { format: 'ccx-export/1', broker: 'https://other.example' } };
  const lines = [header, ...statements];
  const manifest = {
    iss: 'https://other.example',
    format: 'ccx-export/1',
    vocabulary: '1.0.0',
    records: lines.length,
    sha256: sha256Of(lines),
    statements: { count: statements.length, sha256: sha256Of(statements) },
    ...claims,
  };
  const { privateKey } = await generateKeyPair('ES256');
  const jws = await new CompactSign(Buffer.from(JSON.stringify(manifest)))
    .setProtectedHeader({ alg: 'ES256', typ: 'ccx-export+jwt', kid })
    .sign(privateKey);
  return [...lines, { kind: 'manifest', record: { jws } }].map((line) => `${canonical(line)}\n`).join('');
}

const outcomesOf = ({ items }: { items: { outcome: string }[] }) => items.map(({ outcome }) => outcome);

describe('importing an export of this broker', () => {
  it('makes pending preferences of what is new, which have no effect', async () => {
    const { body } = await bringIn(await exportOf(shoes, peanuts)).expect(201);
    expect(body).toMatchObject({
      status: 'pending',
      source: app.url,
      verification: 'verified',
      conflicts: 'keep',
      counts: { added: 2, same: 0, conflicting: 0, invalid: 0, unknown_retailer: 0 },
      settled_at: null,
    });
    const pending = await preferences('?status=pending');
    expect(pending.map(({ id }) => id).toSorted()).toEqual(
      body.items.map((item: { preference_id: string }) => item.preference_id).toSorted(),
    );
    const { body: effective } = await mira.api.get('/v1/me/effective').expect(200);
    expect(effective.effective).toEqual([]);
  });

  it('keeps where, when and by whom it was stated first', async () => {
    const somebody = await aCustomer(app);
    const { body: first } = await state(somebody, shoes);
    const { body } = await bringIn((await exported(somebody, 'provided')).text).expect(201);
    await confirm(body.id).expect(200);
    const [held] = await preferences();
    expect(held).toMatchObject({
      status: 'active',
      provenance: {
        kind: 'imported',
        source: app.url,
        original: { kind: 'stated', source: 'customer', at: first.provenance.at },
      },
    });
    const [line] = (await exported(mira)).lines.filter(({ kind }) => kind === 'statement');
    expect(line?.record['provenance']).toEqual({ kind: 'stated', source: 'customer', at: first.provenance.at });
  });

  it('reads one document as well', async () => {
    const somebody = await aCustomer(app);
    await state(somebody, shoes);
    const { body: document } = await somebody.api.get('/v1/me/export').accept('application/json').expect(200);
    const { body } = await mira.api.post('/v1/me/imports').send(document).expect(201);
    expect(body).toMatchObject({ verification: 'verified', counts: { added: 1 } });
  });

  it('reads the lines of the statements without the rest', async () => {
    const text = await exportOf(shoes);
    const some = text.split('\n').filter((line) => /^\{"kind":"(header|statement|manifest)"/.test(line));
    expect(some.length).toBeLessThan(text.trim().split('\n').length);
    const { body } = await bringIn(some.join('\n')).expect(201);
    expect(body).toMatchObject({ verification: 'verified', counts: { added: 1 } });
  });

  it('keeps nothing of a dry run', async () => {
    const text = await exportOf(shoes, paper);
    await state(mira, { ...paper, value: { form: 'email' } });
    const before = (await audited(app, mira.key)).length;
    const { body } = await bringIn(text, '?dry_run=true&conflicts=replace').expect(200);
    expect(body).toMatchObject({ id: null, status: 'tried', counts: { added: 1, conflicting: 1 } });
    expect(body.items[0]).not.toHaveProperty('preference_id');
    expect(await preferences()).toHaveLength(1);
    expect((await mira.api.get('/v1/me/imports').expect(200)).body.items).toEqual([]);
    expect((await audited(app, mira.key)).length).toBe(before);
  });

  it('is in the log and in the export, and names nothing that was stated', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    await confirm(body.id).expect(200);
    const entries = (await audited(app, mira.key)).filter(({ type }) => (type as string).startsWith('import.'));
    expect(entries.map(({ type, data }) => [type, data])).toEqual([
      ['import.made', { import: body.id, status: 'pending', items: 1 }],
      ['import.confirmed', { import: body.id, status: 'confirmed', items: 1 }],
    ]);
    expect(await announced(app, mira.key)).toEqual(
      expect.arrayContaining(['preferences.changed', 'preferences.changed']) as string[],
    );
    const held = (await exported(mira)).lines.filter(({ kind }) => kind === 'import');
    expect(held.map(({ record }) => record['id'] as string)).toEqual([body.id]);
  });
});

describe('what is stated already', () => {
  it('is the same when it says the same', async () => {
    const text = await exportOf(shoes);
    await state(mira, shoes);
    const { body } = await bringIn(text).expect(201);
    expect(body).toMatchObject({ status: 'confirmed', counts: { same: 1 } });
    expect(body.items[0]).toMatchObject({ state: null, preference_id: (await preferences())[0]!['id'] });
    await confirm(body.id).expect(200);
  });

  const other = { ...paper, value: { form: 'email' } };

  it('stays, unless told otherwise', async () => {
    const text = await exportOf(paper);
    await state(mira, other);
    const { body } = await bringIn(text).expect(201);
    expect(body.items[0]).toMatchObject({ outcome: 'conflicting', resolution: 'keep', state: null });
    expect((await preferences())[0]).toMatchObject({ value: { form: 'email' }, version: 1 });
  });

  it('is replaced when that is asked for, and only once it is confirmed', async () => {
    const text = await exportOf(paper);
    await state(mira, other);
    const { body } = await bringIn(text, '?conflicts=replace').expect(201);
    expect(body.items[0]).toMatchObject({ outcome: 'conflicting', resolution: 'replace', state: 'pending' });
    expect((await preferences())[0]).toMatchObject({ value: { form: 'email' }, version: 1, status: 'active' });
    const { body: confirmed } = await confirm(body.id).expect(200);
    expect(confirmed).toMatchObject({ status: 'confirmed', items: [{ state: 'confirmed' }] });
    const held = await preferences();
    expect(held).toHaveLength(1);
    expect(held[0]).toMatchObject({ value: { form: 'paper' }, version: 2, status: 'active' });
  });

  it('is replaced by what is newer, and by nothing older', async () => {
    const older = await exportOf(paper);
    await state(mira, other);
    const newer = await exportOf(paper);
    const resolutionOf = async (text: string) =>
      (await bringIn(text, '?conflicts=newer&dry_run=true').expect(200)).body.items[0].resolution as string;
    expect([await resolutionOf(older), await resolutionOf(newer)]).toEqual(['keep', 'replace']);
  });

  it('is not replaced when it has changed since: then nothing of the choice is confirmed', async () => {
    const text = await exportOf(paper, shoes);
    const { body: held, headers } = await state(mira, other);
    const { body } = await bringIn(text, '?conflicts=replace').expect(201);
    await mira.api
      .put(`/v1/me/preferences/${held.id}`)
      .set('if-match', headers['etag'] ?? '')
      .send({ value: { form: 'none' }, strength: 'want', applies_to: { level: 'everyone' } })
      .expect(200);
    const { body: refused } = await confirm(body.id).expect(409);
    expect(refused).toMatchObject({ type: problem('import-outdated'), errors: [{ pointer: '/items/1' }] });
    expect(await preferences('?status=pending')).toHaveLength(1);
    await confirm(body.id, { items: [2] }).expect(200);
    expect(await preferences('?status=pending')).toEqual([]);
    await discard(body.id).expect(200);
    expect((await preferences('?attribute=receipt'))[0]).toMatchObject({ value: { form: 'none' } });
  });
});

describe('an import', () => {
  it('is confirmed in parts, and what is left is discarded', async () => {
    const { body } = await bringIn(await exportOf(shoes, paper, peanuts)).expect(201);
    const { body: partly } = await confirm(body.id, { items: [1, 3] }).expect(200);
    expect(partly).toMatchObject({ status: 'pending', settled_at: null });
    expect(partly.items.map((item: { state: string }) => item.state)).toEqual(['confirmed', 'pending', 'confirmed']);
    expect((await preferences('?status=pending')).map(({ attribute }) => attribute)).toEqual(['receipt.delivery']);
    const { body: rest } = await discard(body.id).expect(200);
    expect(rest.items.map((item: { state: string }) => item.state)).toEqual(['confirmed', 'discarded', 'confirmed']);
    expect((await preferences()).map(({ attribute }) => attribute).toSorted()).toEqual([
      'food.allergen',
      'size.footwear',
    ]);
  });

  it('is gone without a trace in the profile when it is discarded', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    const { body: discarded } = await discard(body.id).expect(200);
    expect(discarded).toMatchObject({ status: 'discarded', items: [{ state: 'discarded' }] });
    expect(await preferences()).toEqual([]);
    const { body: again } = await discard(body.id).expect(200);
    expect(again).toEqual(discarded);
    const { body: refused } = await confirm(body.id).expect(409);
    expect(refused.type).toBe(problem('import-discarded'));
  });

  it('leaves alone what the customer has dealt with meanwhile', async () => {
    const { body } = await bringIn(await exportOf(shoes, paper)).expect(201);
    const [first] = body.items as { preference_id: string }[];
    await mira.api.delete(`/v1/me/preferences/${first!.preference_id}`).expect(204);
    await confirm(body.id).expect(200);
    expect((await preferences()).map(({ attribute }) => attribute)).toEqual(['receipt.delivery']);
  });

  it('is confirmed once when two requests race', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    const confirming = async () => (await confirm(body.id)).status;
    const answers = await race(app.db, 'imports', { id: body.id }, [confirming, confirming]);
    expect(statusesOf(answers)).toEqual([200, 200]);
    const confirmed = (await audited(app, mira.key)).filter(({ type }) => type === 'import.confirmed');
    expect(confirmed).toHaveLength(1);
  });

  it('is listed and shown to its customer, and to nobody else', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    const { items, ...summary } = body;
    expect((await mira.api.get('/v1/me/imports').expect(200)).body).toEqual({ items: [summary], next_cursor: null });
    expect((await mira.api.get(`/v1/me/imports/${body.id}`).expect(200)).body).toEqual(body);
    const { api } = await aCustomer(app);
    const { body: refused } = await api.get(`/v1/me/imports/${body.id}`).expect(404);
    expect(refused.type).toBe(problem('import-not-found'));
    expect(items).toHaveLength(1);
  });

  it('cannot be chosen from by numbers that it does not have', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    const { body: refused } = await confirm(body.id, { items: [1, 7] }).expect(400);
    expect(refused.errors).toEqual([{ pointer: '/items/1', detail: 'is not an item that waits to be confirmed' }]);
    await confirm(body.id, {}).expect(400);
    await confirm(body.id, { all: true, items: [1] }).expect(400);
  });

  it('is forgotten 30 days after it was settled', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    await confirm(body.id).expect(200);
    app.clock.advance({ days: 31 });
    await app.runJob('imports');
    app.clock.advance({ days: -31 });
    await mira.api.get(`/v1/me/imports/${body.id}`).expect(404);
    expect(await preferences()).toHaveLength(1);
  });

  it('keeps what became of each item once it is settled, and not what the file stated', async () => {
    const broken = statement({ ...paper, value: { form: 'parchment' } });
    const { body } = await bringIn(await foreignExport([statement(shoes), statement(peanuts), broken])).expect(201);
    const { body: partly } = await confirm(body.id, { items: [1] }).expect(200);
    expect(partly.items[1].statement).toMatchObject(peanuts);
    const { body: settled } = await confirm(body.id).expect(200);
    expect((await mira.api.get(`/v1/me/imports/${body.id}`).expect(200)).body).toEqual(settled);
    const [added] = body.items;
    expect(settled).toMatchObject({ status: 'confirmed', counts: { added: 2, invalid: 1 } });
    expect(settled.items).toEqual([
      { number: 1, outcome: 'added', state: 'confirmed', preference_id: added.preference_id },
      { number: 2, outcome: 'added', state: 'confirmed', preference_id: body.items[1].preference_id },
      { number: 3, outcome: 'invalid', state: null, errors: body.items[2].errors },
    ]);
    const [record] = (await exported(mira)).lines.filter(({ kind }) => kind === 'import');
    expect(JSON.stringify(record)).not.toContain('"39"');
  });

  it('is listed by what is kept of it beside its items, which are not opened', async () => {
    const { body } = await bringIn(await exportOf(shoes)).expect(201);
    const { items: _, ...summary } = body;
    // Broken as they are here, they could not be opened.
    await app.db.query(`update imports set items = '\\x00' where id = $1`, [body.id]);
    expect((await mira.api.get('/v1/me/imports').expect(200)).body.items).toEqual([summary]);
  });

  it('is forgotten when fifty others were settled after it, while those that wait stay', async () => {
    await state(mira, shoes);
    const waiting = (await bringIn(await exportOf(paper)).expect(201)).body.id;
    const text = await exportOf(shoes);
    const settled: string[] = [];
    for (let n = 0; n <= 50; n++) settled.push((await bringIn(text).expect(201)).body.id as string);
    await mira.api.get(`/v1/me/imports/${settled[0]}`).expect(404);
    await mira.api.get(`/v1/me/imports/${settled[1]}`).expect(200);
    await mira.api.get(`/v1/me/imports/${waiting}`).expect(200);
    const { rowCount } = await app.db.query('select from imports where customer_id = $1', [mira.customerId]);
    expect(rowCount).toBe(51);
  });

  it('waits beside four others at most', async () => {
    const brand = (name: string) =>
      statement({ attribute: 'brand.affinity', value: { brand: name }, strength: 'want' });
    for (let n = 1; n <= 5; n++) {
      await bringIn(await foreignExport([brand(`Brand ${n}`)])).expect(201);
    }
    const sixth = await foreignExport([statement(peanuts)]);
    const { body } = await bringIn(sixth).expect(409);
    expect(body).toMatchObject({ type: problem('too-many-imports'), limit: 5 });
    expect(await preferences('?status=pending')).toHaveLength(5);
  });
});

describe('importing an export of another broker', () => {
  it('says that its signature could not be verified', async () => {
    const { body } = await bringIn(await foreignExport([statement(shoes)])).expect(201);
    expect(body).toMatchObject({ source: 'https://other.example', verification: 'unverified', counts: { added: 1 } });
  });

  it('is exported again with the provenance that the file claimed, which the schema says is theirs', async () => {
    const claimed = { kind: 'stated', source: 'their clerk', at: YESTERDAY };
    const { body } = await bringIn(await foreignExport([statement(shoes, { provenance: claimed })])).expect(201);
    await confirm(body.id).expect(200);
    const [line] = (await exported(mira, 'provided')).lines.filter(({ kind }) => kind === 'statement');
    expect(line?.record['provenance']).toEqual(claimed);
    const { body: schema } = await app.http.get('/schemas/export.json').expect(200);
    const { description } = schema.$defs.statement_line.properties.record.properties.provenance;
    expect(description).toContain('unverified unless the record of the import says `verified`');
  });

  it('reports what it cannot take, item by item, and takes the rest', async () => {
    const future = { kind: 'stated', source: 'customer', at: '2999-01-01T00:00:00Z' };
    const text = await foreignExport([
      statement(shoes),
      statement({ ...shoes, value: { system: 'EUROPE', size: '40' } }),
      statement(shoes),
      statement({ ...paper, value: { form: 'parchment' } }),
      statement({ ...paper, attribute: 'receipt.colour' }),
      statement({ ...paper, colour: 'red' }),
      statement(paper, { provenance: future }),
      statement(paper, { provenance: { kind: 'stated' } }),
      statement(paper, { applies_to: { level: 'retailer' } }),
    ]);
    const { body } = await bringIn(text).expect(201);
    expect(body.counts).toEqual({ added: 1, same: 1, conflicting: 0, invalid: 7, unknown_retailer: 0 });
    const pointers = body.items.map((item: { errors?: { pointer: string }[] }) =>
      item.errors?.map(({ pointer }) => pointer),
    );
    expect(pointers).toEqual([
      undefined,
      [''],
      undefined,
      ['/value/form'],
      ['/attribute'],
      ['/colour'],
      ['/provenance/at'],
      ['/provenance/source'],
      ['/applies_to/retailer_id'],
    ]);
  });

  it('says little of a statement that is out of all proportion', async () => {
    const many = (count: number) => Object.fromEntries(Array.from({ length: count }, (_, n) => [`n${n}`, n]));
    const file = await foreignExport([
      statement(shoes, many(200)),
      statement({ ...shoes, context: many(200) }),
      statement({ ...shoes, value: many(300) }),
      statement(paper),
    ]);
    const { body } = await bringIn(file).expect(201);
    expect(body.items.map(({ errors = [] }: { errors?: object[] }) => errors.length)).toEqual([1, 1, 20, 0]);
    expect(outcomesOf(body)).toEqual(['invalid', 'invalid', 'invalid', 'added']);
  });

  it('finds retailers by website, by name where several share it, or as the customer says', async () => {
    const [name, twin] = [`Shop ${randomUUID()}`, `Shop ${randomUUID()}`];
    const [here, there] = [await aRetailer(app, { name }), await aRetailer(app, { name: twin })];
    const at = (website: string, shop: string) =>
      statement(paper, { applies_to: { level: 'retailer', retailer: { website, name: shop } } });
    const text = await foreignExport([at('HTTPS://Grocer.example/', name), at('https://far.example', 'Far Away')]);

    const { body } = await bringIn(text, '?dry_run=true').expect(200);
    expect(outcomesOf(body)).toEqual(['added', 'unknown_retailer']);
    expect(body.items[0].statement.applies_to).toEqual({ level: 'retailer', retailer_id: here.id });
    expect(body.items[1].retailer).toEqual({ website: 'https://far.example', name: 'Far Away' });

    const mapping = encodeURIComponent(`https://far.example=${there.id}`);
    const { body: mapped } = await bringIn(text, `?retailers=${mapping}`).expect(201);
    expect(outcomesOf(mapped)).toEqual(['added', 'added']);
    expect(mapped.items[1].statement.applies_to.retailer_id).toBe(there.id);
    await bringIn(text, '?retailers=far.example').expect(400);
  });
});

describe('a file that is not taken', () => {
  const refused = async (text: string, status: number, code: string, query = '') => {
    const { body } = await bringIn(text, query).expect(status);
    expect(body.type).toBe(problem(code));
    expect(await preferences()).toEqual([]);
    return body;
  };

  it('ends without its manifest', async () => {
    const text = await exportOf(shoes, paper);
    await refused(text.slice(0, text.lastIndexOf('{"kind":"manifest"')), 400, 'export-incomplete');
    const { body } = await mira.api.post('/v1/me/imports').send({ records: [] }).expect(400);
    expect(body.type).toBe(problem('export-incomplete'));
  });

  it('breaks off within a line', async () => {
    const text = await exportOf(shoes);
    const body = await refused(text.slice(0, -40), 400, 'export-unreadable');
    expect(body.errors[0].pointer).toMatch(/^line\/\d+$/);
  });

  it('was changed after it was made', async () => {
    const text = await exportOf(shoes);
    const inStatement = await refused(text.replace('"size":"39"', '"size":"48"'), 400, 'export-changed');
    expect(inStatement.detail).toBe('The part with the statements of the export does not agree with its manifest.');
    const elsewhere = await refused(text.replace('"kind":"account"', '"kind":"accounts"'), 400, 'export-changed');
    expect(elsewhere.detail).toBe('The content of the export does not agree with its manifest.');
  });

  it('claims to be signed here', async () => {
    const { body } = await app.http.get('/oauth/jwks').expect(200);
    for (const { kid } of body.keys as { kid: string }[]) {
      const text = await foreignExport([statement(shoes)], { kid });
      const answer = await bringIn(text, '?dry_run=true');
      // What tokens are signed with verifies no export: such a key is as unknown as any other.
      expect([answer.status, answer.body.type ?? answer.body.verification]).toEqual(
        expect.arrayContaining(
          answer.status === 200 ? [200, 'unverified'] : [400, problem('export-changed')],
        ) as unknown[],
      );
    }
    const { manifest } = await exported(await aCustomer(app));
    const { kid } = JSON.parse(Buffer.from(manifest.split('.')[0]!, 'base64url').toString()) as { kid: string };
    await refused(await foreignExport([statement(shoes)], { kid }), 400, 'export-changed');
  });

  it('is something else altogether', async () => {
    await refused('', 400, 'export-incomplete');
    await refused('{"a":1}', 400, 'export-unreadable');
    await refused('{"kind":"manifest","record":{"jws":"no JWS"}}', 400, 'export-unreadable');
    const { body } = await mira.api.post('/v1/me/imports').send({ preferences: [] }).expect(400);
    expect(body.type).toBe(problem('export-unreadable'));
    await refused(
      await foreignExport([statement(shoes)], { format: 'ccx-export/9' } as object),
      400,
      'export-unreadable',
    );
    await refused(await exportOf(shoes), 400, 'invalid-request', '?mapping=loyalty_member');
  });

  it('has more lines than are read, and says how to send it', async () => {
    const line = '{"kind":"event","record":{}}\n';
    const { detail, limit, ...body } = await refused(line.repeat(50_001), 422, 'import-too-large');
    expect([detail, limit]).toEqual(['An import takes at most 50000 lines.', 50_000]);
    const { body: documented } = await app.http.get(new URL(body.type).pathname).expect(200);
    expect(JSON.stringify(documented)).toContain('`statement`');
    // One line less is read to the end.
    await refused(line.repeat(50_000), 400, 'export-incomplete');
    const records = Array.from({ length: 50_000 }, () => ({ kind: 'event', record: {} }));
    const { body: document } = await mira.api.post('/v1/me/imports').send({ records, manifest: '' }).expect(422);
    expect(document.limit).toBe(50_000);
  });

  it('states more than a profile holds', async () => {
    const many = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, n) =>
        statement({ attribute: 'brand.affinity', value: { brand: `Brand ${from + n}` }, strength: 'want' }),
      );
    const body = await refused(await foreignExport(many(0, 1001)), 422, 'import-too-large');
    expect(body.limit).toBe(1000);
    const { body: full } = await bringIn(await foreignExport(many(0, 1000))).expect(201);
    expect(full.counts.added).toBe(1000);
    const { body: beyond } = await bringIn(await foreignExport(many(1000, 1001)), '?dry_run=true').expect(409);
    expect(beyond.type).toBe(problem('too-many-preferences'));
    await bringIn(await foreignExport(many(1000, 1001))).expect(409);
    await confirm(full.id).expect(200);
    expect(await preferences('?status=pending')).toEqual([]);
  });

  it('is text in another encoding', async () => {
    const response = await fetch(`${app.url}/v1/me/imports?mapping=loyalty_member`, {
      method: 'POST',
      headers: { authorization: `Bearer ${mira.token}`, 'content-type': 'text/csv' },
      body: Buffer.from('Program\nGrüne Punkte\n', 'latin1'),
    });
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('is not text in UTF-8');
  });
});
