import { parse } from 'uuid';

import { decryptBlock, encryptBlock } from '../platform/crypto/block.js';

const SUBJECT = /^[A-Za-z0-9_-]{22}$/;

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
  return SUBJECT.test(subject) ? decryptBlock(engagementKey, Buffer.from(subject, 'base64url')) : null;
}

/** How an engagement names a consent, for the same reason. */
export function consentRef(engagementKey: Buffer, consentId: string): string {
  return encryptBlock(engagementKey, parse(consentId)).toString('base64url');
}
