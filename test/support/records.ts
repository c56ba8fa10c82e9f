import { type AuditReference } from '../../src/audit/audit.service.js';
import { openLeaf } from '../../src/audit/leaf.js';
import { pseudonymOf, SubjectKeys } from '../../src/platform/crypto/subject-keys.js';
import type { CustomerKey } from '../../src/platform/customer-key.js';
import { Database } from '../../src/platform/database/database.js';
import type { JsonObject } from '../../src/platform/json.js';
import type { TestApp } from './app.js';

interface EntryRow {
  id: AuditReference['id'];
  type: string;
  leaf_hash: Buffer;
  sealed: Buffer;
}

const ENTRY = 'id, type, leaf_hash, sealed';

/** What the log says of a customer, or of no customer at all, opened, in the order in which it happened. */
export async function audited(app: TestApp, customer: CustomerKey | null): Promise<JsonObject[]> {
  const keys = app.get(SubjectKeys);
  const key = customer ? (await keys.of(app.get(Database).reader, customer)).auditKey : keys.logKey;
  // Entries move from the one table to the other meanwhile; one statement sees each of them once.
  const { rows } = await app.db.query<EntryRow>(
    `select ${ENTRY} from audit_pending where pseudonym is not distinct from $1 and sealed <> ''
     union all
     select ${ENTRY} from audit_log where pseudonym is not distinct from $1 and sealed <> ''
     order by id`,
    [customer && pseudonymOf(key)],
  );
  return rows.map(({ id, leaf_hash: leafHash, sealed }) => {
    const { event, intact } = openLeaf(key, id, { leafHash, sealed });
    if (!intact) throw new Error(`The entry ${id} is not what its leaf commits to.`);
    return event;
  });
}

/** The types of what the outbox was given about a customer, in the order in which it happened. */
export async function announced(app: TestApp, customer: CustomerKey): Promise<string[]> {
  const { rows } = await app.db.query<{ type: string }>(
    'select type from outbox_events where bucket = $1 and customer_id = $2 order by id',
    [customer.bucket, customer.customerId],
  );
  return rows.map(({ type }) => type);
}
