import { createHash, createHmac, hkdfSync } from 'node:crypto';

import { makeLeaf, nonceOf, openLeaf } from './leaf.js';

const key = Buffer.alloc(32, 7);
const id = '0192f0c1-7a54-7c3e-8f10-3d5f6a7b8c9d';
const event = { type: 'consent.given', at: '2026-11-21T09:30:00.000Z', actor: { kind: 'customer' } };

describe('an audit leaf', () => {
  it('is the RFC 6962 hash of a commitment to the canonical event, and of nothing else', () => {
    const nonceKey = Buffer.from(hkdfSync('sha256', key, Buffer.alloc(0), 'audit nonce', 32));
    const nonce = createHmac('sha256', nonceKey).update(id).digest();
    const jcs = '{"actor":{"kind":"customer"},"at":"2026-11-21T09:30:00.000Z","type":"consent.given"}';
    const commitment = createHash('sha256').update(nonce).update(jcs).digest('base64url');
    const leaf = createHash('sha256').update(Buffer.of(0)).update(`{"c":"${commitment}","v":1}`).digest();
    expect(nonceOf(key, id)).toEqual(nonce);
    expect(makeLeaf(key, id, event).leafHash).toEqual(leaf);
  });

  it('opens to the event under its own key and id only', () => {
    const leaf = makeLeaf(key, id, event);
    expect(openLeaf(key, id, leaf)).toEqual({ event, commitment: leaf.commitment, intact: true });
    expect(() => openLeaf(Buffer.alloc(32, 8), id, leaf)).toThrow('does not open');
    expect(() => openLeaf(key, id.replace('0192', '0193'), leaf)).toThrow('does not open');
  });

  it('tells when it is another event than the one that it commits to', () => {
    const { leafHash } = makeLeaf(key, id, event);
    const { sealed } = makeLeaf(key, id, { ...event, type: 'consent.withdrawn' });
    expect(openLeaf(key, id, { leafHash, sealed })).toMatchObject({ intact: false });
  });

  it('does not show that two customers did the same', () => {
    expect(makeLeaf(Buffer.alloc(32, 8), id, event).leafHash).not.toEqual(makeLeaf(key, id, event).leafHash);
  });
});
