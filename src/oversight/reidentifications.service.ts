import { Injectable, type OnModuleInit } from '@nestjs/common';

import { findEntries, pseudonymsOf } from '../audit/audit.queries.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { actorOf, type StaffPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { JsonObject } from '../platform/json.js';
import { type ExportedRecord, PersonalData } from '../platform/personal-data.js';
import { Random } from '../platform/random.js';
import type { Engagement } from '../staff/engagement.js';
import { StaffService } from '../staff/staff.service.js';
import { accessActs } from './accesses.dto.js';
import { filterOf, wholeOf } from './engagement-bounds.js';
import { Engagements } from './engagements.service.js';
import { EntryReader } from './entry-reader.service.js';
import {
  ReidentificationByOnePersonError,
  ReidentificationDecidedError,
  ReidentificationNotFoundError,
  SubjectNotFoundError,
} from './oversight.errors.js';
import { pseudonymBehind, subjectFor } from './pseudonyms.js';
import { Reidentification } from './reidentification.entity.js';
import type {
  AskedReidentificationDto,
  ReidentificationDto,
  ReidentificationRequestDto,
} from './reidentifications.dto.js';
import { findReidentification, listReidentifications, lockReidentification } from './reidentifications.queries.js';

type Step = 'requested' | 'approved' | 'refused' | 'answered';

/**
 * Who is behind a pseudonym: an auditor asks and says why, an operator decides, and the answer can be read for three
 * days. Each step is an entry of the customer's, who sees it. Nobody does all of it alone: an account has one role, an
 * engagement one auditor, so that it is an operator who decides, and not one who let the auditor in.
 */
@Injectable()
export class ReidentificationsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly audit: AuditService,
    private readonly engagements: Engagements,
    private readonly entries: EntryReader,
    private readonly personalData: PersonalData,
    private readonly staff: StaffService,
  ) {}

  onModuleInit(): void {
    this.personalData.register({
      module: 'oversight',
      tables: ['reidentifications'],
      export: exported,
      erase: async (tx, { bucket, customerId }) => {
        await tx.delete(Reidentification, { bucket, customerId });
      },
    });
  }

  /** @throws SubjectNotFoundError when nobody in the engagement is called so, or nobody can say any more who it was */
  async ask(auditor: StaffPrincipal, { subject, reason }: ReidentificationRequestDto): Promise<ReidentificationDto> {
    const engagement = await this.engagements.of(auditor);
    const customer = await this.subjectIn(engagement, subject);
    if (!customer) throw new SubjectNotFoundError(subject);
    const now = this.clock.now();
    const asked = Reidentification.ask({ ...customer, id: this.random.id(), auditorId: auditor.staffId, reason }, now);
    await this.database.transaction(async (tx) => {
      await tx.insert(Reidentification, asked);
      await this.record(tx, auditor, 'requested', asked, { reason });
    });
    return toDto(asked, subject, now);
  }

  async list(auditor: StaffPrincipal, query: PageQuery): Promise<Page<ReidentificationDto>> {
    const engagement = await this.engagements.of(auditor);
    const page = await this.page(auditor.staffId, query);
    const { reader } = this.database;
    const pseudonyms = await pseudonymsOf(reader, page.items.map(holderOf));
    const now = this.clock.now();
    const items = page.items.flatMap((asked) => {
      const pseudonym = pseudonyms.get(asked.customerId);
      // The list tells nobody: each answer is asked for, and logged, on its own.
      return pseudonym ? [{ ...toDto(asked, subjectFor(engagement.key, pseudonym), now), customer_id: null }] : [];
    });
    return { ...page, items };
  }

  /** The answer, while it is approved. Each time it is given, it is an entry. @throws ReidentificationNotFoundError */
  async get(auditor: StaffPrincipal, id: string): Promise<ReidentificationDto> {
    const engagement = await this.engagements.of(auditor);
    const { reader } = this.database;
    const asked = await findReidentification(reader, id);
    const pseudonym = asked && (await pseudonymsOf(reader, [holderOf(asked)])).get(asked.customerId);
    if (!pseudonym || asked.auditorId !== auditor.staffId) throw new ReidentificationNotFoundError(id);
    const now = this.clock.now();
    if (asked.statusAt(now) === 'approved') {
      await this.database.transaction((tx) => this.record(tx, auditor, 'answered', asked, {}));
    }
    return toDto(asked, subjectFor(engagement.key, pseudonym), now);
  }

  /** What auditors have asked, for the operators who decide it. */
  async listForOperators(query: PageQuery): Promise<Page<AskedReidentificationDto>> {
    const page = await this.page(undefined, query);
    const now = this.clock.now();
    return { ...page, items: page.items.map((asked) => askedDto(asked, now)) };
  }

  /** @throws ReidentificationNotFoundError, ReidentificationDecidedError, ReidentificationByOnePersonError */
  decide(operator: StaffPrincipal, id: string, status: 'approved' | 'refused'): Promise<AskedReidentificationDto> {
    return this.database.transaction(async (tx) => {
      const asked = await lockReidentification(tx, id);
      if (!asked) throw new ReidentificationNotFoundError(id);
      const now = this.clock.now();
      if (asked.statusAt(now) !== 'open') throw new ReidentificationDecidedError(asked.statusAt(now));
      const isOpening = status === 'approved';
      if (isOpening && !(await this.staff.areTwoPersons(tx, operator.staffId, asked.auditorId)))
        throw new ReidentificationByOnePersonError();
      asked.decide(status, operator.staffId, now);
      const { bucket, customerId, decidedBy, decidedAt, expiresAt } = asked;
      await tx.update(Reidentification, { bucket, customerId, id }, { status, decidedBy, decidedAt, expiresAt });
      await this.record(tx, operator, status, asked, { auditor: asked.auditorId });
      return askedDto(asked, now);
    });
  }

  private async page(auditorId: string | undefined, query: PageQuery): Promise<Page<Reidentification>> {
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const limit = pageSize(query);
    const rows = await listReidentifications(this.database.reader, auditorId, { before, limit: limit + 1 });
    return pageOf(rows, limit, ({ id }) => [id]);
  }

  /** The customer whom the engagement calls so, if it has met them. */
  private async subjectIn(engagement: Engagement, subject: string): Promise<CustomerKey | null> {
    const pseudonym = pseudonymBehind(engagement.key, subject);
    if (!pseudonym) return null;
    // What auditors did about somebody does not bring that person into an engagement.
    const filter = { ...filterOf(wholeOf(engagement)), pseudonym, exceptTypes: accessActs };
    const met = await findEntries(this.database.reader, filter, { limit: 1 });
    return met.length > 0 ? this.entries.customerBehind(pseudonym) : null;
  }

  private async record(
    tx: Tx,
    staff: StaffPrincipal,
    step: Step,
    asked: Reidentification,
    data: JsonObject,
  ): Promise<void> {
    await this.audit.append(tx, {
      type: `reidentification.${step}`,
      at: this.clock.now(),
      actor: actorOf(staff),
      customer: holderOf(asked),
      data: { reidentification_id: asked.id, ...data },
    });
  }
}

function holderOf({ customerId }: Reidentification): CustomerKey {
  return customerKey(customerId);
}

function baseOf(asked: Reidentification, now: Date) {
  return {
    id: asked.id,
    reason: asked.reason,
    status: asked.statusAt(now),
    asked_at: asked.askedAt.toISOString(),
    decided_at: asked.decidedAt?.toISOString() ?? null,
    expires_at: asked.expiresAt.toISOString(),
  };
}

function toDto(asked: Reidentification, subject: string, now: Date): ReidentificationDto {
  const base = baseOf(asked, now);
  return { ...base, subject, customer_id: base.status === 'approved' ? asked.customerId : null };
}

function askedDto(asked: Reidentification, now: Date): AskedReidentificationDto {
  return { ...baseOf(asked, now), auditor_id: asked.auditorId };
}

async function* exported(reader: Reader, { bucket, customerId }: CustomerKey): AsyncIterable<ExportedRecord> {
  for (const asked of await reader.findBy(Reidentification, { bucket, customerId })) {
    const { reason, status, askedAt, decidedAt } = asked;
    const record = { reason, status, asked_at: askedAt.toISOString(), decided_at: decidedAt?.toISOString() ?? null };
    yield { kind: 'reidentification', record };
  }
}
