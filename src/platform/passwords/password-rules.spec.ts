import { mayBePassword, passwordFault } from './password-rules.js';

const email = 'mira@example.org';

describe('a new password', () => {
  it.each([
    ['a sentence', 'three geese over the canal'],
    ['twelve characters of any kind', 'xk 7!?ab-cde'],
    ['twelve emoji', '🦆🌊🚲🍞🧀🫖🌷🦔🐌🪨🌾🕯'],
    ['256 characters', 'abc '.repeat(63) + 'what'],
    ['letters of any script', 'пять гусей над каналом'],
    ['leading and trailing spaces', '  three geese  '],
  ])('may be %s', (_, password) => {
    expect(passwordFault(password, email)).toBeNull();
  });

  it.each([
    ['eleven characters', 'elevenchars'],
    ['eleven emoji, which are 22 code units', '🦆🌊🚲🍞🧀🫖🌷🦔🐌🪨🌾'],
    ['257 characters', `${'abcd'.repeat(64)}e`],
    ['megabytes', 'a'.repeat(5_000_000)],
  ])('may not be %s', (_, password) => {
    expect(passwordFault(password, email)).toBe('must have 12 to 256 characters');
  });

  it.each(['mira@example.org', 'MIRA@example.org', 'ｍira@example.org'])('may not be the address: %s', (password) => {
    expect(passwordFault(password, email)).toBe('must not be the e-mail address');
  });

  it.each([
    'password1234',
    'Password12345',
    'QWERTYUIOP12',
    '123456789012',
    '210987654321',
    'abcdefghijklm',
    'abababababab',
    'zzzzzzzzzzzzzzz',
  ])('may not be what everybody tries: %s', (password) => {
    expect(passwordFault(password, email)).toBe('is among the first that somebody would try');
  });
});

describe('a text', () => {
  it('can be a password up to 256 code points', () => {
    expect(mayBePassword('x')).toBe(true);
    expect(mayBePassword('🦆'.repeat(256))).toBe(true);
    expect(mayBePassword('🦆'.repeat(257))).toBe(false);
    expect(mayBePassword('')).toBe(false);
  });
});
