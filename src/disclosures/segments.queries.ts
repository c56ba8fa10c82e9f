import { customerKey } from '../platform/customer-key.js';
import type { Reader, Tx } from '../platform/database/database.js';
import { DisclosureSegment } from './disclosure-segment.entity.js';
import { RECORDED, type RecordedDisclosure, type RecordedRow, toRecorded } from './disclosures.queries.js';

/** The days before this one that have a partition, the oldest first. */
export async function daysBefore(reader: Reader, day: string): Promise<string[]> {
  const rows = await reader.query<{ day: string }[]>(
    `select day::text from ccx_disclosure_days($1::date) as day order by day`,
    [day],
  );
  return rows.map((row) => row.day);
}

const OF_DAY = `checked_at >= $1::date::timestamp at time zone 'UTC'
        and checked_at < ($1::date + 1)::timestamp at time zone 'UTC'`;

/** The disclosures of a day, batch by batch, which is no order of customers. */
export async function pageOfDay(
  reader: Reader,
  day: string,
  after: RecordedDisclosure | undefined,
  limit: number,
): Promise<RecordedDisclosure[]> {
  const rows = await reader.query<(RecordedRow & { customer_id: string })[]>(
    `select customer_id, ${RECORDED} from disclosures
      where ${OF_DAY} and ($2::uuid is null or (audit_id, leaf_index) > ($2, $3::int))
      order by audit_id, leaf_index
      limit $4`,
    [day, after?.auditId, after?.index, limit],
  );
  return rows.map((row) => toRecorded(customerKey(row.customer_id), row));
}

export async function countDay(reader: Reader, day: string): Promise<number> {
  const [row] = await reader.query<{ count: string }[]>(`select count(*) from disclosures where ${OF_DAY}`, [day]);
  return Number(row?.count);
}

export async function insertSegment(tx: Tx, segment: DisclosureSegment): Promise<void> {
  await tx.insert(DisclosureSegment, segment);
}

/** The segments of a day, the last one first: a day has several where a file was lost before the day had gone. */
export function segmentsOf(reader: Reader, day: string): Promise<DisclosureSegment[]> {
  return reader.find(DisclosureSegment, { where: { day }, order: { id: 'DESC' } });
}

export function findSegment(reader: Reader, id: string): Promise<DisclosureSegment | null> {
  return reader.findOneBy(DisclosureSegment, { id });
}

/** Which segments to list. */
export interface SegmentFilter {
  /** Days that began at or after this moment. */
  readonly from: Date;
  /** And that were over by this one. */
  readonly to: Date;
  readonly after?: { readonly day: string; readonly id: string } | undefined;
  readonly limit: number;
}

/** The latest day first. */
export function listSegments(reader: Reader, { from, to, after, limit }: SegmentFilter): Promise<DisclosureSegment[]> {
  const query = reader
    .createQueryBuilder(DisclosureSegment, 's')
    .where(`s.day::timestamp at time zone 'UTC' >= :from and (s.day + 1)::timestamp at time zone 'UTC' <= :to`, {
      from,
      to,
    })
    .orderBy({ 's.day': 'DESC', 's.id': 'DESC' })
    .take(limit);
  if (after) query.andWhere('(s.day, s.id) < (:day::date, :id::uuid)', after);
  return query.getMany();
}

/** Drops the day if it has this segment and no more rows than it says; answers whether it was still there. */
export async function dropDay(reader: Reader, { day, id }: DisclosureSegment, at: Date): Promise<boolean> {
  const [row] = await reader.query<{ dropped: boolean }[]>(
    `select ccx_drop_disclosures($1::date, $2::uuid, $3::timestamptz) as dropped`,
    [day, id, at],
  );
  return row?.dropped ?? false;
}
