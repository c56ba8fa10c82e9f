import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { signatureTypes, verifierKey } from '../crypto/verifier-key.js';
import { ConfigError, loadConfig } from './config.js';
import { loadPolicy } from './log-policy.js';

const folder = mkdtempSync(join(tmpdir(), 'ccx-policy-'));
const path = join(folder, 'policy');
afterAll(() => rmSync(folder, { recursive: true }));

const { vkey } = verifierKey('witness.example/w', signatureTypes.cosignature, Buffer.alloc(32, 1));

function faults(content: string | Uint8Array | null): readonly string[] {
  if (content !== null) writeFileSync(path, content);
  try {
    loadConfig({ LOG_POLICY_FILE: content === null ? join(folder, 'nowhere') : path });
    return [];
  } catch (error) {
    return (error as ConfigError).faults;
  }
}

describe('LOG_POLICY_FILE', () => {
  it('may be left out: nobody is asked to watch', () => {
    expect(loadPolicy(loadConfig({}))).toEqual({ witnesses: [], groups: [], quorum: 'none' });
  });

  it('says whom to ask and how many have to answer', () => {
    expect(faults(`witness W ${vkey} https://witness.example/\nquorum W\n`)).toEqual([]);
    expect(loadPolicy(loadConfig({ LOG_POLICY_FILE: path }))).toMatchObject({
      witnesses: [{ name: 'W', url: 'https://witness.example/' }],
      quorum: 'W',
    });
  });

  it.each([
    ['is not there', null, 'LOG_POLICY_FILE names a file that cannot be read'],
    ['is no text', Uint8Array.of(0xff, 0xfe), 'LOG_POLICY_FILE names a file that cannot be read as text in UTF-8'],
    ['has a fault', 'quorum W\n', 'LOG_POLICY_FILE, line 1: W is not defined on a line before'],
    ['has a witness without a way to it', `witness W ${vkey}\nquorum W`, 'must have a URL for the witness W'],
  ])('keeps the service from starting when it %s', (_, content, fault) => {
    expect(faults(content)).toEqual([expect.stringContaining(fault)]);
  });
});
