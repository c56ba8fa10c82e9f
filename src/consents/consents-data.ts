import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { ConsentClient } from './consent-client.entity.js';
import { ConsentRef } from './consent-ref.entity.js';
import { ConsentRequest } from './consent-request.entity.js';
import { listRequests } from './consent-requests.queries.js';
import type { PreApproval } from './pre-approval.js';
import { ConsentVersion } from './consent-version.entity.js';
import { Consent } from './consent.entity.js';
import type { Receipt } from './receipts.dto.js';
import { ReceiptsService } from './receipts.service.js';
import { ConsentRule } from './rule.entity.js';
import { listRules } from './rules.queries.js';
import { StoredNotice } from './stored-notice.entity.js';
import { StoredReceipt } from './stored-receipt.entity.js';
import { listConsents, listNotices, versionsOf } from './consents.queries.js';

const PAGE = 200;

/** What this module holds of a customer. */
@Injectable()
export class ConsentsData implements OnModuleInit {
  constructor(
    private readonly personalData: PersonalData,
    private readonly receipts: ReceiptsService,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'consents',
      tables: [
        'consents',
        'consent_versions',
        'consent_requests',
        'consent_clients',
        'consent_refs',
        'notices',
        'consent_receipts',
        'consent_rules',
      ],
      export: (reader, customer) => this.export(reader, customer),
      erase: (tx, customer) => this.erase(tx, customer),
    });
  }

  private async *export(reader: Reader, customer: CustomerKey): AsyncIterable<ExportedRecord> {
    const now = this.clock.now();
    const requests = (before?: string) => listRequests(reader, customer, { before, limit: PAGE }, now);
    for await (const request of everyOne(requests)) {
      yield { kind: 'consent_request', record: requestRecord(request), source: request.retailerId };
    }
    for (const rule of await listRules(reader, customer)) {
      yield { kind: 'consent_rule', record: ruleRecord(rule), provided: true, source: 'customer' };
    }
    const consents = (before?: string) => listConsents(reader, customer, { before, limit: PAGE }, now);
    for await (const consent of everyOne(consents)) {
      for (const version of await versionsOf(reader, consent)) {
        const record = versionRecord(consent, version);
        yield { kind: 'consent_version', record, provided: true, source: 'customer', recipient: consent.retailerId };
      }
    }
    const notices = (before?: string) => listNotices(reader, customer, { before, limit: PAGE });
    for await (const { id, text, createdAt } of everyOne(notices)) {
      yield { kind: 'notice', record: { sha256: id, text, created_at: createdAt.toISOString() } };
    }
    const receipts = (before?: string) => this.receipts.all(reader, customer, { before, limit: PAGE });
    for await (const receipt of everyOne(receipts)) {
      yield { kind: 'receipt', record: receiptRecord(receipt) };
    }
  }

  private async erase(tx: Tx, customer: CustomerKey): Promise<void> {
    const { bucket, customerId } = customer;
    // What refers to a consent goes before it.
    for (const entity of [
      StoredReceipt,
      ConsentVersion,
      ConsentClient,
      Consent,
      ConsentRequest,
      StoredNotice,
      ConsentRef,
      ConsentRule,
    ]) {
      await tx.delete(entity, { bucket, customerId });
    }
  }
}

/** Goes through a list that is fetched page by page, newest first. */
async function* everyOne<T extends { id: string }>(page: (before?: string) => Promise<T[]>): AsyncGenerator<T> {
  for (let last: string | undefined; ;) {
    const rows = await page(last);
    yield* rows;
    last = rows.at(-1)?.id;
    if (rows.length < PAGE) return;
  }
}

function requestRecord(request: ConsentRequest): JsonObject {
  return {
    id: request.id,
    retailer_id: request.retailerId,
    client_id: request.clientId,
    origin: request.origin,
    status: request.status,
    use: request.use,
    action: request.action,
    lifetime_days: request.lifetimeDays,
    message: request.message,
    language: request.language,
    details: request.details as unknown as JsonObject[],
    struck: request.struck as unknown as JsonObject[],
    max_reads_per_day: request.maxReadsPerDay,
    decided_by_rule: request.decidedByRule,
    pre_approval: request.preApproval && preApprovalRecord(request.preApproval),
    consent_id: request.consentId,
    created_at: request.createdAt.toISOString(),
    expires_at: request.expiresAt.toISOString(),
    shown_at: request.shownAt?.toISOString() ?? null,
    decided_at: request.decidedAt?.toISOString() ?? null,
  };
}

function preApprovalRecord({ sourceId, withdrawSource, reportedData, ends }: PreApproval): JsonObject {
  return { source_consent_id: sourceId, withdraw_source: withdrawSource, reported_data: reportedData, ends };
}

function ruleRecord(rule: ConsentRule): JsonObject {
  return {
    id: rule.id,
    name: rule.name,
    effect: rule.effect,
    when: { ...rule.when },
    lifetime_days: rule.lifetimeDays,
    enabled: rule.enabled,
    version: rule.version,
    created_at: rule.createdAt.toISOString(),
    updated_at: rule.updatedAt.toISOString(),
  };
}

function versionRecord(consent: Consent, version: ConsentVersion): JsonObject {
  return {
    id: consent.id,
    retailer_id: consent.retailerId,
    use: consent.use,
    reported_data: consent.reportedData,
    version: version.version,
    change: version.change,
    by: version.actor.kind,
    delegation_id: version.actor.delegation ?? null,
    rule: version.rule,
    status: version.status,
    details: version.details as unknown as JsonObject[],
    max_reads_per_day: version.maxReadsPerDay,
    expires_at: version.expiresAt.toISOString(),
    notice: version.noticeHash?.toString('hex') ?? null,
    at: version.at.toISOString(),
  };
}

function receiptRecord({ id, event, consentId, version, at, jws }: Receipt): JsonObject {
  return { id, event, consent_id: consentId, version, at: at.toISOString(), jws };
}
