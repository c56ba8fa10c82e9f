import { Injectable } from '@nestjs/common';

import { pseudonymsOf } from '../audit/audit.queries.js';
import { ConsentDetailDto } from '../consents/detail.dto.js';
import { DisclosureChecks, type JudgedDisclosure } from '../disclosures/disclosure-checks.service.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import { decodeCursor, encodeCursor, type Page, pageSize } from '../platform/http/paging.js';
import { canonicalJson } from '../platform/json.js';
import type { Engagement } from '../staff/engagement.js';
import { AuditorActs } from './auditor-acts.service.js';
import { type ConsentRow, listAuditedConsents, noticeWithin } from './consents.queries.js';
import { ConsentsInView } from './consents-in-view.service.js';
import { boundsOf, linesWithin, wholeOf } from './engagement-bounds.js';
import { Engagements } from './engagements.service.js';
import { described } from './entries.service.js';
import { EntryReader } from './entry-reader.service.js';
import type {
  AuditedConsentDto,
  AuditedConsentsQuery,
  AuditedDisclosureDto,
  AuditedDisclosuresQuery,
} from './records.dto.js';
import { AuditedNoticeNotFoundError } from './oversight.errors.js';
import { consentRef, pseudonymBehind, subjectFor } from './pseudonyms.js';

const EMPTY = { items: [], next_cursor: null };

/** The records behind the log, as far as an engagement reaches: consents, disclosures, what was shown. */
@Injectable()
export class RecordsService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly engagements: Engagements,
    private readonly acts: AuditorActs,
    private readonly entries: EntryReader,
    private readonly consentsInView: ConsentsInView,
    private readonly checks: DisclosureChecks,
  ) {}

  /** Consents that stood at some time of the engagement, the newest first. */
  async consents(auditor: StaffPrincipal, query: AuditedConsentsQuery): Promise<Page<AuditedConsentDto>> {
    const engagement = await this.engagements.of(auditor);
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const customer = await this.customerOf(engagement, query.subject);
    const { status } = query;
    const data = { list: 'consents', ...described(query), ...(status && { status }) };
    await this.acts.record(auditor, 'audit.searched', { customer, data });

    const bounds = boundsOf(engagement, query);
    if (!bounds || (query.subject !== undefined && !customer)) return EMPTY;
    const { found, next } = await listAuditedConsents(
      this.database.reader,
      { ...bounds, status, attribute: query.attribute, customer: customer ?? undefined },
      { before, limit: pageSize(query), now: this.clock.now() },
    );
    return {
      items: found.flatMap((row) => this.consentDto(engagement, row)),
      next_cursor: next && encodeCursor(next),
    };
  }

  /** Reads that were answered or refused, the newest first, each with what is wrong with it. */
  async disclosures(auditor: StaffPrincipal, query: AuditedDisclosuresQuery): Promise<Page<AuditedDisclosureDto>> {
    const engagement = await this.engagements.of(auditor);
    const cursor = decodeCursor(query.cursor, ['time', 'uuid']);
    const view = query.consent === undefined ? null : await this.consentsInView.find(engagement, query.consent);
    const subject = await this.customerOf(engagement, query.subject);
    const customer = view?.customer ?? subject;
    const { refused } = query;
    const data = { list: 'disclosures', ...described(query), ...(refused !== undefined && { refused }) };
    await this.acts.record(auditor, 'audit.searched', { customer, data });

    const bounds = boundsOf(engagement, query);
    const isNobody = (query.consent !== undefined && !view) || (query.subject !== undefined && !subject);
    const isAnother = view && subject && view.customer.customerId !== subject.customerId;
    if (!bounds || isNobody || isAnother) return EMPTY;
    const { found, next } = await this.checks.list(
      this.database.reader,
      { ...bounds, attribute: query.attribute, customer: customer ?? undefined, consentId: view?.consent.id, refused },
      {
        after: cursor && { checkedAt: cursor[0], id: cursor[1] },
        limit: pageSize(query),
        now: this.clock.now(),
      },
    );
    const pseudonyms = await pseudonymsOf(
      this.database.reader,
      found.map((disclosure) => disclosure.customer),
    );
    return {
      items: found.map((disclosure) =>
        disclosureDto(engagement, disclosure, pseudonyms.get(disclosure.customer.customerId)),
      ),
      next_cursor: next && encodeCursor(next.checkedAt, next.id),
    };
  }

  /** What was shown to somebody before they gave a consent that the engagement reaches. @throws AuditedNoticeNotFoundError */
  async notice(auditor: StaffPrincipal, hash: string): Promise<string> {
    const engagement = await this.engagements.of(auditor);
    await this.acts.record(auditor, 'audit.read', { data: { notice: hash } });
    const shown = await noticeWithin(this.database.reader, Buffer.from(hash, 'hex'), wholeOf(engagement));
    if (!shown) throw new AuditedNoticeNotFoundError(hash);
    return canonicalJson(shown);
  }

  private async customerOf(engagement: Engagement, subject: string | undefined): Promise<CustomerKey | null> {
    const pseudonym = subject === undefined ? null : pseudonymBehind(engagement.key, subject);
    return pseudonym && this.entries.customerBehind(pseudonym);
  }

  private consentDto(engagement: Engagement, { consent, pseudonym }: ConsentRow): AuditedConsentDto[] {
    // Erased between two statements.
    if (!pseudonym) return [];
    return [
      {
        ref: consentRef(engagement.key, consent.id),
        subject: subjectFor(engagement.key, pseudonym),
        retailer_id: consent.retailerId,
        status: consent.statusAt(this.clock.now()),
        use: consent.use,
        version: consent.version,
        details: linesWithin(engagement, consent.details).map((line) => ConsentDetailDto.of(line)),
        max_reads_per_day: consent.maxReadsPerDay,
        notice_hash: consent.noticeHash?.toString('hex') ?? null,
        given_at: consent.givenAt.toISOString(),
        expires_at: consent.expiresAt.toISOString(),
        ended_at: consent.endedAt?.toISOString() ?? null,
      },
    ];
  }
}

function disclosureDto(
  engagement: Engagement,
  disclosure: JudgedDisclosure,
  pseudonym: Buffer | undefined,
): AuditedDisclosureDto {
  return {
    id: disclosure.id,
    checked_at: disclosure.checkedAt.toISOString(),
    subject: pseudonym ? subjectFor(engagement.key, pseudonym) : null,
    consent: consentRef(engagement.key, disclosure.consent.id),
    consent_version: disclosure.consent.version,
    retailer_id: disclosure.retailerId,
    client_id: disclosure.clientId,
    attributes: [...disclosure.attributes],
    purpose: disclosure.purpose,
    touchpoint: disclosure.touchpoint,
    stage: disclosure.stage,
    unchanged: disclosure.unchanged,
    refused: disclosure.refused,
    entry: disclosure.entryId,
    faults: [...disclosure.faults],
  };
}
