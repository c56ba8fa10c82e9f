import type { Reader, Tx } from '../platform/database/database.js';
import { VocabularyRelease } from '../vocabulary/vocabulary-release.entity.js';

/** A release without its attributes and lists. */
export type ReleaseSummary = Omit<VocabularyRelease, 'release' | 'checkJob' | 'checkedFrom' | 'publish'>;

export interface ReleasePage {
  before?: { createdAt: Date; version: string };
  limit: number;
}

/** The latest first. */
export function listReleases(reader: Reader, { before, limit }: ReleasePage): Promise<ReleaseSummary[]> {
  const query = reader
    .createQueryBuilder(VocabularyRelease, 'r')
    .select(
      ['version', 'status', 'level', 'basedOn', 'createdAt', 'publishedAt', 'inForceAt'].map((name) => `r.${name}`),
    )
    .orderBy({ 'r.createdAt': 'DESC', 'r.version': 'DESC' })
    .take(limit);
  if (before) query.andWhere('(r.createdAt, r.version) < (:createdAt, :version)', before);
  return query.getMany();
}

/** All releases that operators have made, held until commit: publishing one of them is about the others, too. */
export function lockReleases(tx: Tx): Promise<VocabularyRelease[]> {
  return tx.find(VocabularyRelease, { order: { version: 'asc' }, lock: { mode: 'pessimistic_write' } });
}

/** False when there is one of this version. */
export async function insertDraft(tx: Tx, draft: VocabularyRelease): Promise<boolean> {
  const { version, level, basedOn, release, checkJob, checkedFrom, createdAt } = draft;
  const rows = await tx.query<unknown[]>(
    `insert into vocabulary_releases (version, status, level, based_on, release, check_job, checked_from, created_at)
     values ($1, 'draft', $2, $3, $4, $5, $6, $7)
     on conflict do nothing returning version`,
    [version, level, basedOn, JSON.stringify(release), checkJob, checkedFrom, createdAt],
  );
  return rows.length > 0;
}
