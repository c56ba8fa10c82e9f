import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';

import { customerKey } from '../customer-key.js';
import { decodeSubject, encodeSubject } from './pairwise.js';

const retailer = Buffer.alloc(32, 1);
const other = Buffer.alloc(32, 2);
const customerId = fc.constant(0).map(() => uuidv7());

describe('a pairwise subject', () => {
  it('leads back to the customer for its own retailer', () => {
    fc.assert(
      fc.property(customerId, (id) => {
        expect(decodeSubject(encodeSubject(id, retailer), retailer)).toEqual(customerKey(id));
      }),
    );
  });

  it('is always the same for one retailer and another one for every other', () => {
    const id = uuidv7();
    expect(encodeSubject(id, retailer)).toBe(encodeSubject(id, retailer));
    expect(encodeSubject(id, other)).not.toBe(encodeSubject(id, retailer));
  });

  it('never leads another retailer to the customer', () => {
    fc.assert(
      fc.property(customerId, (id) => {
        expect(decodeSubject(encodeSubject(id, retailer), other)?.customerId).not.toBe(id);
      }),
    );
  });

  it('is nobody when it is malformed', () => {
    fc.assert(fc.property(fc.string(), (text) => expect(decodeSubject(text, retailer)).toBeNull()));
    expect(decodeSubject(`p2${encodeSubject(uuidv7(), retailer).slice(2)}`, retailer)).toBeNull();
  });
});
