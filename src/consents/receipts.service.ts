import { Injectable } from '@nestjs/common';

import { open } from '../platform/crypto/seal.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Reader } from '../platform/database/database.js';
import { canonicalJson } from '../platform/json.js';
import { findRequest } from './consent-requests.queries.js';
import {
  ConsentNotFoundError,
  ConsentRequestNotFoundError,
  NoticeNotFoundError,
  ReceiptNotFoundError,
} from './consents.errors.js';
import { findConsent, findNotice, findRef, holderOf, isNoticeOf } from './consents.queries.js';
import type { Holder } from './receipt.js';
import { unpackJws } from './receipt-pack.js';
import {
  findReceipt,
  findReceiptById,
  findReceiptOfRequest,
  findReceipts,
  listReceipts,
  pageOfAllReceipts,
  receiptAad,
  type ReceiptsPage,
  type RowVersion,
} from './receipts.queries.js';
import type { Receipt } from './receipts.dto.js';
import type { StoredReceipt } from './stored-receipt.entity.js';

/** Receipts and notices, as those who hold them look them up. */
@Injectable()
export class ReceiptsService {
  constructor(
    private readonly database: Database,
    private readonly keys: SubjectKeys,
  ) {}

  /** The customer's receipt of the change that made this version; null when there is no such version of theirs. */
  async of(reader: Reader, customer: CustomerKey, consentId: string, version: number): Promise<Receipt | null> {
    const stored = await findReceipt(reader, customer, consentId, version);
    return stored && this.openFor('customer', reader, customer, stored);
  }

  /** The customer's receipts of the changes that led to the present versions of these consents, all of one customer. */
  async ofVersions(consents: readonly RowVersion[]): Promise<Receipt[]> {
    const [first] = consents;
    if (!first) return [];
    return this.openAll('customer', customerKey(first.customerId), await findReceipts(this.database.reader, consents));
  }

  /** The customer's receipt of how the request was decided; null as long as it is not. */
  async ofRequest(reader: Reader, customer: CustomerKey, requestId: string): Promise<Receipt | null> {
    const stored = await findReceiptOfRequest(reader, customer, requestId);
    return stored && this.openFor('customer', reader, customer, stored);
  }

  /** A customer's receipts of one of their consents, newest first. @throws ConsentNotFoundError */
  async list(customer: CustomerKey, consentId: string, page: ReceiptsPage): Promise<Receipt[]> {
    const { reader } = this.database;
    if (!(await findConsent(reader, customer, consentId))) throw new ConsentNotFoundError(consentId);
    return this.openAll('customer', customer, await listReceipts(reader, customer, consentId, page));
  }

  /** The receipt of a customer's own request, if it is decided. @throws ConsentRequestNotFoundError */
  async listOfRequest(customer: CustomerKey, requestId: string): Promise<Receipt[]> {
    const { reader } = this.database;
    if (!(await findRequest(reader, customer, requestId))) throw new ConsentRequestNotFoundError(requestId);
    return this.openAll('customer', customer, await this.storedOfRequest(customer, requestId));
  }

  /** All receipts of a customer, newest first, for handing everything over. */
  async all(reader: Reader, customer: CustomerKey, page: { before?: string; limit: number }): Promise<Receipt[]> {
    return this.openAll('customer', customer, await pageOfAllReceipts(reader, customer, page), reader);
  }

  /** One of the customer's receipts. @throws ReceiptNotFoundError */
  async get(customer: CustomerKey, receiptId: string): Promise<Receipt> {
    const { reader } = this.database;
    const stored = await findReceiptById(reader, customer, receiptId);
    const receipt = stored && (await this.openFor('customer', reader, customer, stored));
    if (!receipt) throw new ReceiptNotFoundError(receiptId);
    return receipt;
  }

  /** One of a retailer's receipts of a consent given to it. @throws ConsentNotFoundError, ReceiptNotFoundError */
  async getForRetailer(retailerId: string, consentId: string, receiptId: string): Promise<Receipt> {
    const customer = await this.holder('consent', consentId, retailerId);
    if (!customer) throw new ConsentNotFoundError(consentId);
    const { reader } = this.database;
    const stored = await findReceiptById(reader, customer, receiptId);
    const receipt = stored?.consentId === consentId ? await this.openFor('retailer', reader, customer, stored) : null;
    if (!receipt) throw new ReceiptNotFoundError(receiptId);
    return receipt;
  }

  /** A retailer's receipts of a consent that was given to it, newest first. @throws ConsentNotFoundError */
  async listForRetailer(retailerId: string, consentId: string, page: ReceiptsPage): Promise<Receipt[]> {
    const customer = await this.holder('consent', consentId, retailerId);
    if (!customer) throw new ConsentNotFoundError(consentId);
    return this.openAll('retailer', customer, await listReceipts(this.database.reader, customer, consentId, page));
  }

  /** A retailer's receipt of its own request, if it may know how that was decided. @throws ConsentRequestNotFoundError */
  async listOfRequestForRetailer(retailerId: string, requestId: string): Promise<Receipt[]> {
    const customer = await this.holder('request', requestId, retailerId);
    if (!customer) throw new ConsentRequestNotFoundError(requestId);
    return this.openAll('retailer', customer, await this.storedOfRequest(customer, requestId));
  }

  /** The exact bytes that have this hash: what the customer was told at a decision. @throws NoticeNotFoundError */
  async notice(customer: CustomerKey, hash: string): Promise<string> {
    const notice = await findNotice(this.database.reader, customer, Buffer.from(hash, 'hex'));
    if (!notice) throw new NoticeNotFoundError(hash);
    return canonicalJson(notice.text);
  }

  /** The same for the retailer, of a consent that was given to it. @throws ConsentNotFoundError, NoticeNotFoundError */
  async noticeForRetailer(retailerId: string, consentId: string, hash: string): Promise<string> {
    const customer = await this.holder('consent', consentId, retailerId);
    if (!customer) throw new ConsentNotFoundError(consentId);
    const isIts = await isNoticeOf(this.database.reader, customer, consentId, Buffer.from(hash, 'hex'));
    if (!isIts) throw new NoticeNotFoundError(hash);
    return this.notice(customer, hash);
  }

  /** Whose it is; null when it is not this retailer's. */
  private async holder(kind: 'consent' | 'request', id: string, retailerId: string): Promise<CustomerKey | null> {
    const ref = await findRef(this.database.reader, kind, id);
    return ref?.retailerId === retailerId ? holderOf(ref) : null;
  }

  private async storedOfRequest(customer: CustomerKey, requestId: string): Promise<StoredReceipt[]> {
    const stored = await findReceiptOfRequest(this.database.reader, customer, requestId);
    return stored ? [stored] : [];
  }

  private async openAll(
    holder: Holder['kind'],
    customer: CustomerKey,
    stored: readonly StoredReceipt[],
    reader: Reader = this.database.reader,
  ): Promise<Receipt[]> {
    const opened = [];
    for (const receipt of stored) opened.push(await this.openFor(holder, reader, customer, receipt));
    return opened.filter((receipt) => receipt !== null);
  }

  private async openFor(
    holder: Holder['kind'],
    reader: Reader,
    customer: CustomerKey,
    { id, event, consentId, version, at, customerJws, retailerJws }: StoredReceipt,
  ): Promise<Receipt | null> {
    const sealed = holder === 'customer' ? customerJws : retailerJws;
    if (!sealed) return null;
    const { profileKey } = await this.keys.of(reader, customer);
    const jws = unpackJws(open(profileKey, sealed, receiptAad(customer, id, holder)));
    return { id, event, consentId, version, at, jws };
  }
}
