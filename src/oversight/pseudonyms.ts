import { parse } from 'uuid';

import { decryptBlocks, encryptBlock } from '../platform/crypto/block.js';

const SUBJECT = /^[A-Za-z0-9_-]{22}$/;
const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/**
 * How an engagement names a customer: the log's pseudonym as one block under the engagement's own key, so that two
 * engagements cannot put their findings together.
 *
 * @param engagementKey 32 bytes.
 */
export function subjectFor(engagementKey: Buffer, pseudonym: Buffer): string {
  return encryptBlock(engagementKey, pseudonym).toString('base64url');
}

/** The log's pseudonym behind a subject of this engagement, or null when it is malformed. */
export function pseudonymBehind(engagementKey: Buffer, subject: string): Buffer | null {
  return SUBJECT.test(subject) ? decryptBlocks(engagementKey, Buffer.from(subject, 'base64url')) : null;
}

/** How an engagement names a consent, for the same reason. */
export function consentRef(engagementKey: Buffer, consentId: string): string {
  return encryptBlock(engagementKey, parse(consentId)).toString('base64url');
}

/** The id of the consent behind a reference of this engagement, or null when it can be none. */
export function consentBehind(engagementKey: Buffer, ref: string): string | null {
  if (!SUBJECT.test(ref)) return null;
  const id = asUuid(decryptBlocks(engagementKey, Buffer.from(ref, 'base64url')));
  // Of what another engagement calls a consent, hardly anything decrypts to an id of ours.
  return UUID_7.test(id) ? id : null;
}

function asUuid(block: Buffer): string {
  return block.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
