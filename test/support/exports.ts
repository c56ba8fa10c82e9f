import { createHash } from 'node:crypto';

import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';

import type { TestCustomer } from './actors.js';
import type { TestApp } from './app.js';
import { asText } from './streamed.js';

// Plain jose and node:crypto, no code of CCX: whoever has an export and the published keys can do the same.

export interface Line {
  readonly kind: string;
  // As it comes: tests look into it.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly record: Record<string, any>;
}

export interface Exported {
  readonly text: string;
  /** All but the manifest. */
  readonly lines: readonly Line[];
  readonly manifest: string;
}

/** An export line by line. */
export async function exported(customer: TestCustomer, kind = 'everything'): Promise<Exported> {
  const { text } = await customer.api
    .get(`/v1/me/export?kind=${kind}`)
    .buffer(true)
    .parse(asText)
    .expect(200)
    .then(({ body }) => ({ text: body as string }));
  return parsed(text);
}

export function parsed(text: string): Exported {
  const lines = text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line);
  const last = lines.at(-1);
  if (last?.kind !== 'manifest') throw new Error('The export has no manifest.');
  return { text, lines: lines.slice(0, -1), manifest: last.record['jws'] as string };
}

/** What the manifest says, once its signature was verified with the published keys. */
export async function manifestOf(app: TestApp, jws: string): Promise<Record<string, unknown>> {
  const { body } = await app.http.get('/oauth/jwks').expect(200);
  const keys = createLocalJWKSet(body as JSONWebKeySet);
  const { payload, protectedHeader } = await compactVerify(jws, keys, { algorithms: ['ES256'] });
  if (protectedHeader.typ !== 'ccx-export+jwt') throw new Error(`It is of the type ${protectedHeader.typ}.`);
  return JSON.parse(new TextDecoder().decode(payload)) as Record<string, unknown>;
}

/** RFC 8785 for what has no numbers beyond whole ones: members in the order of their names. */
export function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

export function sha256Of(lines: readonly Line[]): string {
  const hash = createHash('sha256');
  for (const line of lines) hash.update(`${canonical(line)}\n`);
  return hash.digest('hex');
}

/** The part of an export that another broker takes in, byte for byte. */
export function contentOf({ lines }: Exported): string {
  return lines
    .filter(({ kind }) => kind === 'statement')
    .map((line) => `${canonical(line)}\n`)
    .join('');
}
