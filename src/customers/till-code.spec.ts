import { makeTillCode, spellTillCode, tillCodeIn } from './till-code.js';

describe('a till code', () => {
  it('has twelve digits, whatever the bytes', () => {
    expect(makeTillCode(Buffer.alloc(8))).toBe('000000000000');
    expect(makeTillCode(Buffer.alloc(8, 0xff))).toBe('744073709551615'.slice(-12));
  });

  it('is read in groups of four', () => {
    expect(spellTillCode('012345678901')).toBe('0123 4567 8901');
  });

  it.each(['012345678901', '0123 4567 8901', '0123-4567-8901'])('is found in %s', (typed) => {
    expect(tillCodeIn(typed)).toBe('012345678901');
  });

  it.each(['', '01234567890', '0123456789012', '01234567890a', '٠١٢٣٤٥٦٧٨٩٠١'])('is not found in “%s”', (typed) => {
    expect(tillCodeIn(typed)).toBeNull();
  });
});
