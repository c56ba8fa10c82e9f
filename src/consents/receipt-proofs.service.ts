import { Injectable } from '@nestjs/common';

import type { LoggedEntry } from '../audit/audit.queries.js';
import { nonceOf, openLeaf } from '../audit/leaf.js';
import { LogProofs, type ProvenEntry } from '../audit/proofs.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { ReceiptProof } from './receipt-proof.dto.js';
import { ReceiptsService } from './receipts.service.js';

/** Receipts with what proves that the log keeps what they promise, for each of their two holders. */
@Injectable()
export class ReceiptProofs {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
    private readonly receipts: ReceiptsService,
    private readonly proofs: LogProofs,
  ) {}

  /** With what opens the leaf, which tells the customer what was recorded. @throws ReceiptNotFoundError, NotYetInTheLogError */
  async ofCustomer(customer: CustomerKey, receiptId: string): Promise<ReceiptProof> {
    const { jws } = await this.receipts.get(customer, receiptId);
    const { entry, proven } = await this.proofOf(jws);
    const { auditKey } = await this.keys.of(this.database.reader, customer);
    const { event } = openLeaf(auditKey, entry.id, entry);
    return { jws, ...proven, opening: { event, nonce: nonceOf(auditKey, entry.id) } };
  }

  /**
   * That the leaf is in the log, and nothing of what it says.
   *
   * @throws ConsentNotFoundError, ReceiptNotFoundError, NotYetInTheLogError
   */
  async ofRetailer(retailerId: string, consentId: string, receiptId: string): Promise<ReceiptProof> {
    const { jws } = await this.receipts.getForRetailer(retailerId, consentId, receiptId);
    const { proven } = await this.proofOf(jws);
    return { jws, ...proven };
  }

  private proofOf(jws: string): Promise<{ entry: LoggedEntry; proven: ProvenEntry }> {
    return this.proofs.promised(promiseIn(jws));
  }
}

/** The leaf hash by which a receipt promises that the log contains what it is about. */
function promiseIn(jws: string): Buffer {
  const [, payload = ''] = jws.split('.');
  const { audit } = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { audit: { leaf_hash: string } };
  return Buffer.from(audit.leaf_hash, 'hex');
}
