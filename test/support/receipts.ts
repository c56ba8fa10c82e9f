import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { compactVerify, createLocalJWKSet, type JSONWebKeySet } from 'jose';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { RECEIPT_SCHEMA_FILE } from '../../src/consents/receipt-schema.js';
import type { TestApp } from './app.js';

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
addFormats.default(ajv);
const committed: unknown = JSON.parse(readFileSync(join(__dirname, '..', '..', RECEIPT_SCHEMA_FILE), 'utf8'));
const validate = ajv.compile(committed as object);

export async function publishedKeys(app: TestApp): Promise<JSONWebKeySet> {
  const { body } = await app.http.get('/oauth/jwks').expect(200);
  return body;
}

/**
 * What a receipt says, once it has been verified as anybody can do it: with the published keys, against the committed
 * schema, and without asking the service.
 */
// What a receipt holds is for each test to say.
// oxlint-disable-next-line typescript/no-explicit-any
export async function verified(keys: JSONWebKeySet, jws: string): Promise<any> {
  const { payload, protectedHeader } = await compactVerify(jws, createLocalJWKSet(keys), { algorithms: ['ES256'] });
  expect(protectedHeader.typ).toBe('consent-receipt+jwt');
  const receipt: unknown = JSON.parse(Buffer.from(payload).toString());
  expect(validate(receipt) ? [] : validate.errors).toEqual([]);
  return receipt;
}
