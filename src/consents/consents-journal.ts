import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { CustomerKeysMissingError, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { Consent } from './consent.entity.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { type ConsentChange, ConsentVersion } from './consent-version.entity.js';
import { attributesOf, purposesOf } from './detail.js';

export interface Happening {
  at: Date;
  actor: Actor;
  data?: JsonObject;
}

export type RequestChange = 'opened' | 'refused' | 'lapsed';

/** The one place from which the log, the outbox and the history of versions learn what happens to consents. */
@Injectable()
export class ConsentsJournal {
  constructor(
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly keys: SubjectKeys,
  ) {}

  /** Writes the version that a change has made, one audit entry and one outbox event. */
  async consentChanged(
    tx: Tx,
    consent: Consent,
    change: ConsentChange,
    { at, actor, data = {} }: Happening,
  ): Promise<void> {
    const { bucket, customerId, id, retailerId, version, status, details, expiresAt, noticeHash } = consent;
    await tx.insert(ConsentVersion, {
      bucket,
      customerId,
      consentId: id,
      version,
      change,
      status,
      details,
      expiresAt,
      noticeHash,
      actor,
      at,
    });
    const type = `consent.${change}`;
    const customer = customerKey(customerId);
    const told = { ...data, use: consent.use, status, expires_at: expiresAt.toISOString() };
    await this.outbox.enqueue(tx, { type, at, customer, retailerId, subject: id, data: { ...told, version } });
    await this.audit.append(tx, {
      type,
      at,
      actor,
      customer,
      retailerId,
      consent: { id, version },
      purposes: purposesOf(details),
      attributes: attributesOf(details),
      data: { ...told, ...(noticeHash && { notice: noticeHash.toString('hex') }) },
    });
  }

  /** Writes one audit entry and one outbox event about a request that led to no consent, or not yet. */
  async requestChanged(
    tx: Tx,
    request: ConsentRequest,
    change: RequestChange,
    { at, actor, data = {} }: Happening,
  ): Promise<void> {
    const { id, retailerId, clientId, origin, details } = request;
    const type = `consent-request.${change}`;
    const customer = await this.nameable(tx, customerKey(request.customerId));
    const told = { ...data, request_id: id, origin, client_id: clientId };
    await this.outbox.enqueue(tx, { type, at, customer, retailerId, subject: id, data: told });
    await this.audit.append(tx, {
      type,
      at,
      actor,
      customer,
      retailerId,
      purposes: purposesOf(details),
      attributes: attributesOf(details),
      data: told,
    });
  }

  // A request to an address that nobody has does the same work as any other and names nobody in the end.
  private async nameable(tx: Tx, customer: CustomerKey): Promise<CustomerKey | undefined> {
    try {
      await this.keys.of(tx, customer);
      return customer;
    } catch (error) {
      if (error instanceof CustomerKeysMissingError) return undefined;
      throw error;
    }
  }
}
