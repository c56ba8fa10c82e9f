import { Injectable } from '@nestjs/common';
import { timingSafeEqual } from 'node:crypto';

import { Pepper } from '../../platform/crypto/pepper.js';
import { hmac } from '../../platform/crypto/seal.js';

/**
 * Proof that a form was sent from a page of ours to the very person it was made for: no other site can make one
 * (CSRF). It is bound to the visit, to the session as it was when the page was made, and to what the form does.
 */
@Injectable()
export class FormTokens {
  private readonly key: Buffer;

  constructor(pepper: Pepper) {
    this.key = pepper.derive('form tokens');
  }

  make(...bound: readonly string[]): string {
    return hmac(this.key, JSON.stringify(bound)).toString('base64url');
  }

  /** Compares without telling by its time how much was right. */
  areSame(expectedToken: string, given: unknown): boolean {
    const expected = Buffer.from(expectedToken);
    const actual = Buffer.from(typeof given === 'string' ? given : '');
    return actual.length === expected.length && timingSafeEqual(actual, expected);
  }
}
