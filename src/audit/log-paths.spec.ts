import fc from 'fast-check';

import { type LogResource, parseResource, resourcePath, widthIn } from './log-paths.js';

const parsed = (path: string) => {
  const [, level = '', rest = ''] = /^tile\/([^/]+)\/(.*)$/.exec(path) ?? [];
  return parseResource(level, rest);
};

describe('the path of a tile', () => {
  it.each<[LogResource, string]>([
    [{ level: 0, index: 0, width: 256 }, 'tile/0/000'],
    [{ level: 0, index: 273, width: 112 }, 'tile/0/273.p/112'],
    [{ level: 2, index: 1_234_067, width: 256 }, 'tile/2/x001/x234/067'],
    [{ level: 'entries', index: 1000, width: 1 }, 'tile/entries/x001/000.p/1'],
  ])('of %j is %s', (resource, path) => {
    expect(resourcePath(resource)).toBe(path);
    expect(parsed(path)).toEqual(resource);
  });

  it('leads back to the tile that it was made of', () => {
    const resources = fc.record({
      level: fc.oneof(fc.constant('entries' as const), fc.integer({ min: 0, max: 63 })),
      index: fc.maxSafeNat(),
      width: fc.integer({ min: 1, max: 256 }),
    });
    fc.assert(fc.property(resources, (resource) => expect(parsed(resourcePath(resource))).toEqual(resource)));
  });

  it.each([
    'tile/00/000',
    'tile/64/000',
    'tile/-1/000',
    'tile/data/000',
    'tile/0/0',
    'tile/0/0000',
    'tile/0/x000/001',
    'tile/0/001/002',
    'tile/0/x001',
    'tile/0/000.p/0',
    'tile/0/000.p/256',
    'tile/0/000.p/01',
    'tile/0/000.p/',
    'tile/0/000/',
    'tile/0/../0/000',
    'tile/0/x999/x999/x999/x999/x999/999',
    'tile/0/',
  ])('is not %s', (path) => {
    expect(parsed(path)).toBeNull();
  });
});

describe('how wide a tile is', () => {
  // The example of the specification: a tree of 70,000.
  it.each([
    [0, 272, 256],
    [0, 273, 112],
    [0, 274, 0],
    ['entries', 273, 112],
    [1, 0, 256],
    [1, 1, 17],
    [2, 0, 1],
    [3, 0, 0],
    [63, 0, 0],
  ] as const)('at level %s, index %i is %i of 70,000', (level, index, width) => {
    expect(widthIn(70_000, { level, index })).toBe(width);
  });
});
