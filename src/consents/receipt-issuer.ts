import { Injectable } from '@nestjs/common';

import type { Actor, AuditReference } from '../audit/audit.service.js';
import { Config } from '../platform/config/config.js';
import { seal } from '../platform/crypto/seal.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { Random } from '../platform/random.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Consent } from './consent.entity.js';
import type { ConsentRequest } from './consent-request.entity.js';
import type { ConsentChange } from './consent-version.entity.js';
import { findNotice } from './consents.queries.js';
import { packJws } from './receipt-pack.js';
import { type Holder, receiptFor, type ReceiptFacts } from './receipt.js';
import { insertReceipt, receiptAad } from './receipts.queries.js';
import type { RequestEvent } from './stored-receipt.entity.js';
import type { Receipt } from './receipts.dto.js';
import type { RuleRef } from './rule.js';

interface Issuing {
  at: Date;
  actor: Actor;
  rule: RuleRef | null;
  audit: AuditReference;
}

/** What a change says itself. The rest is looked up. */
type Stated = Omit<ReceiptFacts, 'id' | 'issuer' | 'retailer' | 'vocabulary' | 'notice'>;

interface About {
  customer: CustomerKey;
  retailerId: string;
  vocabularyVersion: string;
  noticeHash: Buffer | null;
  /** By what the retailer knows the customer; null where it is not told of the change. */
  retailersSubject: string | null;
}

/** Makes the receipts of changes, in their transactions. Only the journal calls it: once for each change. */
@Injectable()
export class ReceiptIssuer {
  constructor(
    private readonly config: Config,
    private readonly subjectKeys: SubjectKeys,
    private readonly signingKeys: SigningKeys,
    private readonly retailers: RetailersService,
    private readonly vocabularies: VocabularyService,
    private readonly random: Random,
  ) {}

  /** The receipt of what has just happened to a consent. It ended when its time was up, however late that is seen. */
  async ofChange(
    tx: Tx,
    consent: Consent,
    event: ConsentChange,
    { at, actor, rule, audit, requestId }: Issuing & { requestId: string | null },
  ): Promise<Receipt> {
    const { retailerId, vocabularyVersion, noticeHash, details, endedAt } = consent;
    const customer = customerKey(consent.customerId);
    const retailersSubject = await this.retailers.subjectFor(retailerId, customer, tx);
    const happenedAt = (event === 'expired' && endedAt) || at;
    return this.issue(
      tx,
      { customer, retailerId, vocabularyVersion, noticeHash, retailersSubject },
      { event, happenedAt, recordedAt: at, actor, rule, details, audit, consent, requestId },
    );
  }

  /**
   * The receipt of what led to no consent, or not yet. The retailer knows by it that its request was refused and not by
   * whom: it gets the pairwise subject of those alone who give it something.
   */
  async ofRequest(
    tx: Tx,
    request: ConsentRequest,
    event: RequestEvent,
    { at, actor, rule, audit, noticeHash }: Issuing & { noticeHash: Buffer },
  ): Promise<Receipt> {
    const { id, retailerId, vocabularyVersion } = request;
    const customer = customerKey(request.customerId);
    const retailersSubject = request.isHiddenFromRetailer() ? null : id;
    return this.issue(
      tx,
      { customer, retailerId, vocabularyVersion, noticeHash, retailersSubject },
      {
        event,
        happenedAt: at,
        recordedAt: at,
        actor,
        rule,
        details: request.asked(),
        audit,
        consent: null,
        requestId: id,
      },
    );
  }

  private async issue(tx: Tx, about: About, stated: Stated): Promise<Receipt> {
    const { customer, retailerId, retailersSubject } = about;
    const notice = about.noticeHash && (await findNotice(tx, customer, about.noticeHash));
    const facts: ReceiptFacts = {
      ...stated,
      id: this.random.id(),
      issuer: this.config.issuer,
      retailer: await this.retailers.get(retailerId, tx),
      vocabulary: this.vocabularies.release(about.vocabularyVersion),
      notice: notice && { hash: notice.hash, language: notice.text.language },
    };
    const { profileKey } = await this.subjectKeys.of(tx, customer);
    const signAndSeal = async (holder: Holder) => {
      const jws = await this.signingKeys.signReceipt(receiptFor(holder, facts));
      return { jws, sealed: seal(profileKey, packJws(jws), receiptAad(customer, facts.id, holder.kind)) };
    };
    const forCustomer = await signAndSeal({ kind: 'customer', subject: customer.customerId });
    const forRetailer = retailersSubject && (await signAndSeal({ kind: 'retailer', subject: retailersSubject }));

    const { id, event, recordedAt: at, consent, requestId } = facts;
    const row = { id, event, at, consentId: consent?.id ?? null, version: consent?.version ?? null };
    await insertReceipt(tx, {
      ...customer,
      ...row,
      retailerId,
      requestId,
      customerJws: forCustomer.sealed,
      retailerJws: forRetailer ? forRetailer.sealed : null,
    });
    return { ...row, jws: forCustomer.jws };
  }
}
