import type { Reader, Tx } from '../platform/database/database.js';
import { Reidentification } from './reidentification.entity.js';

interface Range {
  readonly before: string | undefined;
  readonly limit: number;
}

/** Those of an auditor, or of all where none is named, the newest first. */
export function listReidentifications(
  reader: Reader,
  auditorId: string | undefined,
  { before, limit }: Range,
): Promise<Reidentification[]> {
  const query = reader.createQueryBuilder(Reidentification, 'r').orderBy('r.id', 'DESC').take(limit);
  if (auditorId) query.andWhere('r.auditor_id = :auditorId', { auditorId });
  if (before) query.andWhere('r.id < :before', { before });
  return query.getMany();
}

export function findReidentification(reader: Reader, id: string): Promise<Reidentification | null> {
  return reader.findOneBy(Reidentification, { id });
}

/** Loads it and holds its row until commit. */
export function lockReidentification(tx: Tx, id: string): Promise<Reidentification | null> {
  return tx.findOne(Reidentification, { where: { id }, lock: { mode: 'pessimistic_write' } });
}
