import { Injectable, type OnModuleInit } from '@nestjs/common';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import type { Reader, Tx } from '../platform/database/database.js';
import type { LongJob } from '../platform/jobs/long-job.entity.js';
import { LongJobs, type LongJobStep } from '../platform/jobs/long-jobs.js';
import type { Release } from '../vocabulary/release.js';
import { VocabularyRelease } from '../vocabulary/vocabulary-release.entity.js';
import { VocabularyReleaseNotFoundError } from '../vocabulary/vocabulary.errors.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import { PreferenceDocuments } from './preference-documents.js';
import {
  countDocuments,
  documentsAfter,
  documentsSince,
  type KeyedDocument,
  type Place,
} from './release-check.queries.js';
import { type Findings, findingsIn, findingsOf, noFindings, resultOf, sum } from './release-findings.js';

export const RELEASE_CHECK = 'vocabulary-check';
const DOCUMENTS_A_STEP = 500;
/** By how much clocks of processes may differ, and writes be under way. */
const MARGIN_MS = 60_000;

/** Looks through all that customers have stated for what a release would make invalid. */
@Injectable()
export class ReleaseCheck implements OnModuleInit {
  constructor(
    private readonly longJobs: LongJobs,
    private readonly vocabularies: VocabularyService,
    private readonly documents: PreferenceDocuments,
    private readonly keys: SubjectKeys,
  ) {}

  onModuleInit(): void {
    this.longJobs.register({ kind: RELEASE_CHECK, step: (tx, job) => this.step(tx, job) });
  }

  /** What has been written since, and how much of it there is; null when it is more than can be looked at here. */
  async sinceThen(reader: Reader, release: Release, since: Date, most: number): Promise<Findings | null> {
    const rows = await documentsSince(reader, new Date(since.getTime() - MARGIN_MS), most + 1);
    return rows.length > most ? null : this.findings(rows, this.vocabularies.candidate(release), noFindings);
  }

  private async step(tx: Tx, job: LongJob): Promise<LongJobStep> {
    const { version } = job.params as { version: string };
    const draft = await tx.findOneBy(VocabularyRelease, { version });
    // It was discarded, or another draft has taken its place.
    if (draft?.checkJob !== job.id) throw new VocabularyReleaseNotFoundError(version);
    const rows = await documentsAfter(tx, job.cursor as Place | null, DOCUMENTS_A_STEP);
    const findings = this.findings(rows, this.vocabularies.candidate(draft.release), findingsOf(job.result));
    const last = rows.at(-1);
    return {
      next: last && rows.length === DOCUMENTS_A_STEP ? [last.bucket, last.customerId, last.category] : null,
      done: job.done + rows.length,
      ...(job.cursor === null && { total: await countDocuments(tx) }),
      result: resultOf(findings),
    };
  }

  private findings(rows: readonly KeyedDocument[], candidate: Vocabulary, before: Findings): Findings {
    const today = this.vocabularies.current();
    return rows.reduce((findings, row) => {
      const profileKey = this.keys.unwrapProfileKey(row, row.profileKey);
      const stored = this.documents.stored(row, profileKey, row);
      return sum(findings, findingsIn(stored, row.vocabularyVersion, today, candidate));
    }, before);
  }
}
