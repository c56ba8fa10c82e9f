import { Injectable, type OnModuleInit } from '@nestjs/common';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { decodeCursor, type Page, pageOf, type PageQuery, pageSize } from '../platform/http/paging.js';
import { Jobs } from '../platform/jobs/jobs.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs } from '../platform/jobs/long-jobs.js';
import { PersonalData } from '../platform/personal-data.js';
import { Random } from '../platform/random.js';
import { Snapshot } from './snapshot.entity.js';
import { SnapshotEntries, statusListPath } from './snapshot-entries.js';
import { SNAPSHOT_JOB } from './snapshot-worker.js';
import { SnapshotNotFoundError, SnapshotNotReadyError } from './snapshots.errors.js';
import {
  deleteExpired,
  eraseSnapshotEntries,
  findSnapshot,
  listSnapshots,
  standingEntries,
} from './snapshots.queries.js';
import { TillClients } from './till-clients.js';

/** For what, where and for how long a retailer's tills want to hold something. */
export type NewSnapshot = Pick<Snapshot, 'touchpoint' | 'purpose' | 'stage' | 'place'> & { readonly hours: number };

/** A snapshot, and how far it has come. */
export interface SnapshotRecord {
  readonly snapshot: Snapshot;
  readonly job: LongJob;
  /** Where its parts can be fetched. */
  readonly parts: readonly string[];
  readonly statusList: string;
}

const SWEEP_INTERVAL_MS = 60_000;
const SWEPT_AT_ONCE = 5_000;

/** Copies for tills without a connection, of what customers allow to be had so. */
@Injectable()
export class SnapshotsService implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly longJobs: LongJobs,
    private readonly jobs: Jobs,
    private readonly clients: TillClients,
    private readonly entries: SnapshotEntries,
    private readonly audit: AuditService,
    private readonly clock: Clock,
    private readonly random: Random,
    private readonly config: Config,
    private readonly personalData: PersonalData,
  ) {}

  onModuleInit(): void {
    this.jobs.every('snapshots-sweep', SWEEP_INTERVAL_MS, () => this.sweep());
    this.personalData.register({
      module: 'snapshots',
      tables: ['snapshot_entries'],
      // An entry repeats what its disclosure tells, and for a day what was stated.
      async *export() {},
      erase: eraseSnapshotEntries,
    });
  }

  /** Has a snapshot made. @throws TillNotServedError */
  async create(principal: RetailerPrincipal, { hours, ...asked }: NewSnapshot): Promise<SnapshotRecord> {
    await this.clients.assertTheyServeTills(principal);
    const { retailerId, clientId } = principal;
    const now = this.clock.now();
    const snapshot = Object.assign(new Snapshot(), {
      ...asked,
      id: this.random.id(),
      retailerId,
      clientId,
      listSize: null,
      parts: 0,
      createdAt: now,
      expiresAt: new Date(now.getTime() + hours * 3_600_000),
    });
    return this.database.transaction(async (tx) => {
      const { id, purpose, touchpoint, stage } = snapshot;
      await tx.insert(Snapshot, snapshot);
      const job = await this.longJobs.start(tx, { ...jobOf(snapshot), params: {} });
      await this.audit.append(tx, {
        type: 'snapshot.requested',
        at: now,
        actor: { kind: 'retailer', id: retailerId, client: clientId },
        retailerId,
        purposes: [purpose],
        data: { snapshot: id, touchpoint, stage, expires_at: snapshot.expiresAt.toISOString() },
      });
      return this.recordOf(snapshot, job);
    });
  }

  /** One page of the retailer's snapshots, newest first. */
  async list(retailerId: string, query: PageQuery): Promise<Page<SnapshotRecord>> {
    const [before] = decodeCursor(query.cursor, ['uuid']) ?? [];
    const limit = pageSize(query);
    const { reader } = this.database;
    const found = await listSnapshots(reader, { retailerId, before, limit: limit + 1, now: this.clock.now() });
    const page = pageOf(found, limit, ({ id }) => [id]);
    const items = await Promise.all(page.items.map((snapshot) => this.withJob(snapshot)));
    return { ...page, items };
  }

  /** @throws SnapshotNotFoundError */
  async get(retailerId: string, id: string): Promise<SnapshotRecord> {
    return this.withJob(await this.find(retailerId, id));
  }

  /**
   * A part, signed: what customers still allow at this moment of what was read for it.
   *
   * @throws SnapshotNotFoundError SnapshotNotReadyError TillNotServedError
   */
  async part(principal: RetailerPrincipal, id: string, part: number): Promise<string> {
    await this.clients.assertTheyServeTills(principal);
    const { snapshot, job } = await this.withJob(await this.find(principal.retailerId, id));
    if (job.status !== 'succeeded') throw new SnapshotNotReadyError(id);
    if (part < 1 || part > snapshot.parts) throw new SnapshotNotFoundError(id, part);
    const now = this.clock.now();
    return this.entries.sign(snapshot, part, await standingEntries(this.database.reader, id, part, now), now);
  }

  /**
   * Ends a snapshot at once, as if its time were up: its status list is no more, so that nothing of it holds.
   * @throws SnapshotNotFoundError
   */
  async discard({ retailerId, clientId }: RetailerPrincipal, id: string): Promise<void> {
    const snapshot = await this.find(retailerId, id);
    await this.database.transaction(async (tx) => {
      await this.longJobs.cancel(tx, jobOf(snapshot));
      const now = this.clock.now();
      await tx.update(Snapshot, { id }, { expiresAt: now });
      await this.audit.append(tx, {
        type: 'snapshot.discarded',
        at: now,
        actor: { kind: 'retailer', id: retailerId, client: clientId },
        retailerId,
        data: { snapshot: id },
      });
    });
  }

  private async find(retailerId: string, id: string): Promise<Snapshot> {
    const snapshot = await findSnapshot(this.database.reader, id, this.clock.now());
    if (snapshot?.retailerId !== retailerId) throw new SnapshotNotFoundError(id);
    return snapshot;
  }

  /** One that is ready is looked at again after its job: before that, its last parts may have been missing. */
  private async withJob(known: Snapshot): Promise<SnapshotRecord> {
    const { reader } = this.database;
    const job = await this.longJobs.get(reader, jobOf(known));
    const made = job.status === 'succeeded' ? await findSnapshot(reader, known.id, this.clock.now()) : null;
    return this.recordOf(made ?? known, job);
  }

  private recordOf(snapshot: Snapshot, job: LongJob): SnapshotRecord {
    const { id, parts } = snapshot;
    const { issuer } = this.config;
    const numbers = job.status === 'succeeded' ? Array.from({ length: parts }, (_, index) => index + 1) : [];
    return {
      snapshot,
      job,
      parts: numbers.map((number) => `${issuer}/v1/snapshots/${id}/parts/${number}`),
      statusList: issuer + statusListPath(id),
    };
  }

  private async sweep(): Promise<void> {
    const now = this.clock.now();
    let deleted: number;
    do {
      deleted = await this.database.transaction((tx) => deleteExpired(tx, now, SWEPT_AT_ONCE));
    } while (deleted === SWEPT_AT_ONCE);
  }
}

function jobOf({ id, retailerId }: Snapshot) {
  return { id, kind: SNAPSHOT_JOB, owner: `retailer:${retailerId}` };
}
