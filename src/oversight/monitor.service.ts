import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';

import { entriesInOrder, findEntriesAt, type LoggedEntry } from '../audit/audit.queries.js';
import { AuditService } from '../audit/audit.service.js';
import { readLogState } from '../audit/log-tiles.queries.js';
import { Clock } from '../platform/clock.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { Database, type Tx } from '../platform/database/database.js';
import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { Jobs } from '../platform/jobs/jobs.js';
import { Leisure } from '../platform/leisure.js';
import { ConsentHistoryChecks } from './consent-history-checks.js';
import { dayOf, lastClosed } from './day-closing.service.js';
import { EntryReader, type OpenedEntry } from './entry-reader.service.js';
import { LogChecks } from './log-checks.js';
import { MonitorState, StoredFinding } from './monitor.entity.js';
import { beingErased, customersOfBuckets, unloggedExpiries } from './monitor.queries.js';
import { type Finding, type MonitorRule, monitorRules } from './monitor-rules.js';

const INTERVAL_MS = 60_000;
const READ_AT_ONCE = 500;
/** The job reads less at once than the command: requests are answered between one piece and the next. */
const READ_AT_LEISURE = 50;
/** How much of the log one turn of the job looks at, and for how long at most; as long for customers. */
const ENTRIES_PER_TURN = 20_000;
const PART_OF_TURN_MS = 300_000;
/** Every customer comes up once in 17 hours, or later where the turns are long. */
const BUCKETS_PER_TURN = 64;
const BUCKETS_AT_ONCE = 4;
const BUCKETS = 65_536;
/** The service records an expiry within a minute; a stop for an update is no fault. */
const EXPIRY_GRACE_MS = 15 * 60_000;
const DAY_MS = 86_400_000;
const MOST_EXPIRIES = 1_000;
/** More than these say nothing more. */
const MOST_KEPT = 1_000;
/** What passes by itself, and is found anew as long as it lasts. */
const passing: readonly MonitorRule[] = ['expiry-not-logged', 'day-not-closed'];

/** How far a check has come: entries of the log, and customers. */
export interface CheckProgress {
  readonly entries: number;
  readonly customers: number;
}

/**
 * Looks for what a signed tree does not show: that what the log says, what is kept, and what was read belong together.
 * The job goes on where it was; `ccx audit check` looks at everything, and what it finds replaces what the job knew.
 */
@Injectable()
export class Monitor implements OnModuleInit {
  private readonly logger = new Logger(Monitor.name);

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly jobs: Jobs,
    private readonly keys: SubjectKeys,
    private readonly audit: AuditService,
    private readonly entries: EntryReader,
    private readonly log: LogChecks,
    private readonly histories: ConsentHistoryChecks,
  ) {}

  onModuleInit(): void {
    this.jobs.every('audit-monitor', INTERVAL_MS, (ending) => this.goOn(ending));
  }

  /**
   * Looks at what the log has more than the last time, and at the next few customers, at leisure and in bounded time.
   * What it has come to is kept, also when the process is to end.
   */
  async goOn(ending?: AbortSignal): Promise<void> {
    const { reader } = this.database;
    const { size, bucket } = await reader.findOneByOrFail(MonitorState, { id: 1 });
    const { integrated } = await readLogState(reader);
    const end = Math.min(integrated, size + ENTRIES_PER_TURN);
    const leisure = new Leisure();
    const found: Finding[] = [];
    const isEnoughOfTheLog = enoughAfter(PART_OF_TURN_MS, ending);
    let to = Math.min(size, end);
    for await (const { findings, next } of this.alongTheLog({ from: size, to: end }, READ_AT_LEISURE, true)) {
      found.push(...findings);
      to = next;
      if (to === end || isEnoughOfTheLog()) break;
      await leisure.rest(ending);
    }
    const isEnoughOfCustomers = enoughAfter(PART_OF_TURN_MS, ending);
    let reached = bucket;
    while (reached < bucket + BUCKETS_PER_TURN && !isEnoughOfCustomers()) {
      const customers = await customersOfBuckets(reader, { from: reached, to: reached + BUCKETS_AT_ONCE });
      for (let start = 0; start < customers.length; start += READ_AT_LEISURE) {
        await leisure.rest(ending);
        found.push(...(await this.histories.check(customers.slice(start, start + READ_AT_LEISURE))));
      }
      reached += BUCKETS_AT_ONCE;
    }
    found.push(...(await this.now()));

    await this.database.transaction(async (tx) => {
      // The command may have looked at more meanwhile.
      const state = await tx.findOneOrFail(MonitorState, { where: { id: 1 }, lock: { mode: 'pessimistic_write' } });
      const reachedSize = Math.max(state.size, to);
      const checkedAt = this.clock.now();
      await tx.update(MonitorState, { id: 1 }, { size: reachedSize, bucket: reached % BUCKETS, checkedAt });
      await tx.query('delete from audit_findings where rule = any($1)', [passing]);
      await this.keep(tx, found);
    });
  }

  /** Looks at everything there is, and answers what is wrong as it finds it. */
  async *all(progress: (done: CheckProgress) => void = () => undefined): AsyncGenerator<Finding> {
    const { reader } = this.database;
    const { integrated } = await readLogState(reader);
    const found: Finding[] = [];
    const keep = (findings: readonly Finding[]) => {
      found.push(...findings.slice(0, MOST_KEPT - found.length));
      return findings;
    };
    let entries = 0;
    for await (const { findings, next } of this.alongTheLog({ from: 0, to: integrated }, READ_AT_ONCE, false)) {
      yield* keep(findings);
      progress({ entries: (entries = next), customers: 0 });
    }
    let customers = 0;
    for (let page = await this.keys.customersAfter(reader, undefined, READ_AT_ONCE); page.length > 0;) {
      yield* keep(await this.histories.check(page));
      progress({ entries, customers: (customers += page.length) });
      page = await this.keys.customersAfter(reader, page.at(-1), READ_AT_ONCE);
    }
    yield* keep(await this.now());

    await this.database.transaction(async (tx) => {
      await tx.update(MonitorState, { id: 1 }, { size: integrated, checkedAt: this.clock.now() });
      await tx.query('delete from audit_findings');
      await this.keep(tx, found);
    });
  }

  /** What there is to look at. */
  async extent(): Promise<CheckProgress> {
    const { reader } = this.database;
    const { integrated } = await readLogState(reader);
    return { entries: integrated, customers: await this.keys.countCustomers(reader) };
  }

  /** How many of each rule are known, those of some retailers only if they are named. */
  async known(retailerIds?: readonly string[]): Promise<Record<MonitorRule, number>> {
    const rows = await this.database.reader.query<{ rule: string; count: number }[]>(
      `select rule, count(*)::int as count from audit_findings
        where $1::uuid[] is null or retailer_id = any($1) group by rule`,
      [retailerIds ?? null],
    );
    const counted = new Map(rows.map(({ rule, count }) => [rule, count]));
    return Object.fromEntries(monitorRules.map((rule) => [rule, counted.get(rule) ?? 0])) as Record<
      MonitorRule,
      number
    >;
  }

  /** What is wrong with a stretch of the log, a page at a time, and where the next page begins. */
  private async *alongTheLog(
    { from, to }: { from: number; to: number },
    limit: number,
    withHistories: boolean,
  ): AsyncGenerator<{ findings: Finding[]; next: number }> {
    let next = from;
    while (next < to) {
      const range = { from: next, to: Math.min(to, next + limit) };
      const page = await entriesInOrder(this.database.reader, {}, { ...range, limit });
      const opened = await this.entries.open(page);
      next = range.to;
      const findings = [
        ...missingFrom(page, range),
        ...(await this.log.check(opened)),
        ...(await this.namingNobody(opened)),
        ...(withHistories ? await this.histories.check(changedIn(opened)) : []),
      ];
      yield { findings, next };
    }
  }

  /** Entries that look like those of somebody erased and are not: erasing leaves neither a pseudonym nor anything sealed. */
  private async namingNobody(opened: readonly OpenedEntry[]): Promise<Finding[]> {
    const isOdd = ({ state, entry }: OpenedEntry) =>
      state === 'erased' && (entry.sealed.length > 0 || entry.pseudonym !== null);
    const odd = opened.filter(isOdd).map(({ entry }) => entry);
    if (odd.length === 0) return [];
    const { reader } = this.database;
    const going = await beingErased(
      reader,
      odd.flatMap(({ pseudonym }) => pseudonym ?? []),
    );
    const suspected = odd.filter(({ pseudonym }) => !pseudonym || !going.has(pseudonym.toString('hex')));
    // Whose erasure has ended since the first look has nothing left at the second one.
    const again = await findEntriesAt(
      reader,
      suspected.map(({ index }) => index),
    );
    return (await this.entries.open(again)).filter(isOdd).map(({ entry: { index, retailerId } }) => {
      const detail = `entry ${index} differs in pseudonym: it names nobody`;
      return { rule: 'column-differs', about: `${index}: pseudonym`, detail, retailerId };
    });
  }

  /** What is wrong at this moment, whatever the log says. */
  private async now(): Promise<Finding[]> {
    const { reader } = this.database;
    const now = this.clock.now().getTime();
    const overdue = await unloggedExpiries(reader, new Date(now - EXPIRY_GRACE_MS), MOST_EXPIRIES);
    const expiries = overdue.map(({ id, retailerId }) => {
      const detail = 'its time is up, and nobody has recorded that';
      return { rule: 'expiry-not-logged', about: this.histories.nameOf(id), detail, retailerId } as const;
    });
    const last = await lastClosed(reader);
    const due = dayOf(new Date(now - 2 * DAY_MS));
    if (!last || last.day >= due) return expiries;
    return [
      ...expiries,
      { rule: 'day-not-closed', about: last.day, detail: `no day has been closed since ${last.day}` },
    ];
  }

  /** Remembers what is new of it, and says so in the log, by rule. */
  private async keep(tx: Tx, findings: readonly Finding[]): Promise<void> {
    if (findings.length === 0) return;
    const at = this.clock.now();
    const { raw } = await tx
      .createQueryBuilder()
      .insert()
      .into(StoredFinding)
      .values(
        findings
          .slice(0, MOST_KEPT)
          .map(({ retailerId = null, ...finding }) => ({ ...finding, retailerId, foundAt: at })),
      )
      .orIgnore()
      .returning('rule')
      .execute();
    const fresh = (raw as { rule: MonitorRule }[]).filter(({ rule }) => !passing.includes(rule));
    if (fresh.length === 0) return;
    const counts: Record<string, number> = {};
    for (const { rule } of fresh) counts[rule] = (counts[rule] ?? 0) + 1;
    this.logger.error(`The monitor has found what must not be: ${JSON.stringify(counts)}. ccx audit check tells more.`);
    await this.audit.append(tx, { type: 'monitor.found', at, actor: { kind: 'system' }, data: { rules: counts } });
  }
}

/** Tells whether so much time has passed since, or the process is to end. */
function enoughAfter(forMs: number, ending: AbortSignal | undefined): () => boolean {
  const until = performance.now() + forMs;
  return () => performance.now() > until || ending?.aborted === true;
}

/** The places of a stretch of the log that have no entry. */
function missingFrom(page: readonly LoggedEntry[], { from, to }: { from: number; to: number }): Finding[] {
  if (page.length === to - from) return [];
  const there = new Set(page.map(({ index }) => index));
  const missing = Array.from({ length: to - from }, (_, place) => from + place).filter((index) => !there.has(index));
  return missing.map((index) => ({
    rule: 'column-differs',
    about: `${index}: missing`,
    detail: `entry ${index} is not there`,
  }));
}

/** Whose consents these entries tell of. */
function changedIn(opened: readonly OpenedEntry[]): CustomerKey[] {
  const changed = opened.filter(({ entry, customer }) => customer && entry.type.startsWith('consent.'));
  return [...new Map(changed.map(({ customer }) => [customer!.customerId, customer!])).values()];
}
