import type { Reader } from '../platform/database/database.js';

/** What the leaves are made of, from one index on, as many as there are of so many. */
export async function commitmentsFrom(reader: Reader, first: number, count: number): Promise<Buffer[]> {
  const rows = await reader.query<{ commitment: Buffer }[]>(
    'select commitment from audit_log where idx >= $1 and idx < $2 order by idx',
    [first, first + count],
  );
  return rows.map(({ commitment }) => commitment);
}
