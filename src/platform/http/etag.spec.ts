import { PreconditionFailedError, PreconditionRequiredError } from '../errors.js';
import { matchesIfNoneMatch, requireIfMatch, strongEtag } from './etag.js';

describe('an ETag', () => {
  it('is the same for the same parts only', () => {
    expect(strongEtag('consent', 1)).toBe(strongEtag('consent', 1));
    const others = [
      strongEtag('consent', 2),
      strongEtag('consent', '1'),
      strongEtag('consen', 't1'),
      strongEtag('consent', 1, null),
    ];
    expect(new Set([strongEtag('consent', 1), ...others]).size).toBe(5);
    expect(strongEtag('consent', 1)).toMatch(/^"[\w-]{22}"$/);
  });
});

describe('If-Match', () => {
  it('is required, must be current, and may be any', () => {
    expect(() => requireIfMatch(undefined, '"a"')).toThrow(PreconditionRequiredError);
    expect(() => requireIfMatch(' ', '"a"')).toThrow(PreconditionRequiredError);
    expect(() => requireIfMatch('"b"', '"a"')).toThrow(PreconditionFailedError);
    expect(() => requireIfMatch('a', '"a"')).toThrow(PreconditionFailedError);
    expect(() => requireIfMatch('"a"', '"a"')).not.toThrow();
    expect(() => requireIfMatch('"b", "a"', '"a"')).not.toThrow();
    expect(() => requireIfMatch('*', '"a"')).not.toThrow();
  });

  it('never takes a weak validator', () => {
    expect(() => requireIfMatch('W/"a"', '"a"')).toThrow(PreconditionFailedError);
  });
});

describe('If-None-Match', () => {
  it('is met by the representation at hand, weakly compared', () => {
    expect(matchesIfNoneMatch(undefined, '"a"')).toBe(false);
    expect(matchesIfNoneMatch('"b"', '"a"')).toBe(false);
    expect(matchesIfNoneMatch('"b", W/"a"', '"a"')).toBe(true);
    expect(matchesIfNoneMatch('*', '"a"')).toBe(true);
  });
});
