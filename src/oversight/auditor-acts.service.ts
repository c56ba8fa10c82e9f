import { Injectable } from '@nestjs/common';

import { type AuditEvent, AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { CustomerKeysMissingError } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { actorOf, type StaffPrincipal } from '../platform/http/access.js';
import type { JsonObject } from '../platform/json.js';

/** What auditors do. Each act is an entry; one that concerns a customer is shown to them (`GET /v1/me/accesses`). */
export type AuditorAct = 'audit.searched' | 'audit.read' | 'audit.exported' | 'audit.bundled';

export interface ActedOn {
  /** Whom the act concerns: the one customer whose entry, consent or pseudonym was asked for. */
  readonly customer?: CustomerKey | null;
  readonly retailerId?: string;
  readonly consent?: { readonly id: string; readonly version: number };
  readonly data: JsonObject;
}

@Injectable()
export class AuditorActs {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Writes the entry. Call it before the first byte of the answer leaves. */
  async record(auditor: StaffPrincipal, type: AuditorAct, { customer, data, ...about }: ActedOn): Promise<void> {
    const act = { type, at: this.clock.now(), actor: actorOf(auditor) };
    const append = (event: AuditEvent) => this.database.transaction((tx) => this.audit.append(tx, event));
    const ofNobody = { ...act, data: withoutNames(data) };
    if (!customer) return void (await append(ofNobody));
    await append({ ...act, ...about, customer, data }).catch((error: unknown) => {
      // Erased since they were found: the act happened all the same, and concerns nobody any more.
      if (error instanceof CustomerKeysMissingError) return append(ofNobody);
      throw error;
    });
  }
}

/** An entry of nobody's outlives everybody: it does not say by what the engagement calls somebody or their consent. */
function withoutNames({ subject: _subject, consent: _consent, ref: _ref, ...data }: JsonObject): JsonObject {
  return data;
}
