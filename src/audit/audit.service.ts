import { Injectable } from '@nestjs/common';

import { pseudonymOf, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { bucketOf, type CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { makeLeaf } from './leaf.js';

/** Who did it. A customer has no id here: the entry's pseudonym says who, for those who may know. */
export interface Actor {
  kind: 'customer' | 'retailer' | 'operator' | 'auditor' | 'system';
  id?: string;
  client?: string;
  /** The delegation by which somebody acted for the customer. */
  delegation?: { readonly id: string };
}

/** Who did it, as it is written down. */
export interface RecordedActor extends Omit<Actor, 'delegation'> {
  delegation?: string;
}

export function recordedActor({ kind, id, client, delegation }: Actor): RecordedActor {
  return { kind, ...(id && { id }), ...(client && { client }), ...(delegation && { delegation: delegation.id }) };
}

export interface AuditEvent {
  /** What happened, as noun.verb: `consent.given`. */
  type: string;
  at: Date;
  actor: Actor;
  /** Whose it is; left out for what concerns no customer. */
  customer?: CustomerKey;
  retailerId?: string;
  consent?: { id: string; version: number };
  purposes?: readonly string[];
  attributes?: readonly string[];
  /** More about it. Never a preference value, a name or an address. */
  data?: JsonObject;
}

export interface AuditReference {
  id: string;
  /** The RFC 6962 leaf hash: what a receipt carries and the log promises to contain. */
  leafHash: Buffer;
}

/** The way into the log. It knows no domain. */
@Injectable()
export class AuditService {
  constructor(
    private readonly keys: SubjectKeys,
    private readonly random: Random,
  ) {}

  /**
   * Records what happened, in the transaction in which it happens: both are kept or neither is. Takes no lock and
   * counts nothing; the sequencer gives the entry its index afterwards.
   */
  async append(tx: Tx, event: AuditEvent): Promise<AuditReference> {
    const id = this.random.id();
    const auditKey = event.customer ? (await this.keys.of(tx, event.customer)).auditKey : this.keys.logKey;
    const { leafHash, sealed } = makeLeaf(auditKey, id, toJson(event));
    await tx.query(
      `insert into audit_pending
         (bucket, id, type, at, leaf_hash, sealed, pseudonym, retailer_id, purposes, attributes, consent_version)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        event.customer?.bucket ?? (event.retailerId ? bucketOf(event.retailerId) : 0),
        id,
        event.type,
        event.at,
        leafHash,
        sealed,
        event.customer ? pseudonymOf(auditKey) : null,
        event.retailerId ?? null,
        event.purposes ?? [],
        event.attributes ?? [],
        event.consent?.version ?? null,
      ],
    );
    return { id, leafHash };
  }
}

function toJson({ type, at, actor, retailerId, consent, purposes, attributes, data }: AuditEvent): JsonObject {
  return {
    type,
    at: at.toISOString(),
    actor: { ...recordedActor(actor) },
    ...(retailerId && { retailer_id: retailerId }),
    ...(consent && { consent: { id: consent.id, version: consent.version } }),
    ...(purposes && { purposes: [...purposes] }),
    ...(attributes && { attributes: [...attributes] }),
    ...(data && { data }),
  };
}
