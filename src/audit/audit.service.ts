import { Injectable } from '@nestjs/common';

import { CustomerKeysMissingError, pseudonymOf, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { bucketOf, type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import type { Statement } from '../platform/database/pipelined.js';
import type { JsonObject } from '../platform/json.js';
import { Random } from '../platform/random.js';
import { type CommittedLeaf, makeLeaf } from './leaf.js';
import { insertPending, insertPendingStatement, type PendingRow } from './pending.queries.js';

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

interface Entry extends CommittedLeaf {
  readonly event: AuditEvent;
  readonly id: string;
  readonly auditKey: Buffer;
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
   *
   * @throws CustomerKeysMissingError when the customer is being erased, or never was
   */
  async append(tx: Tx, event: AuditEvent): Promise<AuditReference> {
    const [reference] = await this.appendAll(tx, [event]);
    return reference as AuditReference;
  }

  /** The same for many entries at once, with one statement, and their references in the same order. */
  async appendAll(tx: Tx, events: readonly AuditEvent[]): Promise<AuditReference[]> {
    const auditKeys = await this.auditKeysOf(tx, events);
    const entries = events.map((event, index) => this.commitTo(event, auditKeys[index] as Buffer));
    const customers = [...new Set(events.flatMap(({ customer }) => customer?.customerId ?? []))].map(customerKey);
    const rows = entries.map(pendingRow);
    const written = await insertPending(tx, rows, customers);
    if (written < entries.length) throw new CustomerKeysMissingError('There are no keys of this customer.');
    return entries.map(({ id, leafHash }) => ({ id, leafHash }));
  }

  /** An entry about no customer, and the statement that writes it, for a transaction that is sent at once. */
  entryOf(event: Omit<AuditEvent, 'customer'>): { reference: AuditReference; statement: Statement } {
    const entry = this.commitTo(event, this.keys.logKey);
    const { id, leafHash } = entry;
    return { reference: { id, leafHash }, statement: insertPendingStatement(pendingRow(entry)) };
  }

  private commitTo(event: AuditEvent, auditKey: Buffer): Entry {
    const id = this.random.id();
    return { event, id, auditKey, ...makeLeaf(auditKey, id, toJson(event)) };
  }

  private async auditKeysOf(tx: Tx, events: readonly AuditEvent[]): Promise<Buffer[]> {
    const customers = events.flatMap(({ customer }) => customer ?? []);
    const keys = await this.keys.ofAll(tx, customers);
    const byCustomer = new Map(customers.map(({ customerId }, index) => [customerId, keys[index]?.auditKey]));
    return events.map(({ customer }) => (customer && byCustomer.get(customer.customerId)) ?? this.keys.logKey);
  }
}

function pendingRow({ event, id, auditKey, leafHash, commitment, sealed }: Entry): PendingRow {
  return {
    bucket: event.customer?.bucket ?? (event.retailerId ? bucketOf(event.retailerId) : 0),
    id,
    type: event.type,
    at: event.at,
    leaf_hash: leafHash,
    commitment,
    sealed,
    pseudonym: event.customer ? pseudonymOf(auditKey) : null,
    retailer_id: event.retailerId ?? null,
    purposes: event.purposes ?? [],
    attributes: event.attributes ?? [],
    consent_version: event.consent?.version ?? null,
  };
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
