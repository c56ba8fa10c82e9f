import { Injectable } from '@nestjs/common';

import { type Actor, AuditService, recordedActor } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { sha256 } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { actingIn } from '../platform/http/access.js';
import { canonicalJson, type JsonObject, type JsonValue } from '../platform/json.js';
import type { Consent } from './consent.entity.js';
import type { ConsentRequest } from './consent-request.entity.js';
import { type ConsentChange, ConsentVersion } from './consent-version.entity.js';
import { attributesOf, purposesOf } from './detail.js';
import { ReceiptIssuer } from './receipt-issuer.js';
import type { Receipt } from './receipts.dto.js';
import type { RuleRef } from './rule.js';

export interface Happening {
  at: Date;
  actor: Actor;
  /** More about it, for the log and the outbox. Never a preference value, a name or an address. */
  data?: JsonObject;
  /** The standing rule that decided in the customer's place. */
  rule?: RuleRef | null;
  /** The request that was decided by it. */
  requestId?: string;
  /** What the customer had approved beforehand, by which it was decided. Nobody but them and the log is told. */
  preApprovalId?: string;
  /** What the customer was shown, or would have been, where no consent carries it. */
  noticeHash?: Buffer;
}

export type RequestChange = 'opened' | 'shown' | 'refused' | 'lapsed' | 'pre_approved' | 'completed';

/** The one place from which the log, the outbox, the history of versions and both holders of receipts learn of it. */
@Injectable()
export class ConsentsJournal {
  constructor(
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly keys: SubjectKeys,
    private readonly receipts: ReceiptIssuer,
  ) {}

  /** Writes the version that a change has made, one audit entry, one outbox event and one receipt, which it answers. */
  async consentChanged(tx: Tx, consent: Consent, change: ConsentChange, happening: Happening): Promise<Receipt> {
    const { at, actor, data = {}, rule = null, requestId, preApprovalId } = happening;
    const { bucket, customerId, id, retailerId, version, status, details, maxReadsPerDay, expiresAt, noticeHash } =
      consent;
    await tx.insert(ConsentVersion, {
      bucket,
      customerId,
      consentId: id,
      version,
      change,
      status,
      details,
      maxReadsPerDay,
      expiresAt,
      noticeHash,
      actor: recordedActor(actor),
      rule,
      at,
    });
    const type = `consent.${change}`;
    const customer = customerKey(customerId);
    const told = {
      ...data,
      ...(requestId !== undefined && { request_id: requestId }),
      ...(rule && { rule_id: rule.id }),
      use: consent.use,
      status,
      expires_at: expiresAt.toISOString(),
      max_reads_per_day: maxReadsPerDay,
    };
    await this.outbox.enqueue(tx, {
      type,
      at,
      customer,
      retailerId,
      subject: id,
      data: { ...told, ...actingIn(actor), version },
    });
    const audit = await this.audit.append(tx, {
      type,
      at,
      actor,
      customer,
      retailerId,
      consent: { id, version },
      purposes: purposesOf(details),
      attributes: attributesOf(details),
      data: {
        ...told,
        ...(preApprovalId !== undefined && { pre_approval_id: preApprovalId }),
        ...(noticeHash && { notice: noticeHash.toString('hex') }),
        // Binds the lines to the log: who shows others later shows that they are not what was given.
        details: sha256(canonicalJson(details as unknown as JsonValue)).toString('hex'),
      },
    });
    return this.receipts.ofChange(tx, consent, change, { at, actor, rule, requestId: requestId ?? null, audit });
  }

  /**
   * Writes one audit entry and one outbox event about a request that led to no consent, or not yet. A refusal, and what
   * is approved beforehand, has a receipt, too, which it answers.
   */
  async requestChanged(
    tx: Tx,
    request: ConsentRequest,
    change: RequestChange,
    { at, actor, data = {}, rule = null, noticeHash }: Happening,
  ): Promise<Receipt | null> {
    const { id, retailerId, clientId, origin } = request;
    const details = request.asked();
    const type = `consent-request.${change}`;
    const customer = await this.nameable(tx, customerKey(request.customerId));
    const told = {
      ...data,
      ...(rule && { rule_id: rule.id }),
      ...(noticeHash && { notice: noticeHash.toString('hex') }),
      request_id: id,
      origin,
      client_id: clientId,
    };
    // Whoever passes events on to retailers goes by their id: what tells that somebody is there, is not for them.
    const isForRetailer = change !== 'shown' && !request.isHiddenFromRetailer();
    const addressee = isForRetailer ? retailerId : undefined;
    await this.outbox.enqueue(tx, {
      type,
      at,
      customer,
      retailerId: addressee,
      subject: id,
      data: { ...told, ...actingIn(actor) },
    });
    const audit = await this.audit.append(tx, {
      type,
      at,
      actor,
      customer,
      retailerId,
      purposes: purposesOf(details),
      attributes: attributesOf(details),
      data: told,
    });
    const hasReceipt = change === 'refused' || change === 'pre_approved';
    if (!hasReceipt || !customer || !noticeHash) return null;
    return this.receipts.ofRequest(tx, request, change, { at, actor, rule, noticeHash, audit });
  }

  // A request to an address that nobody has does the same work as any other and names nobody in the end.
  private async nameable(tx: Tx, customer: CustomerKey): Promise<CustomerKey | undefined> {
    return (await this.keys.hold(tx, customer)) ? customer : undefined;
  }
}
