import { Injectable, type OnModuleInit } from '@nestjs/common';
import { LessThan } from 'typeorm';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { Actor } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Random } from '../platform/random.js';
import type { Author } from '../preferences/author.js';
import { type ProfileRule, Profiles } from '../preferences/profiles.js';
import { isTaken } from '../preferences/understood.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import { Import, type ImportStatus } from './import.entity.js';
import {
  type ConflictPolicy,
  confirmItems,
  countsOf,
  discardItems,
  type ImportItem,
  type Plan,
  planImport,
  reportOf,
} from './import-plan.js';
import type { ReadFile } from './import-reader.js';
import {
  ImportDiscardedError,
  ImportNotFoundError,
  ImportOutdatedError,
  TooManyImportsError,
} from './imports.errors.js';
import {
  deleteSettledBeyond,
  type ImportContent,
  type ImportHead,
  importHeadsOf,
  type ImportSummary,
  lockImport,
  openContent,
  openSummary,
  sealContent,
} from './imports.queries.js';

/** An import as a list shows it; one that was only tried has no id. */
export interface ImportSummaryView extends ImportSummary {
  readonly id: string | null;
  readonly status: ImportStatus | 'tried';
  readonly createdAt: Date;
  readonly settledAt: Date | null;
}

/** An import as its customer sees it. */
export type ImportView = ImportSummaryView & ImportContent;

/** Which items of an import are meant: all that wait, or those with these numbers. */
export type Chosen = { readonly all: true } | { readonly items: readonly number[] };

const MOST_WAITING = 5;
const MOST_SETTLED = 50;
const KEPT_MS = 30 * 86_400_000;

/** What customers bring in from elsewhere: nothing of it holds before they confirm it. */
@Injectable()
export class ImportsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly profiles: Profiles,
    private readonly keys: SubjectKeys,
    private readonly vocabularies: VocabularyService,
    private readonly audit: AuditService,
    private readonly jobs: Jobs,
    private readonly random: Random,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.jobs.every('imports', 3_600_000, () => this.sweep());
  }

  /** What taking the file in would come to. @throws TooManyPreferencesError */
  async try(customer: CustomerKey, file: ReadFile, conflicts: ConflictPolicy, actor: Actor): Promise<ImportView> {
    const { plan, rule } = this.planning(file, conflicts, actor);
    await this.profiles.preview(customer, actor, rule);
    // Ids of what is not recorded lead nowhere.
    const items = plan().items.map(({ preference_id, ...item }) =>
      item.outcome === 'added' || !preference_id ? item : { ...item, preference_id },
    );
    const content = contentOf(file, conflicts, items);
    return { ...content, id: null, status: 'tried', createdAt: this.clock.now(), settledAt: null };
  }

  /**
   * Takes the file in: what is new as pending preferences, the rest as a plan. All of it or, on any error, nothing.
   * Answers what the file stated even if nothing of it waits, in which case that is not kept.
   *
   * @throws TooManyPreferencesError @throws CategoryFullError @throws TooManyImportsError
   */
  create(customer: CustomerKey, file: ReadFile, conflicts: ConflictPolicy, actor: Actor): Promise<ImportView> {
    const { plan, rule } = this.planning(file, conflicts, actor);
    return this.database.transaction(async (tx) => {
      await this.profiles.change(customer, actor, rule, tx);
      const content = contentOf(file, conflicts, plan().items);
      const at = this.clock.now();
      const created = tx.create(Import, { ...customer, id: this.random.id(), createdAt: at, settledAt: null });
      await this.keep(tx, created, content, 'confirmed', at);
      // The profile is locked: nobody else counts at the same time.
      const waiting = await tx.countBy(Import, { ...customer, status: 'pending' });
      if (created.status === 'pending' && waiting > MOST_WAITING) throw new TooManyImportsError(MOST_WAITING);
      await this.tell(tx, 'import.made', created, content, actor, at);
      return viewOf(created, content);
    });
  }

  /** One page of the customer's imports, the latest first. */
  async list(customer: CustomerKey, query: PageQuery): Promise<Page<ImportSummaryView>> {
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const limit = pageSize(query);
    const rows = await importHeadsOf(this.database.reader, customer, before, limit + 1);
    const page = pageOf(rows, limit, ({ id }) => [id]);
    const { profileKey } = await this.keys.of(this.database.reader, customer);
    return { ...page, items: page.items.map((row) => viewOf(row, openSummary(row, profileKey))) };
  }

  /** @throws ImportNotFoundError */
  async get(customer: CustomerKey, id: string): Promise<ImportView> {
    const { reader } = this.database;
    const found = await reader.findOneBy(Import, { ...customer, id });
    if (!found) throw new ImportNotFoundError(id);
    return viewOf(found, openContent(found, (await this.keys.of(reader, customer)).profileKey));
  }

  /**
   * Lets items hold from now on: all that wait, or some. What is confirmed already stays so.
   *
   * @throws ImportNotFoundError @throws ImportDiscardedError @throws ImportOutdatedError @throws InvalidRequestError
   */
  confirm(customer: CustomerKey, id: string, chosen: Chosen, actor: Actor): Promise<ImportView> {
    return this.settle(customer, id, 'confirmed', actor, ({ status, content }) => {
      if (status === 'discarded') throw new ImportDiscardedError();
      const isChosen = choice(chosen, content.items);
      const author = authorOf(content.source, actor);
      const vocabulary = this.vocabularies.current();
      const canHold = (statement: Parameters<typeof isTaken>[0]) => isTaken(statement, vocabulary);
      return (profile, at) => {
        const settlement = confirmItems(profile, content.items, { chosen: isChosen, canHold, author, at });
        if (settlement.outdated.length > 0) throw new ImportOutdatedError(settlement.outdated);
        return settlement;
      };
    });
  }

  /** Takes out of the profile what still waits. What was confirmed stays. @throws ImportNotFoundError */
  discard(customer: CustomerKey, id: string, actor: Actor): Promise<ImportView> {
    return this.settle(customer, id, 'discarded', actor, ({ content }) => {
      return (profile, at) => discardItems(profile, content.items, at);
    });
  }

  private planning(
    { candidates, source }: ReadFile,
    conflicts: ConflictPolicy,
    actor: Actor,
  ): { plan: () => Plan; rule: ProfileRule } {
    let plan: Plan = { items: [], changes: [] };
    const author = authorOf(source, actor);
    const newId = () => this.random.id();
    const rule: ProfileRule = (profile, at) => {
      plan = planImport(profile, candidates, { conflicts, author, at, newId });
      return plan.changes;
    };
    return { plan: () => plan, rule };
  }

  private settle(
    customer: CustomerKey,
    id: string,
    status: Exclude<ImportStatus, 'pending'>,
    actor: Actor,
    settling: (found: { status: ImportStatus; content: ImportContent }) => SettleRule,
  ): Promise<ImportView> {
    return this.database.transaction(async (tx) => {
      const found = await lockImport(tx, customer, id);
      if (!found) throw new ImportNotFoundError(id);
      const { profileKey } = await this.keys.of(tx, customer);
      const before = openContent(found, profileKey);
      const settle = settling({ status: found.status, content: before });
      if (found.status !== 'pending') return viewOf(found, before);

      let { items } = before;
      const rule: ProfileRule = (profile, at) => {
        const settlement = settle(profile, at);
        items = settlement.items;
        return settlement.changes;
      };
      await this.profiles.change(customer, actor, rule, tx);
      const at = this.clock.now();
      const content = await this.keep(tx, found, { ...before, items }, status, at);
      await this.tell(tx, `import.${status}`, found, content, actor, at);
      return viewOf(found, content);
    });
  }

  /** Saves an import and answers what was kept of it. Once nothing of it waits it is settled as `settledAs`. */
  private async keep(
    tx: Tx,
    row: Import,
    content: ImportContent,
    settledAs: Exclude<ImportStatus, 'pending'>,
    at: Date,
  ): Promise<ImportContent> {
    const { profileKey } = await this.keys.of(tx, row);
    const waits = content.items.some(({ state }) => state === 'pending');
    row.status = waits ? 'pending' : settledAs;
    row.settledAt = waits ? null : at;
    const kept = waits ? content : { ...content, items: content.items.map(reportOf) };
    sealContent(row, profileKey, kept);
    await tx.save(Import, row);
    if (!waits) await deleteSettledBeyond(tx, row, MOST_SETTLED);
    return kept;
  }

  private async tell(
    tx: Tx,
    type: string,
    { bucket, customerId, id, status }: Import,
    { items }: ImportContent,
    actor: Actor,
    at: Date,
  ): Promise<void> {
    const data = { import: id, status, items: items.length };
    await this.audit.append(tx, { type, at, actor, customer: { bucket, customerId }, data });
  }

  private async sweep(): Promise<void> {
    const before = new Date(this.clock.now().getTime() - KEPT_MS);
    await this.database.reader.delete(Import, { settledAt: LessThan(before) });
  }
}

type SettleRule = (...args: Parameters<ProfileRule>) => {
  readonly items: readonly ImportItem[];
  readonly changes: ReturnType<ProfileRule>;
};

function contentOf(
  { source, verification, table }: ReadFile,
  conflicts: ConflictPolicy,
  items: readonly ImportItem[],
): ImportContent {
  return { source, verification, ...(table && { table }), conflicts, counts: countsOf(items), items };
}

function viewOf<T extends ImportSummary>({ id, status, createdAt, settledAt }: ImportHead, content: T) {
  return { ...content, id, status, createdAt, settledAt };
}

function authorOf(source: string, actor: Actor): Author {
  return { actor, provenance: { kind: 'imported', source } };
}

/** @throws InvalidRequestError for a number that no item has, or one about which there is nothing to decide */
function choice(chosen: Chosen, items: readonly ImportItem[]): (item: ImportItem) => boolean {
  if ('all' in chosen) return () => true;
  const decidable = new Set(items.flatMap(({ number, state }) => (state === null ? [] : [number])));
  const faults = chosen.items.flatMap((number, index) =>
    decidable.has(number) ? [] : [{ pointer: `/items/${index}`, detail: 'is not an item that waits to be confirmed' }],
  );
  if (faults.length > 0) throw new InvalidRequestError(faults);
  const numbers = new Set(chosen.items);
  return ({ number }) => numbers.has(number);
}
