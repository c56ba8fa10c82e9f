import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';

export type RefusalType = 'session.refused' | 'recovery.refused';

export type CustomerEventType =
  | 'customer.registered'
  | 'customer.updated'
  | 'customer.recovered'
  | 'session.started'
  | 'session.ended'
  | 'personal-token.made'
  | 'personal-token.revoked'
  | 'password.changed'
  | 'recovery-codes.renewed'
  | 'passkey.added'
  | 'passkey.removed'
  | 'delegation.offered'
  | 'delegation.accepted'
  | 'delegation.narrowed'
  | 'delegation.ended'
  | 'delegation.expired'
  | 'delegation.lapsed';

export interface CustomerEvent {
  type: CustomerEventType;
  at: Date;
  customer: CustomerKey;
  /** Who did it; the customer, unless told. */
  actor?: Actor;
  /** The id of what it happened to. */
  subject: string;
  data?: JsonObject;
}

/** What happens to accounts, told to the log and to the outbox alike. */
@Injectable()
export class CustomerJournal {
  constructor(
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  /** Writes what happened to a customer’s account as one audit entry and one outbox event, in the transaction in which it happens. */
  async record(tx: Tx, event: CustomerEvent): Promise<void> {
    const { type, at, customer, actor = { kind: 'customer' }, subject, data = {} } = event;
    await this.audit.append(tx, { type, at, actor, customer, data });
    await this.outbox.enqueue(tx, { type, at, customer, subject, data });
  }

  /**
   * Writes that somebody was refused, whom nobody knows. An address without an account is recorded, too: it takes as
   * long, so that time tells nothing, and guessing shows in the log whoever it is aimed at.
   */
  async recordRefusal(tx: Tx, type: RefusalType, customer: CustomerKey | null, at: Date): Promise<void> {
    const whose = customer ?? undefined;
    await this.audit.append(tx, { type, at, actor: { kind: 'system' }, customer: whose });
    await this.outbox.enqueue(tx, { type, at, customer: whose, subject: whose?.customerId ?? 'unknown', data: {} });
  }
}
