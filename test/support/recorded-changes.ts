import type { CustomerKey } from '../../src/platform/customer-key.js';
import type { TestApp } from './app.js';
import { audited } from './records.js';

interface Reference {
  id: string;
  version: number;
}

/**
 * What has happened to a customer's consents, one consent after the other, the oldest first. Fails unless every change
 * has exactly one version, one entry in the log, one event in the outbox and one receipt, and versions are counted
 * without a gap.
 */
export async function recordedChanges(app: TestApp, customer: CustomerKey, consentId?: string): Promise<string[]> {
  const { bucket, customerId } = customer;
  const rows = async (sql: string) => {
    const found = await app.db.query<Reference & { change: string }>(sql, [bucket, customerId]);
    return found.rows.filter(({ id }) => consentId === undefined || id === consentId);
  };
  const versions = await rows(
    `select consent_id as id, version, change from consent_versions
      where bucket = $1 and customer_id = $2 order by consent_id, version`,
  );
  const events = await rows(
    `select subject as id, (data->>'version')::int as version, substr(type, 9) as change from outbox_events
      where bucket = $1 and customer_id = $2 and type like 'consent.%'`,
  );
  const receipts = await rows(
    `select consent_id as id, version, event as change from consent_receipts
      where bucket = $1 and customer_id = $2 and consent_id is not null`,
  );
  const entries = (await audited(app, customer))
    .filter(({ type }) => (type as string).startsWith('consent.'))
    .map(({ type, consent }) => ({ ...(consent as unknown as Reference), change: (type as string).slice(8) }))
    .filter(({ id }) => consentId === undefined || id === consentId);

  const made = spelled(versions);
  for (const [what, found] of Object.entries({ events, receipts, entries })) {
    expect({ [what]: spelled(found) }).toEqual({ [what]: made });
  }
  for (const id of new Set(versions.map((version) => version.id))) {
    const own = versions.filter((version) => version.id === id);
    expect(own.map(({ version }) => version)).toEqual(own.map((_, index) => index + 1));
  }
  return versions.map(({ change }) => change);
}

function spelled(changes: readonly (Reference & { change: string })[]): string[] {
  return changes.map(({ id, version, change }) => `${id} ${version} ${change}`).toSorted();
}
