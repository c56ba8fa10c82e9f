import { base32Of, codeAt, secretOf, stepOfCode, totpUri } from './totp.js';

// RFC 6238, appendix B: this secret, its times, the last six digits of its codes.
const secret = Buffer.from('12345678901234567890');
const at = (seconds: number) => new Date(seconds * 1000);

describe('a code by time', () => {
  it.each([
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ])('at %d is that of RFC 6238', (seconds, code) => {
    expect(codeAt(secret, at(seconds))).toBe(code);
    expect(stepOfCode(secret, code, at(seconds), 0)).toBe(Math.floor(seconds / 30));
  });

  it('counts one step before and after its own, and no further', () => {
    const code = codeAt(secret, at(3000));
    expect([2940, 2970, 3000, 3030, 3060].map((seconds) => stepOfCode(secret, code, at(seconds), 0))).toEqual([
      null,
      100,
      100,
      100,
      null,
    ]);
  });

  it('counts only after the step that was accepted last', () => {
    const code = codeAt(secret, at(3000));
    expect(stepOfCode(secret, code, at(3000), 99)).toBe(100);
    expect(stepOfCode(secret, code, at(3000), 100)).toBeNull();
    expect(stepOfCode(secret, codeAt(secret, at(2970)), at(3000), 100)).toBeNull();
  });

  it.each(['', '1234567', 'abcdef', '١٢٣٤٥٦'])('is not %p', (code) => {
    expect(stepOfCode(secret, code, at(59), 0)).toBeNull();
  });
});

describe('the secret of codes', () => {
  it('is typed in base32, and read back', () => {
    expect(base32Of(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(secretOf('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ')).toEqual(secret);
  });

  it('is in the address that apps read', () => {
    expect(totpUri(secret, 'ada@staff.example')).toBe(
      `otpauth://totp/CCX:ada%40staff.example?issuer=CCX&secret=${base32Of(secret)}&algorithm=SHA1&digits=6&period=30`,
    );
  });
});
