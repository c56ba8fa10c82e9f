import { inflateSync } from 'node:zlib';

import { createRemoteJWKSet, jwtVerify } from 'jose';

/**
 * What somebody else's till does with a snapshot: nothing here knows more of the broker than its address and what the
 * standards say (RFC 8414, RFC 7515, the IETF's Token Status List).
 */
export class OfflineTill {
  private readonly held = new Map<string, HeldEntry>();

  constructor(
    private readonly issuer: string,
    private readonly retailerId: string,
  ) {}

  /** Takes a part in, after it has verified it. */
  async load(part: string, now: Date): Promise<Record<string, unknown>> {
    const { payload } = await jwtVerify(part, await this.keys(), {
      issuer: this.issuer,
      audience: this.retailerId,
      typ: 'ccx-snapshot+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'iat', 'jti'],
      currentDate: now,
    });
    const until = Number(payload.exp) * 1000;
    for (const entry of payload['entries'] as SnapshotEntry[]) this.held.set(entry.subject, { entry, until });
    return payload;
  }

  get subjects(): string[] {
    return [...this.held.keys()].toSorted();
  }

  /** What may be used of a customer: nothing once the time is up, or where the status list says so. */
  async preferencesOf(subject: string, now: Date): Promise<SnapshotEntry['preferences'] | null> {
    const held = this.held.get(subject);
    if (!held) return null;
    const { entry, until } = held;
    if (now.getTime() >= Math.min(until, Date.parse(entry.valid_until))) return null;
    const { idx, uri } = entry.status.status_list;
    return (await this.bit(uri, idx, now)) === 0 ? entry.preferences : null;
  }

  /** The bit of an entry, from a list that is fetched now. */
  async bit(uri: string, idx: number, now: Date): Promise<number> {
    const response = await fetch(uri, { headers: { accept: 'application/statuslist+jwt' } });
    if (response.status !== 200) return 1;
    if (response.headers.get('content-type') !== 'application/statuslist+jwt')
      throw new Error('This is no status list.');
    const { payload } = await jwtVerify(await response.text(), await this.keys(), {
      subject: uri,
      typ: 'statuslist+jwt',
      algorithms: ['ES256'],
      requiredClaims: ['exp', 'iat', 'ttl', 'sub'],
      currentDate: now,
    });
    const { bits, lst } = payload['status_list'] as { bits: number; lst: string };
    if (bits !== 1) throw new Error(`This till knows no lists with ${bits} bits.`);
    const bytes = inflateSync(Buffer.from(lst, 'base64url'));
    const byte = bytes[Math.floor(idx / 8)];
    if (byte === undefined) throw new RangeError(`The list has no bit ${idx}.`);
    return Math.floor(byte / 2 ** (idx % 8)) % 2;
  }

  private async keys() {
    const metadata = await fetch(`${this.issuer}/.well-known/oauth-authorization-server`);
    const { jwks_uri } = (await metadata.json()) as { jwks_uri: string };
    return createRemoteJWKSet(new URL(jwks_uri));
  }
}

interface SnapshotEntry {
  readonly subject: string;
  readonly valid_until: string;
  readonly preferences: readonly { attribute: string; key: string | null; value: unknown; strength: string }[];
  readonly disclosure_id: string;
  readonly status: { readonly status_list: { readonly idx: number; readonly uri: string } };
}

interface HeldEntry {
  readonly entry: SnapshotEntry;
  readonly until: number;
}
