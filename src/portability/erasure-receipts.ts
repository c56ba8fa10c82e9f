import { Injectable } from '@nestjs/common';

import type { AuditReference } from '../audit/audit.service.js';
import { Config } from '../platform/config/config.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import type { Erasure } from './erasure.entity.js';

const ERASURE_RECEIPT_TYPE = 'erasure-receipt+jwt';

/** What the customer can show for an erasure. */
@Injectable()
export class ErasureReceipts {
  constructor(
    private readonly signingKeys: SigningKeys,
    private readonly config: Config,
  ) {}

  /** A JWS that says what was erased, and when, and not of whom: it carries the log's promise to contain the same. */
  sign(
    { id, requestedAt, beganAt, counts }: Erasure,
    { at, retailers, entry }: { at: Date; retailers: number; entry: AuditReference },
  ): Promise<string> {
    return this.signingKeys.signToKeep(ERASURE_RECEIPT_TYPE, {
      iss: this.config.issuer,
      iat: Math.floor(at.getTime() / 1000),
      jti: id,
      requested_at: requestedAt.toISOString(),
      account_ended_at: beganAt?.toISOString() ?? null,
      erased_at: at.toISOString(),
      erased: counts,
      retailers_told: retailers,
      log: { entry: entry.id, leaf_hash: entry.leafHash.toString('base64') },
    });
  }
}
