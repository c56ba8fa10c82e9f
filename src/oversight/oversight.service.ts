import { Injectable } from '@nestjs/common';

import { customersBehind, type EntryFilter, findEntries, findEntry, type LoggedEntry } from '../audit/audit.queries.js';
import { AuditService } from '../audit/audit.service.js';
import { openLeaf } from '../audit/leaf.js';
import { Clock } from '../platform/clock.js';
import { SealBrokenError } from '../platform/crypto/seal.js';
import { CustomerKeysMissingError, SubjectKeys } from '../platform/crypto/subject-keys.js';
import { customerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { actorOf, type StaffPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, pageSize } from '../platform/http/paging.js';
import type { JsonObject } from '../platform/json.js';
import type { Engagement } from '../staff/engagement.js';
import { StaffService } from '../staff/staff.service.js';
import type { EntriesQuery, EntryDto } from './oversight.dto.js';
import { EntryNotFoundError, NoEngagementError } from './oversight.errors.js';
import { consentRef, pseudonymBehind, subjectFor } from './pseudonyms.js';

/** What auditors do. Each act is an entry of the log itself. */
@Injectable()
export class OversightService {
  constructor(
    private readonly database: Database,
    private readonly staff: StaffService,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /** Lists the entries that the auditor's engagement covers, newest first. */
  async entries(auditor: StaffPrincipal, query: EntriesQuery): Promise<Page<EntryDto>> {
    const engagement = await this.engagementOf(auditor);
    const limit = pageSize(query);
    const cursor = decodeCursor(query.cursor, ['time', 'bigint']);
    await this.record(auditor, 'audit.searched', described(query));

    const filter = narrowed(engagement, query);
    const found = filter
      ? await findEntries(this.database.reader, filter, {
          limit: limit + 1,
          ...(cursor && { after: { at: cursor[0], index: cursor[1] } }),
        })
      : [];
    const page = pageOf(found, limit, ({ at, index }) => [at, index]);
    return { ...page, items: await this.opened(engagement, page.items) };
  }

  /** @throws EntryNotFoundError when there is none, or the engagement does not cover it. */
  async entry(auditor: StaffPrincipal, index: number): Promise<EntryDto> {
    const engagement = await this.engagementOf(auditor);
    await this.record(auditor, 'audit.read', { index });
    const entry = await findEntry(this.database.reader, index);
    if (!entry || !covers(engagement, entry)) throw new EntryNotFoundError(index);
    const [opened] = await this.opened(engagement, [entry]);
    return opened as EntryDto;
  }

  private async engagementOf(auditor: StaffPrincipal): Promise<Engagement> {
    const engagement = await this.staff.engagementOf(auditor.staffId);
    if (!engagement) throw new NoEngagementError();
    return engagement;
  }

  private async record(auditor: StaffPrincipal, type: string, data: JsonObject): Promise<void> {
    const at = this.clock.now();
    await this.database.transaction((tx) => this.audit.append(tx, { type, at, actor: actorOf(auditor), data }));
  }

  private async opened(engagement: Engagement, entries: readonly LoggedEntry[]): Promise<EntryDto[]> {
    const pseudonyms = entries.flatMap(({ pseudonym }) => (pseudonym ? [pseudonym] : []));
    const customers = await customersBehind(this.database.reader, pseudonyms);
    return Promise.all(
      entries.map(async (entry) => {
        const auditKey = await this.auditKeyOf(entry, customers);
        return toDto(engagement, entry, auditKey && openedLeaf(auditKey, entry));
      }),
    );
  }

  private async auditKeyOf(entry: LoggedEntry, customers: Map<string, string>): Promise<Buffer | null> {
    if (!entry.pseudonym) return this.keys.logKey;
    const customerId = customers.get(entry.pseudonym.toString('hex'));
    if (!customerId) return null;
    try {
      return (await this.keys.of(this.database.reader, customerKey(customerId))).auditKey;
    } catch (error) {
      // Erased between the two statements.
      if (error instanceof CustomerKeysMissingError) return null;
      throw error;
    }
  }
}

interface OpenedLeaf {
  /** Null when it does not open under the key that it was sealed with. */
  event: JsonObject | null;
  intact: boolean;
}

/** An entry that somebody has changed is shown as such, and hides none of the others on its page. */
function openedLeaf(auditKey: Buffer, entry: LoggedEntry): OpenedLeaf {
  try {
    return openLeaf(auditKey, entry.id, entry);
  } catch (error) {
    if (error instanceof SealBrokenError) return { event: null, intact: false };
    throw error;
  }
}

/** The asked and the allowed together, or null when they have nothing in common. */
function narrowed(engagement: Engagement, query: EntriesQuery): EntryFilter | null {
  const retailerIds = both(query.retailer_id, engagement.retailerIds);
  const purposes = both(query.purpose, engagement.purposes);
  const pseudonym = query.subject === undefined ? undefined : pseudonymBehind(engagement.key, query.subject);
  if (retailerIds?.length === 0 || purposes?.length === 0 || pseudonym === null) return null;
  return {
    ...(query.type && { types: query.type }),
    ...(retailerIds && { retailerIds }),
    ...(purposes && { purposes }),
    ...(query.attribute && { attributes: [query.attribute] }),
    ...(pseudonym && { pseudonym }),
    ...(query.leaf_hash && { leafHash: Buffer.from(query.leaf_hash, 'hex') }),
    from: latest(query.from, engagement.from),
    to: earliest(query.to, engagement.to),
  };
}

function both(asked: string | undefined, allowed: readonly string[] | null): readonly string[] | undefined {
  if (asked === undefined) return allowed ?? undefined;
  return allowed === null || allowed.includes(asked) ? [asked] : [];
}

function latest(asked: Date | undefined, allowed: Date): Date {
  return asked && asked > allowed ? asked : allowed;
}

function earliest(asked: Date | undefined, allowed: Date): Date {
  return asked && asked < allowed ? asked : allowed;
}

function covers({ from, to, retailerIds, purposes }: Engagement, entry: LoggedEntry): boolean {
  return (
    entry.at >= from &&
    entry.at < to &&
    (retailerIds === null || (entry.retailerId !== null && retailerIds.includes(entry.retailerId))) &&
    (purposes === null || entry.purposes.some((purpose) => purposes.includes(purpose)))
  );
}

function described(query: EntriesQuery): JsonObject {
  const { type, retailer_id, purpose, attribute, subject, leaf_hash, from, to } = query;
  return {
    ...(type && { type }),
    ...(retailer_id && { retailer_id }),
    ...(purpose && { purpose }),
    ...(attribute && { attribute }),
    ...(subject && { subject }),
    ...(leaf_hash && { leaf_hash }),
    ...(from && { from: from.toISOString() }),
    ...(to && { to: to.toISOString() }),
  };
}

function toDto(engagement: Engagement, entry: LoggedEntry, leaf: OpenedLeaf | null): EntryDto {
  return {
    index: entry.index,
    id: entry.id,
    type: entry.type,
    at: entry.at.toISOString(),
    leaf_hash: entry.leafHash.toString('hex'),
    subject: entry.pseudonym && subjectFor(engagement.key, entry.pseudonym),
    retailer_id: entry.retailerId,
    purposes: entry.purposes,
    attributes: entry.attributes,
    consent_version: entry.consentVersion,
    state: leaf ? (leaf.event ? 'opened' : 'sealed') : 'erased',
    intact: leaf && leaf.intact,
    event: leaf?.event ? withoutIds(engagement, leaf.event) : null,
  };
}

/** The event with the consent named by a reference of the engagement, as the customer is. */
function withoutIds(engagement: Engagement, event: JsonObject): JsonObject {
  const { consent } = event;
  if (typeof consent !== 'object' || consent === null || Array.isArray(consent)) return event;
  const { id, ...rest } = consent;
  return { ...event, consent: { ...rest, ref: consentRef(engagement.key, id as string) } };
}
