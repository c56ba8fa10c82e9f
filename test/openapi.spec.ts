import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { methods, type OpenApiOperation } from '../src/openapi/types.js';
import { DOCUMENT_PATH } from '../src/openapi/document-path.js';
import { VocabularyService } from '../src/vocabulary/vocabulary.service.js';
import { startApp, type TestApp } from './support/app.js';

const committed = parse(readFileSync(join(__dirname, '..', DOCUMENT_PATH), 'utf8')) as TestApp['document'];

let app: TestApp;
beforeAll(async () => {
  app = await startApp();
});
afterAll(() => app.stop());

interface Media {
  readonly example?: unknown;
  readonly examples?: object;
}

function operations(): OpenApiOperation[] {
  return Object.values(committed.paths).flatMap((item) => methods.flatMap((method) => item[method] ?? []));
}

/** The media of these parts that hold JSON without an example, by what they belong to. */
function withoutExample({ operationId }: OpenApiOperation, part: unknown, name: string): string[] {
  const { content = {} } = part as { content?: Record<string, Media> };
  return Object.entries(content)
    .filter(([type, { example, examples }]) => /\bjson\b/.test(type) && example === undefined && examples === undefined)
    .map(([type]) => `${operationId} ${name} ${type}`);
}

describe('the API description', () => {
  it('is served as it is committed: `npm run openapi` writes it', async () => {
    const { body } = await app.http.get('/openapi.json').expect(200);
    expect(body).toEqual(committed);
  });

  it('shows an example of every answer', () => {
    const missing = operations().flatMap((operation) =>
      Object.entries(operation.responses).flatMap(([status, answer]) => withoutExample(operation, answer, status)),
    );
    expect(missing).toEqual([]);
  });

  it('shows answers under the current release of the vocabulary', () => {
    const { version } = app.get(VocabularyService).current();
    const shown = JSON.stringify(committed).matchAll(/vocabulary(?:_version)?\\*":\s*\\*"(\d+\.\d+\.\d+)/g);
    const versions = Array.from(shown, ([, found]) => found);
    expect(versions.length).toBeGreaterThan(5);
    expect([...new Set(versions)]).toEqual([version]);
  });

  it('says of every group of operations what it is for', () => {
    expect(committed.tags?.filter(({ description }) => !description)).toEqual([]);
  });
});

describe('its page', () => {
  it('loads nothing from elsewhere', async () => {
    const { text, headers } = await app.http.get('/docs/').expect(200);
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self'");
    expect(text).not.toMatch(/(src|href)="https?:/);
    for (const [, file] of text.matchAll(/(?:src|href)="\.\/([\w.-]+)"/g)) {
      await app.http.get(`/docs/${file}`).expect(200);
    }
    await app.http.get('/docs').expect(308).expect('location', '/docs/');
  });

  it('shows nothing else of the package that it comes from', async () => {
    await app.http.get('/docs/package.json').expect(404);
    await app.http.get('/docs/..%2f..%2fpackage.json').expect(404);
  });

  it('signs in with the client for development, which a strict service does not have', async () => {
    const { text } = await app.http.get('/docs/swagger-ui-init.js').expect(200);
    expect(text).toContain('"clientId":"ccx-docs"');
    const strict = await startApp({ config: { OAUTH_PROFILE: 'strict' } });
    const answer = await strict.http.get('/docs/swagger-ui-init.js').expect(200);
    expect(answer.text).not.toContain('ccx-docs');
    await strict.stop();
  });
});
