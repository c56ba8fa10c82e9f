import { Injectable } from '@nestjs/common';

import { type EntryFilter, findEntries, findEntry, type LoggedEntry } from '../audit/audit.queries.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import type { StaffPrincipal } from '../platform/http/access.js';
import { decodeCursor, encodeCursor, type Page, pageSize } from '../platform/http/paging.js';
import type { JsonObject } from '../platform/json.js';
import type { Engagement } from '../staff/engagement.js';
import { AuditorActs } from './auditor-acts.service.js';
import { type ConsentInView, ConsentsInView } from './consents-in-view.service.js';
import { boundsOf, coversEntry, filterOf } from './engagement-bounds.js';
import { Engagements } from './engagements.service.js';
import type { EntriesQuery, EntryDto, EntrySearch } from './entries.dto.js';
import { EntryReader, type OpenedEntry } from './entry-reader.service.js';
import { consentIn, entryDto } from './entry-views.js';
import { EntryNotFoundError } from './oversight.errors.js';
import { pseudonymBehind } from './pseudonyms.js';

/** How many entries one request opens at most before it answers what it has found among them. */
const OPENED_AT_MOST = 1_000;

/** What to look for in the log, once everything that is named has been resolved. */
export interface ResolvedSearch {
  readonly filter: EntryFilter;
  /** The one customer whom it is about. */
  readonly customer: CustomerKey | null;
  /** Only entries that name it: which do, shows once they are opened. */
  readonly consent: ConsentInView | null;
}

/** The log as auditors see it: within their engagement, and each look an entry itself. */
@Injectable()
export class EntriesService {
  constructor(
    private readonly database: Database,
    private readonly engagements: Engagements,
    private readonly acts: AuditorActs,
    private readonly entries: EntryReader,
    private readonly consents: ConsentsInView,
  ) {}

  /** Lists the entries that the auditor's engagement covers, newest first. */
  async list(auditor: StaffPrincipal, query: EntriesQuery): Promise<Page<EntryDto>> {
    const engagement = await this.engagements.of(auditor);
    const limit = pageSize(query);
    const cursor = decodeCursor(query.cursor, ['time', 'bigint']);
    const search = await this.resolve(engagement, query);
    const data = { list: 'entries', ...described(query) };
    await this.acts.record(auditor, 'audit.searched', { customer: search?.customer, data });

    if (!search) return { items: [], next_cursor: null };
    const after = cursor && { at: cursor[0], index: cursor[1] };
    const { found, last } = await this.page(search, { after, limit });
    return { items: found.map((opened) => entryDto(engagement, opened)), next_cursor: last && cursorAfter(last) };
  }

  /** @throws EntryNotFoundError when there is none, or the engagement does not cover it. */
  async get(auditor: StaffPrincipal, index: number): Promise<EntryDto> {
    const engagement = await this.engagements.of(auditor);
    const entry = await findEntry(this.database.reader, index);
    const isCovered = entry !== null && coversEntry(engagement, entry);
    const [opened] = isCovered ? await this.entries.open([entry]) : [];
    await this.acts.record(auditor, 'audit.read', { customer: opened?.customer, data: { index } });
    if (!opened) throw new EntryNotFoundError(index);
    return entryDto(engagement, opened);
  }

  /** The asked and the allowed together, or null when they have nothing in common. */
  async resolve(engagement: Engagement, query: EntrySearch): Promise<ResolvedSearch | null> {
    const bounds = boundsOf(engagement, query);
    const pseudonym = query.subject === undefined ? undefined : pseudonymBehind(engagement.key, query.subject);
    const consent = query.consent === undefined ? null : await this.consents.find(engagement, query.consent);
    if (!bounds || pseudonym === null || (query.consent !== undefined && !consent)) return null;
    if (pseudonym && consent && !pseudonym.equals(consent.pseudonym)) return null;

    const about = consent?.pseudonym ?? pseudonym;
    const filter = {
      ...filterOf(bounds),
      ...(query.type && { types: query.type }),
      ...(query.attribute && { attributes: [query.attribute] }),
      ...(about && { pseudonym: about }),
      ...(consent && { ofConsents: true as const }),
      ...(query.leaf_hash && { leafHash: Buffer.from(query.leaf_hash, 'hex') }),
    };
    const customer = consent?.customer ?? (pseudonym ? await this.entries.customerBehind(pseudonym) : null);
    return { filter, customer, consent };
  }

  /**
   * One page, and the entry after which the next one begins; null on the last one. What is asked for may show in the
   * opened event alone: after so many that were opened in vain, a page ends with what there is.
   */
  private async page(
    { filter, consent }: ResolvedSearch,
    { after, limit }: { after: Pick<LoggedEntry, 'at' | 'index'> | undefined; limit: number },
  ): Promise<{ found: OpenedEntry[]; last: LoggedEntry | null }> {
    const found: OpenedEntry[] = [];
    let last = after;
    for (let opened = 0; opened < OPENED_AT_MOST; opened += limit + 1) {
      const entries = await findEntries(this.database.reader, filter, { after: last, limit: limit + 1 });
      for (const candidate of await this.entries.open(entries)) {
        if (consent && consentIn(candidate) !== consent.consent.id) continue;
        if (found.length === limit) return { found, last: found.at(-1)!.entry };
        found.push(candidate);
      }
      const end = entries.at(-1);
      if (!end || entries.length <= limit) return { found, last: null };
      last = end;
    }
    return { found, last: last as LoggedEntry };
  }
}

function cursorAfter({ at, index }: LoggedEntry): string {
  return encodeCursor(at, index);
}

/** What was asked for, as the entry about the asking says it. */
export function described(query: EntrySearch): JsonObject {
  const { type, retailer_id, purpose, attribute, subject, consent, leaf_hash, from, to } = query;
  return {
    ...(type && { type }),
    ...(retailer_id && { retailer_id }),
    ...(purpose && { purpose }),
    ...(attribute && { attribute }),
    ...(subject && { subject }),
    ...(consent && { consent }),
    ...(leaf_hash && { leaf_hash }),
    ...(from && { from: from.toISOString() }),
    ...(to && { to: to.toISOString() }),
  };
}
