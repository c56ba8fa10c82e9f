import { randomBytes } from 'node:crypto';

import { v7 as uuidv7 } from 'uuid';

import { customerKey } from '../platform/customer-key.js';
import { customerOfToken, makeCustomerToken } from './customer-token.js';

describe('a customer’s token', () => {
  const customer = customerKey(uuidv7());

  it.each(['session', 'personal'] as const)('names its customer and that it is of a %s', (kind) => {
    const token = makeCustomerToken(kind, customer, randomBytes(32));
    expect(customerOfToken(token)).toEqual({ kind, customer });
  });

  it('shows by its prefix what it is', () => {
    expect(makeCustomerToken('session', customer, randomBytes(32))).toMatch(/^ccx_st_[A-Za-z0-9_-]{64}$/);
    expect(makeCustomerToken('personal', customer, randomBytes(32))).toMatch(/^ccx_pt_[A-Za-z0-9_-]{64}$/);
  });

  it.each([
    ['nothing', ''],
    ['another prefix', `ccx_ss_${'A'.repeat(64)}`],
    ['too little', `ccx_st_${'A'.repeat(63)}`],
    ['too much', `ccx_st_${'A'.repeat(65)}`],
    ['another alphabet', `ccx_st_${'A'.repeat(63)}+`],
    ['sixteen bytes that are no UUID', `ccx_st_${Buffer.alloc(48, 0x11).toString('base64url')}`],
    ['a line break behind it', `ccx_st_${'A'.repeat(64)}\n`],
  ])('is not read out of %s', (_, text) => {
    expect(customerOfToken(text)).toBeNull();
  });
});
