import { Injectable } from '@nestjs/common';

import { findEntries, pseudonymsOf } from '../audit/audit.queries.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { JsonValue } from '../platform/json.js';
import { type AccessDto, accessActs } from './accesses.dto.js';
import { EntryReader, type OpenedEntry } from './entry-reader.service.js';

/** What staff did that concerns a customer, out of the log itself: nothing could be shown otherwise than it is recorded. */
@Injectable()
export class AccessesService {
  constructor(
    private readonly database: Database,
    private readonly entries: EntryReader,
  ) {}

  /** The latest first. */
  async list(customer: CustomerKey, query: PageQuery): Promise<Page<AccessDto>> {
    const [at, index] = decodeCursor(query.cursor, ['time', 'bigint']) ?? [];
    const limit = pageSize(query);
    const { reader } = this.database;
    const pseudonym = (await pseudonymsOf(reader, [customer])).get(customer.customerId);
    if (!pseudonym) return { items: [], next_cursor: null };
    const after = at && index !== undefined ? { at, index } : undefined;
    const found = await findEntries(reader, { pseudonym, types: accessActs }, { after, limit: limit + 1 });
    const page = pageOf(found, limit, (entry) => [entry.at, entry.index]);
    return { ...page, items: (await this.entries.open(page.items)).map(toDto) };
  }
}

function toDto({ entry, opening }: OpenedEntry): AccessDto {
  const { actor, data } = opening?.event ?? {};
  const by = textIn(actor, 'kind');
  return {
    id: entry.id,
    at: entry.at.toISOString(),
    by: by ?? 'auditor',
    act: entry.type,
    reason: textIn(data, 'reason'),
  };
}

function textIn(value: JsonValue | undefined, name: string): string | null {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  const text = value[name];
  return typeof text === 'string' ? text : null;
}
