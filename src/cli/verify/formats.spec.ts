import fc from 'fast-check';

import { parseAnchors } from './anchors.js';
import { parseCheckpoint } from './checkpoint.js';
import { canonical, type Json, parseJson } from './json.js';
import { parseKey, parseNote, verifiedSignatures } from './note.js';
import { parsePolicy } from './policy.js';
import { parseTlogProof } from './tlog-proof.js';

// From the documentation of Go's package golang.org/x/mod/sumdb/note.
const vkey = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const note =
  'If you think cryptography is the answer to your problem,\n' +
  "then you don't know what your problem is.\n" +
  '\n' +
  '— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n' +
  '— EnochRoot rwz+eBzmZa0SO3NbfRGzPCpDckykFXSdeX+MNtCOXm2/5n2tiOHp+vAF1aGrQ5ovTG01oOTGwnWLox33WWd1RvMc+QQ=\n';
const [w1, w2, w3] = [
  'w1.example+58c4e8d6+BBpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  'w2.example+551e647a+BAEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEB',
  'w3.example+00000000+BAICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIC',
];

describe('a signed note', () => {
  it('of Go’s documentation verifies, whoever else has signed it', () => {
    expect(verifiedSignatures(parseNote(note, 'it'), [parseKey(vkey)], 'it')).toMatchObject([{ at: 0 }]);
  });

  it('does not verify once anything of it was changed', () => {
    const changed = parseNote(note.replace('answer', 'answers'), 'it');
    expect(() => verifiedSignatures(changed, [parseKey(vkey)], 'it')).toThrow('does not have the signature');
  });

  it.each([
    ['without signatures', 'text\n'],
    ['that does not end its last line', note.slice(0, -1)],
    ['with a line that is no signature', note.replace('— Enoch', '- Enoch')],
    ['with control characters', note.replace('you', '\t')],
    ['with a signature of two encodings', note.replace('+QQ=', '+QR=')],
  ])('%s is refused', (_, text) => {
    expect(() => parseNote(text, 'it')).toThrow(/^it /);
  });

  it.each([
    ['with another id', vkey.replace('c74f', 'c74e')],
    ['of another type', vkey.replace('+AR', '+Ax')],
    ['that is too short', vkey.slice(0, -4)],
    ['without a name', vkey.slice(vkey.indexOf('+'))],
  ])('is not verified with a key %s', (_, key) => {
    expect(() => parseKey(key)).toThrow(/^".*" (is no verifier key|is of a type|has an id)/);
  });
});

describe('a checkpoint', () => {
  const root = Buffer.alloc(32, 7).toString('base64');
  const signature = note.split('\n').slice(3).join('\n');
  const of = (text: string) => () => parseCheckpoint(`${text}\n${signature}`, 'it');

  it('may have lines of its own after the root', () => {
    expect(of(`origin\n12\n${root}\nmore\n`)()).toMatchObject({ origin: 'origin', size: 12 });
  });

  it.each([
    ['a size with a zero before it', `origin\n012\n${root}\n`],
    ['a size that is not exact', `origin\n9007199254740993\n${root}\n`],
    ['a root that is too short', 'origin\n12\nAAAA\n'],
    ['an empty line', `origin\n12\n${root}\n\nmore\n`],
    ['nothing', '\n'],
  ])('with %s is refused', (_, text) => {
    expect(of(text)).toThrow('it is no checkpoint');
  });
});

describe('a policy', () => {
  it('tells which witnesses are enough, in groups of groups', () => {
    const keys = [w1, w2].map((key) => parseKey(key as string));
    const policy = parsePolicy(
      [
        '# two of them',
        '',
        `log ${vkey} https://log.example`,
        ` witness\tX1  ${w1}`,
        `witness X2 ${w2} https://w2.example`,
      ]
        .concat('group both all X1 X2', 'group either any both', 'quorum either')
        .join('\n'),
    );
    expect(policy.logs).toEqual([parseKey(vkey)]);
    const [one, two] = policy.witnesses;
    expect([one, two]).toEqual(keys);
    expect([[], [one!], [two!], [one!, two!]].map((cosigned) => policy.isQuorum(cosigned))).toEqual([
      false,
      false,
      false,
      true,
    ]);
  });

  it('may ask for no witness', () => {
    expect(parsePolicy('quorum none').isQuorum([])).toBe(true);
  });

  it.each<[string, string[]]>([
    ['has no quorum line', [`log ${vkey}`]],
    ['line 2 of the policy is a second quorum', ['quorum none', 'quorum none']],
    ['line 1 of the policy names "X", which no line before it defines', ['quorum X']],
    ['line 2 of the policy has a key that is there already', [`log ${vkey}`, `log ${vkey}`]],
    ['line 1 of the policy has a key that is not a log’s'.replace('’', "'"), [`log ${w1}`]],
    ['line 2 of the policy defines "X" again', [`witness X ${w1}`, `witness X ${w2}`]],
    ['line 1 of the policy defines "none" again', [`witness none ${w1}`]],
    ['line 2 of the policy asks for "2" of 1', [`witness X ${w1}`, 'group G 2 X']],
    ['line 2 of the policy asks for "0" of 1', [`witness X ${w1}`, 'group G 0 X']],
    ['line 3 of the policy cannot have the member "X"', [`witness X ${w1}`, 'group G any X', 'group H any X']],
    ['line 2 of the policy cannot have the member "none"', [`witness X ${w1}`, 'group G any none']],
    ['has an id that is not its key', [`witness X ${w3}`]],
    ['line 1 of the policy is none of', ['trust everybody']],
    ['control characters', ['quorum none\u0000']],
  ])('is refused: %s', (why, lines) => {
    expect(() => parsePolicy(lines.join('\n'))).toThrow(why);
  });
});

describe('a proof', () => {
  const checkpoint = `origin\n12\n${Buffer.alloc(32).toString('base64')}\n\n— PeterNeumann x08go/ZJkuBS9UE=\n`;
  const hash = Buffer.alloc(32, 1).toString('base64');

  it('has an index, hashes and a checkpoint, and may have more that is not verified', () => {
    const proof = parseTlogProof(`c2sp.org/tlog-proof@v1\nextra AAAA\nindex 7\n${hash}\n${hash}\n\n${checkpoint}`);
    expect(proof).toMatchObject({ index: 7, checkpoint: { size: 12 } });
    expect(proof.path).toHaveLength(2);
    expect(parseTlogProof(`c2sp.org/tlog-proof@v1\nindex 0\n\n${checkpoint}`).path).toEqual([]);
  });

  it.each([
    ['of another version', `c2sp.org/tlog-proof@v2\nindex 7\n\n${checkpoint}`],
    ['without an index', `c2sp.org/tlog-proof@v1\n${hash}\n\n${checkpoint}`],
    ['with an index that begins with a zero', `c2sp.org/tlog-proof@v1\nindex 07\n\n${checkpoint}`],
    ['with a hash that is too short', `c2sp.org/tlog-proof@v1\nindex 7\nAAAA\n\n${checkpoint}`],
    [
      'with more hashes than a tree has levels',
      `c2sp.org/tlog-proof@v1\nindex 7\n${`${hash}\n`.repeat(65)}\n${checkpoint}`,
    ],
    ['of nothing', ''],
  ])('%s is refused', (_, text) => {
    expect(() => parseTlogProof(text)).toThrow(/the proof/);
  });
});

describe('a file of anchors', () => {
  const checkpoint = `origin\n12\n${Buffer.alloc(32).toString('base64')}\n\n— PeterNeumann x08go/ZJkuBS9UE=\n`;

  it('has each with its time, but for those that were cut short', () => {
    const text = `--- 2026-11-20T10:00:00Z\n${checkpoint}--- 2026-11-20T10:00:01Z\norigin\n1\n--- 2026-11-20T10:00:02Z\n${checkpoint}`;
    expect(parseAnchors(text).map(({ at }) => at)).toEqual(['2026-11-20T10:00:00Z', '2026-11-20T10:00:02Z']);
    expect(parseAnchors(checkpoint)).toHaveLength(1);
    expect(() => parseAnchors('--- 2026-11-20T10:00:00Z\n')).toThrow('there is no anchor');
  });
});

describe('JSON', () => {
  it('is canonical as RFC 8785 says (§3.2.2, §3.2.3)', () => {
    const text = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
      "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
    expect(canonical(parseJson(text, 'it'))).toBe(
      String.raw`{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\u000f\nA'B\"\\\\\"/"}`,
    );
    const names = '{"\\u20ac":1,"\\r":2,"\\ufb33":3,"1":4,"\\ud83d\\ude00":5,"\\u0080":6,"\\u00f6":7}';
    expect(Object.values(JSON.parse(canonical(parseJson(names, 'it'))) as object).toSorted()).toHaveLength(7);
    expect(canonical(parseJson(names, 'it'))).toBe('{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}');
  });

  it('is read as JSON.parse reads it, whatever it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
        expect(parseJson(JSON.stringify(value), 'it')).toEqual(JSON.parse(JSON.stringify(value)));
        expect(JSON.parse(canonical(value as Json))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it.each([
    ['with a member twice', '{"a":1,"b":{"a":2},"a":3}'],
    ['with a member twice, deeper', '[{"a":[{"b":1,"b":2}]}]'],
    ['with a member twice, written otherwise', '{"a":1,"\\u0061":2}'],
  ])('%s is refused', (_, text) => {
    expect(() => parseJson(text, 'it')).toThrow('it has a member twice');
  });

  it('may have one name in several objects, and values that are names', () => {
    expect(parseJson('[{"a":"a"},{"a":["a","a"]},"a","a"]', 'it')).toHaveLength(4);
  });
});
