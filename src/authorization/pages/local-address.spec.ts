import { localAddress } from './local-address.js';

const issuer = 'https://ccx.example';

describe('an address to lead back to', () => {
  it.each(['/account', '/account/requests/1?x=y', '/interaction/abc'])('may be %s', (address) => {
    expect(localAddress(address, issuer)).toBe(address);
  });

  it.each([
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example',
    '/../..//evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    'javascript:alert(1)',
    'account',
    '',
    undefined,
    ['/account'],
  ])('is not %j', (address) => {
    expect(localAddress(address, issuer)).toBeUndefined();
  });
});
