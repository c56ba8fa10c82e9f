import { isOfSources } from './source-prefixes.js';

describe('a client that is bound to sources', () => {
  it.each([
    ['/tills', '/tills', true],
    ['/tills', '/tills/17', true],
    ['/tills/', '/tills/17', true],
    ['/tills/1', '/tills/17', false],
    ['/tills/1', '/tills/1/a', true],
    ['/tills', '/Tills/17', false],
    ['/tills', '/kiosks/1', false],
    ['urn:albatross:tills', 'urn:albatross:tills:17', true],
    ['urn:albatross:till', 'urn:albatross:tills:17', false],
    ['https://albatross.example/shop', 'https://albatross.example/shop?lane=3', true],
    ['https://albatross.example', 'https://albatross.example.evil.example/', false],
  ])('with the prefix %s, may report from %s: %s', (prefix, source, may) => {
    expect(isOfSources([prefix], source)).toBe(may);
    expect(isOfSources(['/elsewhere', prefix], source)).toBe(may);
  });

  it('may report from any when it has no prefixes', () => {
    expect(isOfSources([], '/anywhere')).toBe(true);
  });
});
