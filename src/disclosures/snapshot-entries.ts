import { Injectable } from '@nestjs/common';

import { Config } from '../platform/config/config.js';
import { Pepper } from '../platform/crypto/pepper.js';
import { open, seal } from '../platform/crypto/seal.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { JsonObject } from '../platform/json.js';
import { EffectivePreferenceDto } from './answer.dto.js';
import type { Answer } from './answering.service.js';
import { scattered } from './scattered.js';
import type { Snapshot } from './snapshot.entity.js';
import type { SealedEntry, StandingEntry } from './snapshots.queries.js';

/** The `typ` of a part. No other JWS of ours has it, so that none can be taken for the other (RFC 8725 §3.11). */
export const SNAPSHOT_TYP = 'ccx-snapshot+jwt';

/** Where the status list of a snapshot is. */
export const statusListPath = (snapshotId: string): string => `/v1/status-lists/${snapshotId}`;

/**
 * What stands in snapshots: sealed one by one with the keys of their customers while they are kept, in clear and signed
 * together when they are fetched. They are signed with the key of the receipts: whoever verifies one has long had that
 * key, which stays published; keys of their own would be wrapped by the same KEK and used by the same process, and so
 * protect nothing.
 */
@Injectable()
export class SnapshotEntries {
  constructor(
    private readonly keys: SubjectKeys,
    private readonly pepper: Pepper,
    private readonly signingKeys: SigningKeys,
    private readonly config: Config,
  ) {}

  /** The `n`-th entry of a snapshot, as it is kept. */
  seal(snapshot: Snapshot, listSize: number, customer: CustomerKey, answer: Answer, n: number): SealedEntry {
    const { subject, consent, circumstances, vocabulary, view, disclosureId } = answer;
    const validUntil = view.validUntil < snapshot.expiresAt ? view.validUntil : snapshot.expiresAt;
    const entry = {
      subject,
      consent: { id: consent.id, version: consent.version },
      stage: circumstances.stage,
      valid_until: validUntil.toISOString(),
      vocabulary: vocabulary.version,
      preferences: view.preferences.map(EffectivePreferenceDto.of),
      disclosure_id: disclosureId,
    };
    const profileKey = this.keys.unwrapProfileKey(customer, consent.profileKey);
    return {
      customer,
      consent: { id: consent.id, version: consent.version },
      idx: scattered(n, listSize, this.pepper.derive(`status list ${snapshot.id}`)),
      sealed: seal(profileKey, JSON.stringify(entry), aadOf(snapshot.id)),
    };
  }

  /** A part as tills get it: a compact JWS. */
  sign(snapshot: Snapshot, part: number, entries: readonly StandingEntry[], now: Date): Promise<string> {
    const { id, retailerId, touchpoint, purpose, place, parts, expiresAt } = snapshot;
    return this.signingKeys.signToKeep(SNAPSHOT_TYP, {
      iss: this.config.issuer,
      aud: retailerId,
      jti: `${id}.${part}`,
      iat: secondsOf(now),
      exp: secondsOf(expiresAt),
      snapshot: { id, part, parts, touchpoint, purpose, store: place?.store ?? null },
      entries: entries.map((entry) => ({ ...this.open(snapshot, entry), status: this.statusOf(snapshot, entry) })),
    });
  }

  private open(snapshot: Snapshot, { customer, profileKey, sealed }: StandingEntry): JsonObject {
    const key = this.keys.unwrapProfileKey(customer, profileKey);
    return JSON.parse(open(key, sealed, aadOf(snapshot.id)).toString()) as JsonObject;
  }

  /** As a token refers to its bit (draft-ietf-oauth-status-list-21 §6.1). */
  private statusOf({ id }: Snapshot, { idx }: SealedEntry): JsonObject {
    return { status_list: { idx, uri: this.config.issuer + statusListPath(id) } };
  }
}

function aadOf(snapshotId: string): string {
  return `snapshot:${snapshotId}`;
}

/** As JWTs count time. */
export function secondsOf(time: Date): number {
  return Math.floor(time.getTime() / 1000);
}
