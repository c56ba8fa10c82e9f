import fc from 'fast-check';

import { MalformedJsonError } from '../errors.js';
import { DEEPEST_JSON, parseJson } from './json.js';

const parse = (text: string): unknown => parseJson(Buffer.from(text));

function refusal(body: string | Buffer): MalformedJsonError {
  try {
    parseJson(Buffer.from(body as string));
  } catch (error) {
    if (error instanceof MalformedJsonError) return error;
    throw error;
  }
  throw new Error('The body was taken.');
}

describe('a JSON body', () => {
  it('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
        const text = JSON.stringify(value);
        fc.pre(!text.includes('__proto__') && !text.includes('"constructor"') && !text.includes('\\u'));
        expect(parse(text)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('may be empty, or begin with a byte order mark', () => {
    expect(parse('')).toBeUndefined();
    expect(parse('\ufeff{"a":1}')).toEqual({ a: 1 });
  });

  it.each([
    ['cut short', '{"a":'],
    ['with single quotes', "{'a':1}"],
    ['with a trailing comma', '[1,]'],
    ['a colon out of place', '[1:2]'],
    ['closing too much', '}}}}'],
  ])('is refused %s, without being quoted', (_, text) => {
    expect(refusal(text).message).toMatch(/^The body is not well-formed JSON( at character \d+)?\.$/);
  });

  it('is refused when it is not UTF-8', () => {
    expect(refusal(Buffer.from([0x22, 0xc3, 0x28, 0x22])).message).toBe('The body is not valid UTF-8.');
    expect(refusal(Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])).message).toBe('The body is not valid UTF-8.');
  });

  it.each([DEEPEST_JSON + 1, 200, 100_000])('is refused when it is nested %i deep', (depth) => {
    expect(refusal('['.repeat(depth) + ']'.repeat(depth)).message).toContain(`${DEEPEST_JSON} levels`);
    expect(refusal('{"a":'.repeat(depth)).message).toContain(`${DEEPEST_JSON} levels`);
  });

  it('may be nested as deep as the limit says', () => {
    expect(parse('['.repeat(DEEPEST_JSON) + ']'.repeat(DEEPEST_JSON))).toBeDefined();
    expect(parse(`"${'['.repeat(100)}"`)).toHaveLength(100);
  });

  it('is refused when it repeats a member name', () => {
    expect(refusal('{"a":1,"b":{"c":1,"c":2}}').message).toContain('repeats a member name');
    expect(parse('{"a":":","b":{"a":"\\":"}}')).toBeDefined();
  });

  it.each([
    ['a NUL in a string', '{"a":[{"b":"x\\u0000y"}]}', '/a/0/b'],
    ['a NUL in a name', '{"a/b":{"x\\u0000":1}}', '/a~1b/x\u2400'],
    ['half a surrogate pair', '{"a":"\\ud800"}', '/a'],
    ['a number without end', '{"a":1e400}', '/a'],
    ['a prototype', '{"a":{"__proto__":{"admin":true}}}', '/a/__proto__'],
    ['a constructor', '{"constructor":{"prototype":{}}}', '/constructor'],
    ['an object out of all proportion', `{"a":{${Array.from({ length: 2001 }, (_, n) => `"${n}":1`).join()}}}`, '/a'],
  ])('is refused for %s, which is pointed at', (_, text, pointer) => {
    expect(refusal(text).errors).toEqual([{ pointer, detail: expect.any(String) }]);
  });
});
