import fc from 'fast-check';

import { signatureTypes, verifierKey } from './verifier-key.js';
import { isQuorum, parsePolicy, policyText } from './witness-policy.js';

const vkey = (name: string, type: number = signatureTypes.cosignature) =>
  verifierKey(name, type, Buffer.alloc(32, name)).vkey;
const witness = (name: string) => `witness ${name} ${vkey(`${name}.example`)} https://${name}.example/`;
const log = vkey('ccx.example/log/v1', signatureTypes.ed25519);

// The example of the specification.
const twoLevels = `# who watches
log ${log} https://ccx.example/log/v1

${['X1', 'X2', 'X3'].map(witness).join('\n')}
group X-witnesses 2 X1 X2 X3
${['Y1', 'Y2', 'Y3'].map(witness).join('\n')}
\tgroup  Y-witnesses any Y1 Y2 Y3
group X-and-Y all X-witnesses Y-witnesses
quorum X-and-Y
`;

describe('a witness policy', () => {
  it.each([
    [['X1', 'X2', 'Y3'], true],
    [['X1', 'X2', 'X3', 'Y1', 'Y2', 'Y3'], true],
    [['X1', 'Y1', 'Y2', 'Y3'], false],
    [['X1', 'X2', 'X3'], false],
    [['X1', 'X2', 'X-and-Y'], false],
    [[], false],
  ])('of two levels has its quorum in %j: %s', (cosigned, expected) => {
    expect(isQuorum(parsePolicy(twoLevels), new Set(cosigned))).toBe(expected);
  });

  it('may ask for one witness, or for none', () => {
    expect(isQuorum(parsePolicy(`${witness('W')}\nquorum W`), new Set(['W']))).toBe(true);
    expect(isQuorum(parsePolicy(`${witness('W')}\nquorum W`), new Set())).toBe(false);
    expect(isQuorum(parsePolicy('quorum none\n'), new Set())).toBe(true);
  });

  it('is written for others with the keys of the log, without the way to the witnesses, and means the same', () => {
    const policy = parsePolicy(twoLevels);
    const text = policyText([log], policy);
    expect(text).not.toContain('https:');
    expect(text.startsWith(`log ${log}\nwitness X1 X1.example+`)).toBe(true);
    const read = parsePolicy(text);
    const names = policy.witnesses.map(({ name }) => name);
    fc.assert(
      fc.property(fc.subarray(names), (some) =>
        expect(isQuorum(read, new Set(some))).toBe(isQuorum(policy, new Set(some))),
      ),
    );
  });

  it.each([
    ['', 'there is no quorum line'],
    ['quorum none\nquorum none', 'line 2: there is a quorum line already'],
    ['quorum W', 'line 1: W is not defined on a line before'],
    [`quorum W\n${witness('W')}`, 'line 1: W is not defined'],
    [`${witness('W')}\n${witness('W')}`, 'line 2: the key of W.example is there already'],
    [`${witness('W')}\nwitness W ${vkey('other')}`, 'line 2: there is a W already'],
    [`witness none ${vkey('w')}`, 'line 1: none cannot be a name'],
    [`witness W ${vkey('w', signatureTypes.ed25519)}`, 'line 1: w+'],
    ['witness W w+00000000+BA==', 'is not a verifier key of type 0x04'],
    [`witness W ${vkey('w')} ftp://w.example`, 'is not an http or https URL'],
    [`log ${vkey('l')}`, 'is not a verifier key of type 0x01'],
    [`log ${log} u v`, 'a log has a key and at most a URL'],
    [`${witness('W')}\ngroup G any`, 'line 2: a group has'],
    [`${witness('W')}\ngroup G 2 W`, 'line 2: 2 is not all, any, or a number from 1 to 1'],
    [`${witness('W')}\ngroup G 0 W`, 'line 2: 0 is not all'],
    [`${witness('W')}\ngroup G all W none`, 'line 2: none is not defined'],
    [`${witness('W')}\ngroup G all W\ngroup H all W`, 'line 3: W is a member of a group already'],
    ['constructor x', 'line 1: constructor is not log, witness, group or quorum'],
    ['quorum none\r', 'line 1: has a control character'],
  ])('that says %j is refused: %s', (text, fault) => {
    expect(() => parsePolicy(text)).toThrow(fault);
  });
});
