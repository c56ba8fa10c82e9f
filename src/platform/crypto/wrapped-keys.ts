import { Injectable } from '@nestjs/common';

import type { Reader, Tx } from '../database/database.js';
import { Kek } from './kek.js';

/** A column of keys that the KEK has wrapped. */
export interface WrappedColumn {
  readonly table: string;
  readonly column: string;
  /** The primary key: its columns, in their order, and their types. */
  readonly key: Readonly<Record<string, 'int' | 'uuid' | 'text' | 'bytea'>>;
  /** The column that says whose the wrapped key is. */
  readonly of: string;
  /** What it was wrapped for, from that column. */
  aad(of: string): string;
}

/** Up to where a column has been gone through: the primary key of a row. */
export type RowKey = readonly string[];

export interface RewrappedPage {
  readonly count: number;
  /** Null at the end of the column. */
  readonly last: RowKey | null;
}

interface WrappedRow {
  readonly key: RowKey;
  readonly of: string;
  readonly wrapped: Buffer;
}

/** Everything that the KEK has wrapped, so that nothing is left behind when it is replaced. */
@Injectable()
export class WrappedKeys {
  private readonly columns: WrappedColumn[] = [];

  constructor(private readonly kek: Kek) {}

  /** Call it while the module is set up. */
  register(...columns: readonly WrappedColumn[]): void {
    this.columns.push(...columns);
  }

  registered(): readonly WrappedColumn[] {
    return this.columns;
  }

  /** How many keys of this column an earlier KEK has wrapped. */
  async countOld(reader: Reader, { table, column }: WrappedColumn): Promise<number> {
    const [row] = await reader.query<{ count: number }[]>(
      `select count(*)::int as count from ${table} where ${isOld(column)} <> $1`,
      [this.kek.prefix],
    );
    return row?.count ?? 0;
  }

  /**
   * Wraps anew, by the current KEK, the first keys after `after` that an earlier one has wrapped, each unless it has
   * changed meanwhile. Whoever reads them gets the one or the other, and both open.
   * @throws SealBrokenError, UnknownKekError when one does not open
   */
  async rewrap(tx: Tx, column: WrappedColumn, after: RowKey | null, limit: number): Promise<RewrappedPage> {
    const rows = await this.findOld(tx, column, after, limit);
    if (rows.length === 0) return { count: 0, last: null };
    const keyColumns = Object.entries(column.key);
    const match = keyColumns.map(([name]) => `t.${name} = v.${name}`).join(' and ');
    const arrays = keyColumns.map(([, type], index) => `$${index + 3}::text[]::${type}[]`).join(', ');
    const names = keyColumns.map(([name]) => name).join(', ');
    await tx.query(
      `update ${column.table} t set ${column.column} = v.wrapped
         from unnest(${arrays}, $1::bytea[], $2::bytea[]) as v (${names}, wrapped, was)
        where ${match} and t.${column.column} = v.was`,
      [
        rows.map(({ of, wrapped }) => {
          const aad = column.aad(of);
          return this.kek.wrap(this.kek.unwrap(wrapped, aad), aad);
        }),
        rows.map(({ wrapped }) => wrapped),
        ...keyColumns.map((_, index) => rows.map(({ key }) => key[index])),
      ],
    );
    return { count: rows.length, last: rows.length === limit ? (rows.at(-1)?.key ?? null) : null };
  }

  private findOld(tx: Tx, { table, column, key, of }: WrappedColumn, after: RowKey | null, limit: number) {
    const names = Object.keys(key);
    const values = Object.values(key).map((type, index) => `$${index + 3}::${type}`);
    const later = after ? `(${names.join(', ')}) > (${values.join(', ')})` : 'true';
    return tx.query<WrappedRow[]>(
      `select array[${names.map((name) => `${name}::text`).join(', ')}] as key, ${of}::text as of, ${column} as wrapped
         from ${table}
        where ${isOld(column)} <> $1 and ${later}
        order by ${names.join(', ')}
        limit $2`,
      [this.kek.prefix, limit, ...(after ?? [])],
    );
  }
}

/** Null where there is no key at all, which is neither old nor new. */
const isOld = (column: string) => `substring(${column} from 1 for 9)`;
