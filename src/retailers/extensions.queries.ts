import type { Reader, Tx } from '../platform/database/database.js';
import { VocabularyExtension } from '../vocabulary/vocabulary-extension.entity.js';
import { ExtensionPrefix } from './extension-prefix.entity.js';

/** The latest version of each of a retailer's attributes, by path. */
export async function extensionsOf(reader: Reader, retailerId: string): Promise<VocabularyExtension[]> {
  const versions = await reader.find(VocabularyExtension, {
    where: { retailerId },
    order: { path: 'asc', version: 'asc' },
  });
  return [...new Map(versions.map((version) => [version.path, version])).values()];
}

/** The latest version of one of a retailer's attributes. */
export function extensionAt(reader: Reader, retailerId: string, path: string): Promise<VocabularyExtension | null> {
  return reader.findOne(VocabularyExtension, { where: { retailerId, path }, order: { version: 'desc' } });
}

/** The prefix that the retailer has, since its first attribute. */
export async function prefixHeldBy(reader: Reader, retailerId: string): Promise<string | null> {
  return (await reader.findOneBy(ExtensionPrefix, { retailerId }))?.prefix ?? null;
}

/** Whether nobody has the prefix, or one above or below it: a path would be an attribute here and a category there. */
export async function isFreePrefix(reader: Reader, prefix: string): Promise<boolean> {
  const [row] = await reader.query<{ free: boolean }[]>(
    `select not exists (select from vocabulary_prefixes
                         where starts_with(prefix || '.', $1 || '.') or starts_with($1 || '.', prefix || '.')) as free`,
    [prefix],
  );
  return row!.free;
}

/** Gives the retailer the prefix for good; false when it is not free. Of two that want it at once, one waits. */
export async function claimPrefix(tx: Tx, { prefix, retailerId, claimedAt }: ExtensionPrefix): Promise<boolean> {
  await tx.query(`select pg_advisory_xact_lock(hashtext('ccx vocabulary prefixes'))`);
  if (!(await isFreePrefix(tx, prefix))) return false;
  await tx.query('insert into vocabulary_prefixes (prefix, retailer_id, claimed_at) values ($1, $2, $3)', [
    prefix,
    retailerId,
    claimedAt,
  ]);
  return true;
}

export async function insertExtension(
  tx: Tx,
  { path, version, retailerId, attribute, createdAt, inForceAt }: VocabularyExtension,
): Promise<void> {
  await tx.query(
    `insert into vocabulary_extensions (path, version, retailer_id, attribute, created_at, in_force_at)
     values ($1, $2, $3, $4, $5, $6)`,
    [path, version, retailerId, JSON.stringify(attribute), createdAt, inForceAt],
  );
}
