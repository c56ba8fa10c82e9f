import { redirectFault } from './redirects.js';

const strict = { allowLoopback: false };
const development = { allowLoopback: true };

describe('an address that people are sent to', () => {
  it.each(['https://shop.example/callback', 'https://shop.example/callback?from=ccx', 'https://shop.example:8443/'])(
    'may be %s',
    (uri) => {
      expect(redirectFault(uri, strict)).toBeNull();
    },
  );

  it.each([
    ['plain http', 'http://shop.example/callback'],
    ['a fragment', 'https://shop.example/callback#top'],
    ['an empty fragment', 'https://shop.example/callback#'],
    ['a user name', 'https://me@shop.example/'],
    ['a wildcard', 'https://*.shop.example/'],
    ['a backslash', 'https://shop.example\\@evil.example/'],
    ['a line break', 'https://shop.example/\ncallback'],
    ['a scheme that runs', 'javascript:alert(1)'],
    ['no scheme', '//shop.example/callback'],
    ['a path alone', '/callback'],
    ['endless length', `https://shop.example/${'a'.repeat(2_000)}`],
  ])('is refused with %s', (_, uri) => {
    expect(redirectFault(uri, development)).not.toBeNull();
  });

  it.each(['http://127.0.0.1:4000/callback', 'http://localhost/', 'http://[::1]:80/'])(
    'may be %s on a development service only',
    (uri) => {
      expect(redirectFault(uri, development)).toBeNull();
      expect(redirectFault(uri, strict)).toBe('must be https');
    },
  );

  it('is not on this machine because its name begins like it', () => {
    expect(redirectFault('http://localhost.evil.example/', development)).not.toBeNull();
    expect(redirectFault('http://127.0.0.1.evil.example/', development)).not.toBeNull();
  });
});
