import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Database, type Tx } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import type { JsonObject } from '../platform/json.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs } from '../platform/jobs/long-jobs.js';
import { LongJobNotFoundError } from '../platform/jobs/long-jobs.errors.js';
import type { ReleaseChange } from '../vocabulary/release-change.js';
import { differencesBetween, type ReleaseDifference } from '../vocabulary/release-level.js';
import { judge } from '../vocabulary/release-rules.js';
import { VocabularyRelease } from '../vocabulary/vocabulary-release.entity.js';
import { VocabularyReleaseNotFoundError } from '../vocabulary/vocabulary.errors.js';
import { LEAD_MS, VocabularyService } from '../vocabulary/vocabulary.service.js';
import { RELEASE_CHECK, ReleaseCheck } from './release-check.js';
import { findingsOf } from './release-findings.js';
import {
  VocabularyBreaksValuesError,
  VocabularyDraftOutdatedError,
  VocabularyDraftUncheckedError,
  VocabularyReleasePublishedError,
  VocabularyVersionTakenError,
} from './releases.errors.js';
import { insertDraft, listReleases, lockReleases, type ReleasePage, type ReleaseSummary } from './releases.queries.js';

/** What has changed since the check began is looked at again when the release is published, up to this much. */
const MOST_SINCE_CHECK = 2000;
const OWNER = 'operator';

/** A release that an operator has made, and how it stands. */
export interface ReleaseState {
  readonly release: VocabularyRelease;
  readonly differences: readonly ReleaseDifference[];
  readonly check: LongJob | null;
}

/** Operators make releases of ccx-core: drafted, checked against what is stored, published, in force a while later. */
@Injectable()
export class ReleasesService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly vocabularies: VocabularyService,
    private readonly longJobs: LongJobs,
    private readonly checks: ReleaseCheck,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  /** One page of what operators have made, the latest first. */
  list(page: ReleasePage): Promise<ReleaseSummary[]> {
    return listReleases(this.database.reader, page);
  }

  /** @throws VocabularyReleaseNotFoundError also for one that came with the software */
  async get(version: string): Promise<ReleaseState> {
    const { reader } = this.database;
    const release = await reader.findOneBy(VocabularyRelease, { version });
    if (!release) throw new VocabularyReleaseNotFoundError(version);
    await this.vocabularies.refresh();
    return this.stateOf(release, await this.checkOf(release));
  }

  /** Makes a draft. What a major would do to stored values is looked for at once. @throws InvalidRequestError */
  async draft(actor: Actor, change: ReleaseChange): Promise<ReleaseState> {
    await this.vocabularies.refresh();
    const { release: base, everUsed } = this.vocabularies.newest();
    const at = this.clock.now();
    const { release, level, faults } = judge(base, change, { everUsed, on: at.toISOString().slice(0, 10) });
    if (faults.length > 0 || !level) throw new InvalidRequestError(faults);
    return this.database.transaction(async (tx) => {
      const draft = tx.create(VocabularyRelease, {
        version: release.version,
        status: 'draft',
        level,
        basedOn: base.version,
        release,
        checkJob: null,
        checkedFrom: null,
        createdAt: at,
        publishedAt: null,
        inForceAt: null,
      });
      const check = level === 'major' ? await this.startCheck(tx, draft, at) : null;
      if (!(await insertDraft(tx, draft))) throw new VocabularyVersionTakenError(draft.version);
      await this.tell(tx, 'vocabulary.drafted', actor, at, { version: draft.version, level });
      return this.stateOf(draft, check);
    });
  }

  /** Looks through what is stored anew. @throws VocabularyReleaseNotFoundError @throws VocabularyReleasePublishedError */
  check(version: string): Promise<ReleaseState> {
    return this.database.transaction(async (tx) => {
      const draft = draftIn(await lockReleases(tx), version);
      const check = await this.startCheck(tx, draft, this.clock.now());
      await tx.save(draft);
      return this.stateOf(draft, check);
    });
  }

  /** Throws a draft away. @throws VocabularyReleaseNotFoundError @throws VocabularyReleasePublishedError */
  discard(actor: Actor, version: string): Promise<void> {
    return this.database.transaction(async (tx) => {
      const draft = draftIn(await lockReleases(tx), version);
      await tx.delete(VocabularyRelease, { version: draft.version });
      await this.tell(tx, 'vocabulary.discarded', actor, this.clock.now(), { version });
    });
  }

  /**
   * Publishes a draft. It comes into force when it is said to, a minute later at the soonest.
   *
   * @throws VocabularyReleaseNotFoundError @throws VocabularyReleasePublishedError @throws InvalidRequestError
   * @throws VocabularyDraftOutdatedError @throws VocabularyDraftUncheckedError @throws VocabularyBreaksValuesError
   */
  async publish(actor: Actor, version: string, inForceAt?: Date): Promise<ReleaseState> {
    const state = await this.database.transaction(async (tx) => {
      const releases = await lockReleases(tx);
      const draft = draftIn(releases, version);
      const at = this.clock.now();
      this.assertNewest(draft, releases);
      const check = await this.assertHarmless(tx, draft);
      draft.publish(at, this.startOf(inForceAt, at));
      await tx.save(draft);
      const data = { version, level: draft.level, in_force_at: draft.inForceAt!.toISOString() };
      await this.tell(tx, 'vocabulary.published', actor, at, data);
      return this.stateOf(draft, check);
    });
    await this.vocabularies.refresh();
    return state;
  }

  private assertNewest({ version, basedOn }: VocabularyRelease, releases: readonly VocabularyRelease[]): void {
    const successor = releases.find((other) => other.status === 'published' && other.basedOn === basedOn);
    const newest = successor?.version ?? this.vocabularies.newest().release.version;
    if (basedOn !== newest) throw new VocabularyDraftOutdatedError(version, basedOn, newest);
  }

  /** Only a major can do harm. What was written since its check began is looked at here. */
  private async assertHarmless(tx: Tx, draft: VocabularyRelease): Promise<LongJob | null> {
    if (draft.level !== 'major') return null;
    const { version, release, checkedFrom } = draft;
    const check = await this.checkOf(draft, tx);
    if (check?.status !== 'succeeded' || !checkedFrom) {
      throw new VocabularyDraftUncheckedError(version, `its check is ${check?.status ?? 'no longer kept'}`);
    }
    const { invalid } = findingsOf(check.result);
    if (invalid.length > 0) throw new VocabularyBreaksValuesError(version, invalid);
    const since = await this.checks.sinceThen(tx, release, checkedFrom, MOST_SINCE_CHECK);
    if (!since) throw new VocabularyDraftUncheckedError(version, 'too much has been recorded since its check began');
    if (since.invalid.length > 0) throw new VocabularyBreaksValuesError(version, since.invalid);
    return check;
  }

  private startOf(wanted: Date | undefined, at: Date): Date {
    const soonest = new Date(Math.max(at.getTime() + LEAD_MS, this.vocabularies.newest().inForceAt.getTime()));
    if (wanted && wanted < soonest) {
      throw new InvalidRequestError([
        { pointer: '/in_force_at', detail: `must not be before ${soonest.toISOString()}: every process is to know it` },
      ]);
    }
    return wanted ?? soonest;
  }

  private async startCheck(tx: Tx, draft: VocabularyRelease, at: Date): Promise<LongJob> {
    const job = await this.longJobs.start(tx, {
      kind: RELEASE_CHECK,
      owner: OWNER,
      params: { version: draft.version },
    });
    draft.checkJob = job.id;
    draft.checkedFrom = at;
    return job;
  }

  /** Null where none is needed, and once it is no longer kept. */
  private async checkOf({ checkJob: id }: VocabularyRelease, reader = this.database.reader): Promise<LongJob | null> {
    if (id === null) return null;
    try {
      return await this.longJobs.get(reader, { id, kind: RELEASE_CHECK, owner: OWNER });
    } catch (error) {
      if (error instanceof LongJobNotFoundError) return null;
      throw error;
    }
  }

  private stateOf(release: VocabularyRelease, check: LongJob | null): ReleaseState {
    const base = this.vocabularies.release(release.basedOn).release;
    return { release, check, differences: differencesBetween(base, release.release) };
  }

  private async tell(
    tx: Tx,
    type: string,
    actor: Actor,
    at: Date,
    data: { version: string } & JsonObject,
  ): Promise<void> {
    await this.audit.append(tx, { type, at, actor, data });
    await this.outbox.enqueue(tx, { type, at, subject: data.version, data });
  }
}

function draftIn(releases: readonly VocabularyRelease[], version: string): VocabularyRelease {
  const found = releases.find((release) => release.version === version);
  if (!found) throw new VocabularyReleaseNotFoundError(version);
  if (found.status !== 'draft') throw new VocabularyReleasePublishedError(version);
  return found;
}
