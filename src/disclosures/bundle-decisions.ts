import { Injectable } from '@nestjs/common';

import { findEntriesWithIds, type LoggedEntry } from '../audit/audit.queries.js';
import { NotYetInTheLogError } from '../audit/log.errors.js';
import type { Consent } from '../consents/consent.entity.js';
import type { ConsentVersion } from '../consents/consent-version.entity.js';
import { ConsentsService } from '../consents/consents.service.js';
import type { Receipt } from '../consents/receipts.dto.js';
import { ReceiptsService } from '../consents/receipts.service.js';
import { Database } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { BundleRequest } from './bundle-request.js';

const RECEIPTS_AT_ONCE = 200;

/** One state of a consent: what it was, the receipt of what led to it, and the entry that the receipt promises. */
export interface Decision {
  readonly version: ConsentVersion;
  readonly receipt: Receipt;
  readonly entry: LoggedEntry;
}

/** What was decided about a consent, for whoever asks for its bundle. */
@Injectable()
export class BundledDecisions {
  constructor(
    private readonly database: Database,
    private readonly consents: ConsentsService,
    private readonly receipts: ReceiptsService,
  ) {}

  /**
   * The consent and its versions, oldest first: those that held at some time of the period that is asked for.
   *
   * @throws ConsentNotFoundError, NotYetInTheLogError
   */
  async of(asked: BundleRequest): Promise<{ consent: Consent; decisions: Decision[] }> {
    const { consent, versions } = await this.consents.history(asked.customer, asked.consentId);
    const receipts = await this.receiptsOf(asked, consent);
    const entries = await findEntriesWithIds(this.database.reader, [...receipts.values()].map(promisedEntry));
    const decisions = versions
      .filter(({ at }, index) => heldWithin(asked.within, at, versions[index + 1]?.at))
      .map((version) => {
        const receipt = receipts.get(version.version);
        const entry = receipt && entries.get(promisedEntry(receipt));
        if (!entry) throw new NotYetInTheLogError();
        return { version, receipt, entry };
      });
    return { consent, decisions };
  }

  /** The receipts of the one whose bundle it is, by version. */
  private async receiptsOf({ customer, consentId, holder }: BundleRequest, consent: Consent) {
    const receipts = new Map<number, Receipt>();
    let before: number | undefined;
    do {
      const asked = { before, limit: RECEIPTS_AT_ONCE };
      const page =
        holder === 'customer'
          ? await this.receipts.list(customer, consentId, asked)
          : await this.receipts.listForRetailer(consent.retailerId, consentId, asked);
      for (const receipt of page) if (receipt.version !== null) receipts.set(receipt.version, receipt);
      before = page.length === RECEIPTS_AT_ONCE ? (page.at(-1)?.version ?? undefined) : undefined;
    } while (before !== undefined);
    return receipts;
  }
}

/** Whether what came into force at one time and was replaced at another held in the period. */
function heldWithin(within: BundleRequest['within'], at: Date, replacedAt: Date | undefined): boolean {
  return !within || (at < within.to && (replacedAt === undefined || replacedAt > within.from));
}

/** The id of the entry that a receipt names. */
function promisedEntry({ jws }: Receipt): string {
  const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as {
    audit: { entry: string };
  };
  return payload.audit.entry;
}

export function versionLine({ version: made, entry }: Decision): JsonObject {
  const { version, change, status, details, maxReadsPerDay, expiresAt, noticeHash, actor, at } = made;
  return {
    version,
    change,
    status,
    details: details as unknown as JsonObject[],
    max_reads_per_day: maxReadsPerDay,
    expires_at: expiresAt.toISOString(),
    notice_hash: noticeHash?.toString('hex') ?? null,
    by: actor.kind,
    at: at.toISOString(),
    entry_index: entry.index,
  };
}

export function receiptLine(holder: BundleRequest['holder'], { receipt, entry }: Decision): JsonObject {
  return { id: receipt.id, holder, jws: receipt.jws, index: entry.index };
}
