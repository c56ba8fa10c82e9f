import { Injectable } from '@nestjs/common';

import { SubjectKeys } from '../platform/crypto/subject-keys.js';
import { customerKey } from '../platform/customer-key.js';
import type { Tx } from '../platform/database/database.js';
import { customersBehind } from './audit.queries.js';
import type { IntegratedEntry } from './integration.js';
import { openLeaf } from './leaf.js';
import { LogFaultError } from './log-alarms.js';

/** An entry as its row has it. */
export interface StoredEntry {
  readonly id: string;
  readonly leaf_hash: Buffer;
  /** Not there in rows of before commitments were kept. */
  readonly commitment: Buffer | null;
}

interface SealedRow {
  readonly id: string;
  readonly leaf_hash: Buffer;
  readonly sealed: Buffer;
  readonly pseudonym: Buffer | null;
}

/** Finds out what entries commit to that were written before their rows said so. */
@Injectable()
export class Commitments {
  constructor(private readonly keys: SubjectKeys) {}

  /** Entries as the tree takes them, in their order; those without a commitment are read again and opened for it. */
  async complete(
    tx: Tx,
    entries: readonly StoredEntry[],
    read: (ids: readonly string[]) => Promise<readonly SealedRow[]>,
  ): Promise<{ entries: IntegratedEntry[]; found: Map<string, Buffer> }> {
    const missing = entries.filter(({ commitment }) => commitment === null).map(({ id }) => id);
    const found = missing.length > 0 ? await this.open(tx, await read(missing)) : new Map<string, Buffer>();
    return {
      found,
      entries: entries.map(({ id, leaf_hash, commitment }) => ({
        id,
        leafHash: leaf_hash,
        commitment: commitment ?? (found.get(id) as Buffer),
      })),
    };
  }

  private async open(tx: Tx, rows: readonly SealedRow[]): Promise<Map<string, Buffer>> {
    const customers = await customersBehind(
      tx,
      rows.flatMap(({ pseudonym }) => pseudonym ?? []),
    );
    const known = [...new Set(customers.values())];
    const keys = await this.keys.ofAll(tx, known.map(customerKey));
    const auditKeys = new Map(known.map((id, place) => [id, keys[place]?.auditKey]));
    return new Map(
      rows.map((row) => {
        const customer = row.pseudonym && customers.get(row.pseudonym.toString('hex'));
        const key = row.pseudonym ? auditKeys.get(customer ?? '') : this.keys.logKey;
        return [row.id, key ? commitmentOf(key, row) : cannotBeOpened(row)];
      }),
    );
  }
}

function commitmentOf(key: Buffer, { id, leaf_hash, sealed }: SealedRow): Buffer {
  try {
    const { commitment, intact } = openLeaf(key, id, { leafHash: leaf_hash, sealed });
    if (intact) return commitment;
  } catch {
    // Another key, or a changed bit.
  }
  return cannotBeOpened({ id });
}

function cannotBeOpened({ id }: Pick<SealedRow, 'id'>): never {
  throw new LogFaultError(
    'log-broken',
    `Entry ${id} does not open to what its leaf commits to. Nothing more is numbered.`,
  );
}
