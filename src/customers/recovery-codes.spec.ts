import { randomBytes } from 'node:crypto';

import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';

import { customerKey } from '../platform/customer-key.js';
import { hashRecoveryCode, RECOVERY_CODE_BYTES, writeRecoveryCode } from './recovery-codes.js';

const key = randomBytes(32);
const customer = customerKey(uuidv7());
const someBytes = fc.uint8Array({ minLength: RECOVERY_CODE_BYTES, maxLength: RECOVERY_CODE_BYTES });

describe('a recovery code', () => {
  it('is four groups of letters and digits that nobody misreads', () => {
    fc.assert(
      fc.property(someBytes, (bytes) => {
        expect(writeRecoveryCode(Buffer.from(bytes))).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){3}$/);
      }),
    );
  });

  it('is another one for other bytes', () => {
    fc.assert(
      fc.property(someBytes, someBytes, (a, b) => {
        const same = Buffer.from(a).equals(Buffer.from(b));
        expect(writeRecoveryCode(Buffer.from(a)) === writeRecoveryCode(Buffer.from(b))).toBe(same);
      }),
    );
  });

  it('is the same however it is typed', () => {
    const code = '7Q2M-9F0A-K41T-0B8Z';
    const stored = hashRecoveryCode(key, customer, code);
    for (const typed of ['7q2m-9f0a-k41t-0b8z', '7Q2M9F0AK41T0B8Z', ' 7Q2M 9FOA K4IT OB8Z ', '7q2m-9foa-k4lt-ob8z']) {
      expect(hashRecoveryCode(key, customer, typed)).toEqual(stored);
    }
  });

  it('is stored as another hash for another customer', () => {
    const code = writeRecoveryCode(randomBytes(RECOVERY_CODE_BYTES));
    expect(hashRecoveryCode(key, customerKey(uuidv7()), code)).not.toEqual(hashRecoveryCode(key, customer, code));
  });
});
