import type { Response } from 'supertest';

import { LongJobs } from '../../src/platform/jobs/long-jobs.js';
import type { Attribute } from '../../src/vocabulary/attribute.js';
import type { CodeList } from '../../src/vocabulary/code-lists.js';
import type { ChangeLevel } from '../../src/vocabulary/release-level.js';
import { following } from '../../src/vocabulary/semantic-version.js';
import { VocabularyService } from '../../src/vocabulary/vocabulary.service.js';
import type { TestStaff } from './actors.js';
import type { TestApp } from './app.js';
import { eventually } from './eventually.js';

/** What an operator sends of a release, but for its version. */
export interface TestChange {
  readonly attributes?: readonly object[];
  readonly code_lists?: Readonly<Record<string, object>>;
  readonly upcasts?: readonly object[];
}

/** An attribute as an operator sends it: as it is now, but for what is to change. */
export function definitionOf(app: TestApp, path: string, change: Partial<Attribute> = {}): object {
  const attribute = app
    .get(VocabularyService)
    .newest()
    .release.attributes.find((one) => one.path === path)!;
  const { category: _, cardinality: __, alias_of: ___, key_from, ...rest } = { ...attribute, ...change };
  return { ...rest, ...(key_from !== null && { key_from }) };
}

export function codeListOf(app: TestApp, name: string): CodeList {
  return app.get(VocabularyService).newest().release.code_lists[name]!;
}

/** An attribute that there was not. */
export const aNewAttribute = (path: string, change: object = {}) => ({
  path,
  labels: { en: 'Gift wrap', de: 'Geschenkpapier' },
  description: { en: 'How gifts are wrapped.', de: 'Wie Geschenke verpackt werden.' },
  value_schema: {
    type: 'object',
    properties: { paper: { type: 'string', enum: ['plain', 'festive'] } },
    required: ['paper'],
    additionalProperties: false,
  },
  merge: 'replace',
  strengths: ['want'],
  sensitivity: 'ordinary',
  inferable: true,
  touchpoints: ['till', 'web'],
  default: { value: null, text: { en: 'Nothing is wrapped.', de: 'Nichts wird verpackt.' } },
  example: { paper: 'festive' },
  ...change,
});

export function versionOf(app: TestApp, level: ChangeLevel): string {
  return following(app.get(VocabularyService).newest().release.version, level);
}

/** Drafts a release, and waits for what it would do. */
export async function drafted(
  app: TestApp,
  operator: TestStaff,
  level: ChangeLevel,
  change: TestChange,
): Promise<string> {
  const version = versionOf(app, level);
  await operator.api
    .post('/v1/admin/vocabularies')
    .send({ version, ...change })
    .expect(201);
  await untilChecked(app, operator, version);
  return version;
}

/** The service may be at the check itself, or leave it to the test. */
export async function untilChecked(app: TestApp, operator: TestStaff, version: string): Promise<void> {
  await app.get(LongJobs).work();
  await eventually(async () => {
    const { body } = await operator.api.get(`/v1/admin/vocabularies/${version}`).expect(200);
    expect(['succeeded', undefined]).toContain(body.check?.status);
  });
}

export const publish = (operator: TestStaff, version: string, body: object = {}) =>
  operator.api.post(`/v1/admin/vocabularies/${version}/publish`).send(body);

/** The same, until it is in force. */
export async function released(
  app: TestApp,
  operator: TestStaff,
  level: ChangeLevel,
  change: TestChange,
): Promise<string> {
  const version = await drafted(app, operator, level, change);
  await publish(operator, version).expect(200);
  app.clock.advance({ seconds: 61 });
  return version;
}

export const pointersOf = ({ body }: Response): string[] =>
  (body.errors as { pointer: string }[]).map(({ pointer }) => pointer);
