import { Injectable } from '@nestjs/common';

import { DelegationRights } from '../customers/delegation-rights.service.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { type ActingFor, within } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { findLastChanges, findStatesAt, findVersions, type SealedVersion } from './history.queries.js';
import { type NetChange, netChange } from './net-change.js';
import { openVersion } from './preference-documents.js';
import type { Preference } from './preference.js';
import { PreferenceNotFoundError } from './preferences.errors.js';
import type { Changed } from './profiles.js';
import { understood } from './understood.js';
import { type WrittenBy, writtenBy } from './written-by.js';

/** One state that a preference was brought into, and by whom. */
export interface HistoryEntry extends Changed {
  readonly by: WrittenBy;
}

/** From one instant, inclusive, to another, exclusive. Null for no bound. */
export interface Period {
  readonly from: Date | null;
  readonly to: Date | null;
}

/** What a customer stated before. */
@Injectable()
export class HistoryService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
    private readonly rights: DelegationRights,
  ) {}

  /** One page of the states that a preference was brought into, as written, the latest first, also of a removed one. */
  async history(
    customer: CustomerKey,
    id: string,
    query: PageQuery,
    delegation?: ActingFor,
  ): Promise<Page<HistoryEntry>> {
    const [before] = decodeCursor(query.cursor, ['int']) ?? [];
    const limit = pageSize(query);
    const { reader } = this.database;
    const rows = await findVersions(reader, customer, id, { before, limit: limit + 1 });
    if (rows.length === 0 && before === undefined) throw new PreferenceNotFoundError(id);
    const { profileKey } = await this.keys.of(reader, customer);
    const page = pageOf(rows, limit, ({ version }) => [version]);
    const names = await this.namesIn(customer, rows, delegation);
    const items = page.items.map((row) => ({
      change: row.change,
      preference: openVersion(customer, profileKey, row),
      by: writtenBy(row.delegationId, names),
    }));
    const known = within(delegation, items, ({ preference }) => preference.attribute);
    if (known.length < items.length) throw new PreferenceNotFoundError(id);
    return { ...page, items };
  }

  /**
   * All that the customer stated at an instant, changes at that very instant included, in the words of the release that
   * held then. It is at most as much as a profile holds.
   */
  async asOf(customer: CustomerKey, at: Date, delegation?: ActingFor): Promise<readonly Preference[]> {
    const { reader } = this.database;
    const { profileKey } = await this.keys.of(reader, customer);
    const vocabulary = this.vocabularies.at(at);
    const rows = await findStatesAt(reader, customer, at);
    const all = rows.flatMap((row) => openUnder(vocabulary, customer, profileKey, row) ?? []);
    return within(delegation, all, ({ attribute }) => attribute);
  }

  /**
   * One page of what became of the preferences that changed in a period, the latest change first. What was changed and
   * put back is no change. Both states are in the words of the release that held at the end, so that a change of the
   * vocabulary is none of the customer's.
   */
  async changes(
    customer: CustomerKey,
    { from, to }: Period,
    query: PageQuery,
    delegation?: ActingFor,
  ): Promise<Page<NetChange>> {
    const { reader } = this.database;
    const { profileKey } = await this.keys.of(reader, customer);
    const now = this.clock.now();
    const vocabulary = this.vocabularies.at(to && to < now ? to : now);
    const limit = pageSize(query);
    const open = (row?: SealedVersion) => (row ? openUnder(vocabulary, customer, profileKey, row) : null);
    const items: NetChange[] = [];
    let after = decodeCursor(query.cursor, ['time', 'uuid']);
    let rows: SealedVersion[];
    do {
      rows = await findLastChanges(reader, customer, { from, to, after, limit: limit + 1 });
      const before = await this.statesBefore(customer, from, rows);
      const names = await this.namesIn(customer, rows, delegation);
      for (const row of rows) {
        const was = open(before.get(row.preferenceId));
        const became = row.change === 'removed' ? null : open(row);
        const net = netChange(was, became, { at: row.at, by: writtenBy(row.delegationId, names) });
        if (net) items.push(...within(delegation, [net], ({ attribute }) => attribute));
        after = [row.at, row.preferenceId];
      }
    } while (items.length <= limit && rows.length > limit);
    return pageOf(items, limit, ({ at, preference_id }) => [new Date(at), preference_id]);
  }

  private async statesBefore(
    customer: CustomerKey,
    from: Date | null,
    rows: readonly SealedVersion[],
  ): Promise<ReadonlyMap<string, SealedVersion>> {
    if (!from) return new Map();
    const ids = rows.map(({ preferenceId }) => preferenceId);
    const lastMoment = new Date(from.getTime() - 1);
    const states = await findStatesAt(this.database.reader, customer, lastMoment, ids);
    return new Map(states.map((row) => [row.preferenceId, row]));
  }

  /** What the customer calls those who acted for them; nobody else is told. */
  private namesIn(
    customer: CustomerKey,
    rows: readonly SealedVersion[],
    delegation: ActingFor | undefined,
  ): Promise<ReadonlyMap<string, string>> {
    return this.rights.namesOf(customer, delegation ? [] : rows.flatMap(({ delegationId }) => delegationId ?? []));
  }
}

/** A version in the words of a release; null when what it states means nothing there. */
export function openUnder(
  vocabulary: Vocabulary,
  customer: CustomerKey,
  profileKey: Buffer,
  row: SealedVersion,
): Preference | null {
  return understood([openVersion(customer, profileKey, row)], row.vocabularyVersion, vocabulary)[0] ?? null;
}
