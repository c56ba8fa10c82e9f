import { Injectable, type OnModuleInit } from '@nestjs/common';

import { Database, type Tx } from '../platform/database/database.js';
import { Jobs } from '../platform/jobs/jobs.js';

const INTERVAL_MS = 250;
const BATCH = 1_000;
/** Buckets are taken in groups, so that one pass touches few shards when the tables are distributed. */
const GROUPS = 16;
const BUCKETS_PER_GROUP = 65_536 / GROUPS;

/**
 * Gives pending entries their index in the log. It *moves* rows: a cursor over "what is newer than the last" would
 * skip the transactions that commit late. Two fences keep the numbering gap-free even if two ran at once: the state
 * row is locked (whoever finds it locked leaves), and it is only raised from the size that was read.
 */
@Injectable()
export class Sequencer implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly jobs: Jobs,
  ) {}

  onModuleInit(): void {
    this.jobs.every('audit-sequencer', INTERVAL_MS, () => this.drain());
  }

  /** Moves all that is pending now, going round the groups, so that a backlog of one keeps none of the others waiting. */
  async drain(): Promise<void> {
    let waiting = Array.from({ length: GROUPS }, (_, group) => group);
    while (waiting.length > 0) {
      const full: number[] = [];
      for (const group of waiting) {
        if ((await this.database.transaction((tx) => moveBatch(tx, group))) === BATCH) full.push(group);
      }
      waiting = full;
    }
  }
}

async function moveBatch(tx: Tx, group: number): Promise<number> {
  const [state] = await tx.query<{ size: string }[]>(
    `select size from audit_state where id = 1 for update skip locked`,
  );
  if (!state) return 0;

  const first = group * BUCKETS_PER_GROUP;
  const pending = await tx.query<{ bucket: number; id: string }[]>(
    `select bucket, id from audit_pending where bucket between $1 and $2 order by bucket, id limit $3`,
    [first, first + BUCKETS_PER_GROUP - 1, BATCH],
  );
  if (pending.length === 0) return 0;

  const [moved] = await tx.query<[Record<string, unknown>[], number]>(
    `delete from audit_pending p using unnest($1::int[], $2::uuid[]) as due (bucket, id)
      where p.bucket = due.bucket and p.id = due.id
      returning p.id, p.type, p.at, p.leaf_hash, p.sealed, p.pseudonym, p.retailer_id, p.purposes, p.attributes,
                p.consent_version`,
    [pending.map(({ bucket }) => bucket), pending.map(({ id }) => id)],
  );
  moved.sort((a, b) => (String(a.id) < String(b.id) ? -1 : 1));

  await tx.query(
    `insert into audit_log (idx, id, type, at, leaf_hash, sealed, pseudonym, retailer_id, purposes, attributes,
                            consent_version)
     select $1::bigint + ordinal, id, type, at, decode(leaf_hash, 'hex'), decode(sealed, 'hex'),
            decode(pseudonym, 'hex'), retailer_id, purposes, attributes, consent_version
       from jsonb_to_recordset($2::jsonb) as moved (
         ordinal bigint, id uuid, type text, at timestamptz, leaf_hash text, sealed text, pseudonym text,
         retailer_id uuid, purposes text[], attributes text[], consent_version int)`,
    [state.size, JSON.stringify(moved.map((row, ordinal) => ({ ...hexed(row), ordinal })))],
  );
  const [, raised] = await tx.query<[unknown, number]>(
    `update audit_state set size = $1::bigint + $2 where id = 1 and size = $1`,
    [state.size, moved.length],
  );
  if (raised !== 1) throw new Error('The log has grown meanwhile; nothing was moved.');
  return moved.length;
}

function hexed(row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString('hex') : value]),
  );
}
