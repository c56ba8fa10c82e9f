import type { Reader } from '../platform/database/database.js';
import type { Attribute } from './attribute.js';
import type { PublishedRelease, TimedExtension } from './timeline.js';

/** Changes whenever anything is published: releases and extensions are only ever added. */
export async function publishedSoFar(reader: Reader): Promise<string> {
  const [row] = await reader.query<{ so_far: string }[]>(
    `select (select count(*) from vocabulary_releases where status = 'published')
            || ' ' || (select count(*) from vocabulary_extensions) as so_far`,
  );
  return row!.so_far;
}

export function publishedReleases(reader: Reader): Promise<PublishedRelease[]> {
  return reader.query(`select release, in_force_at as "inForceAt" from vocabulary_releases where status = 'published'`);
}

/** Every version of an extension that holds at this time or will. */
export async function extensionsFrom(reader: Reader, at: Date): Promise<TimedExtension[]> {
  const rows = await reader.query<{ attribute: Attribute; retailer_id: string; in_force_at: Date }[]>(
    `select attribute, retailer_id, in_force_at
       from vocabulary_extensions e
      where not exists (select from vocabulary_extensions newer
                         where newer.path = e.path and newer.version > e.version and newer.in_force_at <= $1)
      order by path, version`,
    [at],
  );
  return rows.map(({ attribute, retailer_id, in_force_at }) => ({
    attribute: { ...attribute, owner: retailer_id },
    inForceAt: in_force_at,
  }));
}
