import { startApp, type TestApp } from './support/app.js';

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

const etagOf = ({ headers }: { headers: Record<string, string> }) => headers.etag ?? 'no ETag';

describe('the vocabulary', () => {
  it('names its releases to anyone', async () => {
    const { body, headers } = await app.http.get('/v1/vocabularies').expect(200);
    expect(body.items).toEqual([
      {
        name: 'ccx-core',
        version: '1.2.0',
        languages: ['en', 'de'],
        releases: [
          { version: '1.2.0', released_on: expect.any(String), href: '/v1/vocabularies/ccx-core/1.2.0' },
          { version: '1.1.0', released_on: expect.any(String), href: '/v1/vocabularies/ccx-core/1.1.0' },
          { version: '1.0.0', released_on: '2026-11-01', href: '/v1/vocabularies/ccx-core/1.0.0' },
        ],
      },
    ]);
    expect(headers['cache-control']).toBe('public, max-age=300');
  });

  it('is given whole, in every language, whatever the caller speaks', async () => {
    const { body } = await app.http.get('/v1/vocabularies/ccx-core').set('accept-language', 'de').expect(200);
    expect(body).toMatchObject({ name: 'ccx-core', version: '1.2.0' });
    expect(body.attributes).toHaveLength(27);
    const allergen = body.attributes.find(({ path }: { path: string }) => path === 'food.allergen');
    expect(allergen).toMatchObject({
      key_from: '/code',
      merge: 'union',
      sensitivity: 'special:health',
      inferable: false,
      example: { code: 'AP' },
      labels: { en: 'Allergen', de: 'Allergen' },
    });
    expect(body.code_lists.gs1_allergen.codes).toHaveLength(366);
    expect(body.code_lists.gs1_allergen.source.license).toBe('Apache-2.0');
    expect(body.code_lists.gs1_allergen.codes).toContainEqual({
      code: 'PEANUTS',
      labels: { en: 'Peanuts and Their Derivatives', de: 'Erdnüsse' },
      status: 'deprecated',
      alias_of: 'AP',
      label: 'Erdnüsse',
    });
  });

  it('is the same by the address of its release, which may be kept for ever', async () => {
    const current = await app.http.get('/v1/vocabularies/ccx-core').expect(200);
    const release = await app.http.get('/v1/vocabularies/ccx-core/1.2.0').expect(200);
    expect(release.body).toEqual(current.body);
    expect(release.headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(current.headers['cache-control']).toBe('public, max-age=300');
  });

  it.each(['/v1/vocabularies', '/v1/vocabularies/ccx-core', '/v1/vocabularies/ccx-core/1.0.0'])(
    'at %s is not sent again to who has it',
    async (path) => {
      const etag = etagOf(await app.http.get(path).expect(200));
      const again = await app.http.get(path).set('if-none-match', etag).expect(304);
      expect(again.text).toBe('');
      expect(etagOf(again)).toBe(etag);
      await app.http.get(path).set('if-none-match', '"another"').expect(200);
    },
  );

  it('names everything in one language besides, when one is asked for', async () => {
    const asked = await app.http.get('/v1/vocabularies/ccx-core?language=de').set('accept-language', 'en').expect(200);
    expect(asked.headers).toMatchObject({ 'content-language': 'de', vary: 'accept-language' });
    expect(asked.body.language).toBe('de');
    const receipt = asked.body.attributes.find(({ path }: { path: string }) => path === 'receipt.delivery');
    expect(receipt).toMatchObject({
      label: 'Kassenbon',
      explanation: 'Wie Sie Ihren Kassenbon erhalten möchten.',
      default: { value: { form: 'paper' }, explanation: 'Ein Kassenbon auf Papier.' },
    });
    expect(asked.body.code_lists.receipt_form.codes[0].label).toBe('Papier');
    // GS1 has no German of its own: what nobody has translated is named in English.
    const walleye = asked.body.code_lists.gs1_allergen.codes.find(({ code }: { code: string }) => code === 'ABE');
    expect(walleye.label).toBe(walleye.labels.en);
  });

  it.each([
    ['en', 'Receipt'],
    ['de-AT, en;q=0.5', 'Kassenbon'],
    ['fr', 'Receipt'],
  ])('speaks the language that the caller accepts best: %s', async (accepted, label) => {
    const { body } = await app.http.get('/v1/vocabularies/ccx-core/1.0.0').set('accept-language', accepted).expect(200);
    expect(body.attributes.find(({ path }: { path: string }) => path === 'receipt.delivery').label).toBe(label);
  });

  it('is in its own words alone when no language is asked for', async () => {
    const { body, headers } = await app.http.get('/v1/vocabularies/ccx-core').expect(200);
    expect(body.language).toBeUndefined();
    expect(headers['content-language']).toBeUndefined();
    expect(body.attributes[0].label).toBeUndefined();
  });

  it('speaks no other languages', async () => {
    const { body } = await app.http.get('/v1/vocabularies/ccx-core?language=fr').expect(400);
    expect(body.errors[0].pointer).toBe('query/language');
  });

  it('has no release that was never made', async () => {
    const { body } = await app.http.get('/v1/vocabularies/ccx-core/9.9.9').expect(404);
    expect(body.type).toBe(`${app.url}/problems/vocabulary-release-not-found`);
    await app.http.get('/v1/vocabularies/another').expect(404);
  });

  it('takes no parameters', async () => {
    await app.http.get('/v1/vocabularies?language=de').expect(400);
  });
});
