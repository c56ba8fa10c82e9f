import { Spool } from './spool.js';

describe('a spool', () => {
  it('gives back what it was given, in any order and while it grows', () => {
    const spool = new Spool<{ text: string }>();
    const texts = ['short', 'ä'.repeat(2_000_000), '', 'x'.repeat(1_000_000), 'last'];
    for (const [index, text] of texts.entries()) {
      spool.add({ text });
      expect(spool.at(index).text).toBe(text);
    }
    expect(spool.length).toBe(5);
    expect([4, 1, 3, 0, 2].map((index) => spool.at(index).text)).toEqual([4, 1, 3, 0, 2].map((index) => texts[index]));
    expect(() => spool.at(5)).toThrow(RangeError);
    spool.close();
  });
});
