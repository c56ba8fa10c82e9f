import { type Placement, placementOf, placements } from './distributed-tables.js';

/** What the catalogues say of the schema, and of how it lies on the cluster so far. */
export interface Catalogue {
  readonly tables: readonly string[];
  readonly foreignKeys: readonly ForeignKey[];
  /** The tables that the cluster knows already. Those that are on the coordinator alone do not count. */
  readonly placed: ReadonlyMap<string, Placement>;
}

export interface ForeignKey {
  readonly name: string;
  readonly table: string;
  readonly references: string;
  /** As PostgreSQL writes it: `FOREIGN KEY (…) REFERENCES …`. */
  readonly definition: string;
}

/** Statements that are one transaction: all of them are done, or none. */
export type Step = readonly string[];

export class DistributionError extends Error {
  override readonly name = 'DistributionError';
}

/**
 * What is left to do so that every table lies as it should: a step for each group of tables that foreign keys hold
 * together. Their keys are dropped, the tables spread, the keys added again. So what was interrupted goes on with the
 * next group, and what is done has nothing left to do.
 *
 * @throws DistributionError where a table lies otherwise, or nobody has said how it should
 */
export function planDistribution({ tables, foreignKeys, placed }: Catalogue): Step[] {
  const unplaced = tables.filter((table) => placementOf(table) === undefined);
  if (unplaced.length > 0) throw new DistributionError(`Nobody has said how these tables lie: ${unplaced.join(', ')}.`);
  const wrong = [...placed].filter(([table, placement]) => !isAlike(placement, placementOf(table)));
  if (wrong.length > 0) {
    const list = wrong.map(([table]) => table).join(', ');
    throw new DistributionError(
      `These tables lie otherwise on the cluster: ${list}. Undo it: undistribute_table('…').`,
    );
  }
  const spread = [...placements.keys()].filter((table) => tables.includes(table) && isSpread(table));
  return groups(spread, foreignKeys)
    .filter((group) => group.some((table) => !placed.has(table)))
    .map((group) => step(group, foreignKeys, placed));
}

function step(
  group: readonly string[],
  foreignKeys: readonly ForeignKey[],
  placed: ReadonlyMap<string, Placement>,
): Step {
  const keys = foreignKeys.filter(({ table, references }) => group.includes(table) || group.includes(references));
  return [
    // Over one connection for each machine: what a transaction did to a table over several, it could not build upon.
    `set local citus.multi_shard_modify_mode to 'sequential'`,
    ...keys.map(({ table, name }) => `alter table ${quoted(table)} drop constraint ${quoted(name)}`),
    ...group.filter((table) => !placed.has(table)).map(spreading),
    ...keys.map(
      ({ table, name, definition }) => `alter table ${quoted(table)} add constraint ${quoted(name)} ${definition}`,
    ),
  ];
}

function spreading(table: string): string {
  const placement = placementOf(table);
  if (placement?.kind !== 'distributed') return `select create_reference_table('${table}')`;
  const { by, beside = 'none' } = placement;
  return `select create_distributed_table('${table}', '${by}', colocate_with => '${beside}')`;
}

/** The tables in their order, those together that foreign keys connect. What stays on the coordinator connects nothing. */
function groups(tables: readonly string[], foreignKeys: readonly ForeignKey[]): string[][] {
  const group = new Map(tables.map((table) => [table, new Set([table])]));
  for (const { table, references } of foreignKeys) {
    const [one, other] = [group.get(table), group.get(references)];
    if (!one || !other || one === other) continue;
    for (const member of other) group.set(member, one.add(member));
  }
  return [...new Set(group.values())].map((members) => tables.filter((table) => members.has(table)));
}

function isSpread(table: string): boolean {
  return placementOf(table)?.kind !== 'local';
}

function isAlike(a: Placement, b: Placement | undefined): boolean {
  return a.kind === b?.kind && (a.kind !== 'distributed' || b.kind !== 'distributed' || a.by === b.by);
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
