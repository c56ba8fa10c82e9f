import { inflateSync } from 'node:zlib';

import { statusList } from './status-list.js';

const bytesOf = ({ lst }: { lst: string }) => [...inflateSync(Buffer.from(lst, 'base64url'))];

describe('a status list', () => {
  it('counts bits from the lowest one of each byte, as the draft has it', () => {
    expect(bytesOf(statusList(16, [0, 2, 15]))).toEqual([0b1111_1010, 0b0111_1111]);
  });

  it('says that everything is invalid that is not named', () => {
    expect(bytesOf(statusList(1024, []))).toEqual(Array(128).fill(0xff));
  });

  it('says how wide its entries are', () => {
    expect(statusList(8, []).bits).toBe(1);
  });
});
