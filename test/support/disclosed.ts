import { rootFrom } from '../../src/audit/tree.js';
import { type Disclosure, disclosureLeafHash } from '../../src/disclosures/disclosure.js';
import { type CustomerKey, customerKey } from '../../src/platform/customer-key.js';
import type { TestApp } from './app.js';

/** A disclosure as its row has it, with the root to which its proof leads. */
export interface DisclosedRow extends Disclosure {
  /** The audit entry of its batch. */
  readonly auditId: string;
  readonly batchSize: number;
  /** In base64url, as the audit entry has it. */
  readonly root: string;
}

interface Row {
  customer_id: string;
  checked_at: Date;
  id: string;
  consent_id: string;
  consent_version: number;
  retailer_id: string;
  client_id: string;
  attributes: string[];
  purpose: string | null;
  touchpoint: string | null;
  stage: string | null;
  unchanged: boolean;
  refused: string | null;
  audit_id: string;
  leaf_index: number;
  leaf_count: number;
  nonce: Buffer;
  path: Buffer;
}

/** What was recorded of a customer, in the order in which it was checked. */
export async function disclosed(app: TestApp, { bucket, customerId }: CustomerKey): Promise<DisclosedRow[]> {
  const { rows } = await app.db.query<Row>(
    'select * from disclosures where bucket = $1 and customer_id = $2 order by checked_at, id',
    [bucket, customerId],
  );
  return rows.map(toDisclosed);
}

function toDisclosed(row: Row): DisclosedRow {
  const disclosure: Disclosure = {
    id: row.id,
    customer: customerKey(row.customer_id),
    consent: { id: row.consent_id, version: row.consent_version },
    retailerId: row.retailer_id,
    clientId: row.client_id,
    attributes: row.attributes,
    purpose: row.purpose,
    touchpoint: row.touchpoint,
    stage: row.stage,
    checkedAt: row.checked_at,
    unchanged: row.unchanged,
    refused: row.refused,
  };
  const hashes = Array.from({ length: row.path.length / 32 }, (_, level) =>
    row.path.subarray(level * 32, (level + 1) * 32),
  );
  const root = rootFrom(disclosureLeafHash(disclosure, row.nonce), row.leaf_index, row.leaf_count, hashes);
  if (!root) throw new Error(`The disclosure ${row.id} has no path to a root.`);
  return { ...disclosure, auditId: row.audit_id, batchSize: row.leaf_count, root: root.toString('base64url') };
}

/** Does something while no disclosure can be inserted: those who try wait until it is done. */
export async function whileDisclosuresWait<T>(app: TestApp, work: () => Promise<T>): Promise<T> {
  const holder = await app.db.connect();
  try {
    await holder.query('begin');
    await holder.query('lock table disclosures in share mode');
    return await work();
  } finally {
    await holder.query('rollback');
    holder.release();
  }
}

/** Does something while the service may not insert disclosures. */
export async function whileDisclosuresFail<T>(app: TestApp, work: () => Promise<T>): Promise<T> {
  await app.db.query('revoke insert on disclosures from ccx_app');
  try {
    return await work();
  } finally {
    await app.db.query('grant insert on disclosures to ccx_app');
  }
}
