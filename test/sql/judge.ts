import { parseSync } from 'libpg-query';

import type { Placement } from '../../src/platform/database/distributed-tables.js';
import { nothing, type Output, renamed, united, valued } from './output.js';
import { type Bound, columnName, type Relation, Scope } from './scope.js';
import { as, below, child, list, type Node, queryIn, text, words } from './tree.js';

/** What keeps a statement from going to the one shard, or the few, that it is about. */
export interface Fault {
  readonly table: string;
  readonly kind:
    | 'unbound' // it asks every shard
    | 'locks' // it locks rows of several, which a cluster refuses
    | 'apart' // it joins tables whose shards do not stand beside each other, which a cluster refuses
    | 'ctid'; // it names rows by where they lie, which is another row in another shard
  /** The column that says which shard: `bucket`, mostly. */
  readonly by?: string;
}

export type PlacementOf = (table: string) => Placement | undefined;

/** Judges the statements of a text. PostgreSQL's own parser reads them; `loadModule` of it must have run. */
export function judge(sql: string, placementOf: PlacementOf): Fault[] {
  const { stmts = [] } = parseSync(sql) as { stmts?: { stmt: Node }[] };
  const faults = stmts.flatMap(({ stmt }) => new Judge(placementOf).statement(stmt));
  return faults.filter(
    (fault, at) => at === faults.findIndex(({ table, kind }) => table === fault.table && kind === fault.kind),
  );
}

class Judge {
  private faults: Fault[] = [];
  /** The queries with a name that can be seen. */
  private ctes: ReadonlyMap<string, Output> = new Map();

  constructor(private readonly placementOf: PlacementOf) {}

  statement(stmt: Node): Fault[] {
    const [whole] = Object.values(stmt) as Node[];
    // `declare … cursor for` and the like hold a query; `lock table` and the like are about all of a table.
    const query = [stmt, whole?.['query']].find((node) => queryIn(node));
    if (query) this.query(query);
    else for (const range of below('RangeVar', stmt)) this.demand(this.table(range), 'any');
    return this.faults;
  }

  private query(node: unknown, outer?: Scope): Output {
    const [kind, query] = queryIn(node) ?? [];
    if (!query) return nothing;
    const before = this.ctes;
    this.withQueries(query, outer);
    const output =
      kind === 'SelectStmt'
        ? this.select(query, outer)
        : kind === 'InsertStmt'
          ? this.insert(query, outer)
          : this.change(query, outer);
    this.ctes = before;
    return output;
  }

  private withQueries(query: Node, outer?: Scope): void {
    const clause = child(query, 'withClause');
    for (const item of list(clause, 'ctes')) {
      const cte = as('CommonTableExpr', item) as Node;
      const named = (output: Output) => {
        const name = text(cte, 'ctename') as string;
        this.ctes = new Map([...this.ctes, [name, renamed(output, list(cte, 'aliascolnames'))]]);
      };
      // What a recursive one begins with says what it is bound to.
      const first = child(as('SelectStmt', cte['ctequery']) ?? {}, 'larg');
      if (clause?.['recursive'] && first) named(this.quietly(() => this.query({ SelectStmt: first }, outer)));
      named(this.query(cte['ctequery'], outer));
    }
  }

  private select(query: Node, outer?: Scope): Output {
    const arms = [child(query, 'larg'), child(query, 'rarg')];
    if (arms[0]) return united(arms.map((arm) => this.query({ SelectStmt: arm }, outer)));
    const scope = this.scope(list(query, 'fromClause'), query, outer);
    for (const clause of list(query, 'lockingClause')) this.demandOne(scope, as('LockingClause', clause) as Node);
    this.within(
      ['targetList', 'valuesLists', 'groupClause', 'havingClause', 'sortClause'].map((part) => query[part]),
      scope,
    );
    const rows = list(query, 'valuesLists').map((row) =>
      list(as('List', row), 'items').map((value) => scope.of(value)),
    );
    if (rows.length > 0) return valued(rows);
    return this.output(list(query, 'targetList'), scope);
  }

  private insert(query: Node, outer?: Scope): Output {
    const target = this.table(child(query, 'relation') as Node);
    const given = list(query, 'cols').map((column) => text(as('ResTarget', column), 'name'));
    this.query(query['selectStmt'], outer);
    const scope = new Scope([
      { ...target, others: 'some', columns: new Map(given.map((name) => [name as string, 'some'])) },
    ]);
    this.demand(target, [...target.columns.keys()].every((by) => given.includes(by)) ? 'some' : 'any');
    this.within(query['onConflictClause'], scope);
    return this.output(list(child(query, 'returningClause'), 'exprs'), scope);
  }

  /** An update or a deletion. */
  private change(query: Node, outer?: Scope): Output {
    const others = [...list(query, 'fromClause'), ...list(query, 'usingClause')];
    const scope = this.scope([{ RangeVar: child(query, 'relation') }, ...others], query, outer);
    this.within(query['targetList'], scope);
    return this.output(list(child(query, 'returningClause'), 'exprs'), scope);
  }

  /** What a query reads from, with all that its conditions say; demands of each table that it is bound. */
  private scope(from: readonly unknown[], query: Node, outer?: Scope): Scope {
    // A lateral query sees what stands beside it, so that it is looked at again once something is known of that.
    const beside = this.quietly(() => this.learned(from, query, outer));
    const scope = this.learned(from, query, outer, beside);
    for (const relation of scope.relations) this.demand(relation, boundBy(scope, relation));
    this.demandTogether(scope.relations);
    const conditions = [query['whereClause'], ...below('JoinExpr', from).map(({ quals }) => quals)];
    this.demandNoCtid(scope, [conditions, query['targetList']]);
    this.within(conditions, scope);
    return scope;
  }

  private learned(from: readonly unknown[], query: Node, outer?: Scope, lateral = outer): Scope {
    const scope = new Scope(
      from.flatMap((item) => this.relations(item, outer, lateral)),
      outer,
    );
    const output = (node: unknown) => this.quietly(() => this.query(node, scope)).places;
    // Twice, since each may tell something that another one builds upon.
    for (let round = 0; round < 2; round++) {
      for (const item of from) this.learnJoins(item, scope, output);
      scope.learn(query['whereClause'], output);
    }
    return scope;
  }

  private relations(item: unknown, outer?: Scope, lateral = outer): Relation[] {
    const join = as('JoinExpr', item);
    if (join) return [join['larg'], join['rarg']].flatMap((side) => this.relations(side, outer, lateral));
    const range = as('RangeVar', item);
    if (range) return [this.table(range)];
    const query = as('RangeSubselect', item);
    const called = as('RangeFunction', item);
    const alias = child(query ?? called ?? {}, 'alias');
    const given = list(alias, 'colnames');
    const name = text(alias, 'aliasname') ?? '';
    if (query) {
      const output = renamed(this.query(query['subquery'], query['lateral'] ? lateral : outer), given);
      return [{ alias: name, columns: output.names, others: output.others }];
    }
    const defined = list(called, 'coldeflist').map((column) => text(as('ColumnDef', column), 'colname') as string);
    const columns = new Map([...words(given), ...defined, name].map((column) => [column, 'some' as const]));
    return [{ alias: name, columns, others: 'some' }];
  }

  private table(range: Node): Relation {
    const table = text(range, 'relname') as string;
    const alias = text(child(range, 'alias'), 'aliasname') ?? table;
    const cte = range['schemaname'] === undefined ? this.ctes.get(table) : undefined;
    if (cte) return { alias, columns: cte.names, others: cte.others };
    const placement = this.placementOf(table);
    const columns = new Map(placement?.kind === 'distributed' ? [[placement.by, 'any' as const]] : []);
    const isOurs = range['schemaname'] === undefined || range['schemaname'] === 'public';
    return { alias, columns, others: 'any', ...(isOurs && !table.startsWith('pg_') && { table }) };
  }

  private learnJoins(item: unknown, scope: Scope, output: (query: unknown) => readonly Bound[]): void {
    const join = as('JoinExpr', item);
    if (!join) return;
    const sides = [join['larg'], join['rarg']];
    for (const side of sides) this.learnJoins(side, scope, output);
    const [left = new Set<string>(), right = left] = sides.map((side) => new Set(aliasesOf(side)));
    // A condition on an outer join says nothing of the side that is kept whatever it says.
    const onto = { JOIN_LEFT: right, JOIN_RIGHT: left, JOIN_FULL: new Set<string>() }[text(join, 'jointype') ?? ''];
    scope.learn(join['quals'], output, onto);
    for (const column of words(list(join, 'usingClause'))) scope.learnSame(column, new Set([...left, ...right]));
  }

  /** Judges the queries within expressions. */
  private within(expressions: unknown, scope: Scope): void {
    for (const { subselect } of below('SubLink', expressions)) this.query(subselect, scope);
  }

  private output(targets: readonly unknown[], scope: Scope): Output {
    const names = new Map<string, Bound>();
    const places: Bound[] = [];
    let others: Bound = 'any';
    for (const item of targets) {
      const target = as('ResTarget', item) as Node;
      const column = as('ColumnRef', target['val']);
      if (column && columnName(column) === '*') {
        const [alias] = words(list(column, 'fields'));
        for (const relation of scope.relations.filter((one) => alias === '*' || one.alias === alias)) {
          for (const name of relation.columns.keys()) names.set(name, scope.ofRelation(relation, name));
          if (scope.relations.length === 1) ({ others } = relation);
        }
        continue;
      }
      const bound = scope.of(target['val']);
      names.set(text(target, 'name') ?? (column ? columnName(column) : ''), bound);
      places.push(bound);
    }
    return { names, places, others };
  }

  private demand(relation: Relation, bound: Bound): void {
    const { table } = relation;
    if (table === undefined) return;
    const placement = this.placementOf(table);
    if (placement?.kind === 'distributed' && bound === 'any')
      this.faults.push({ table, kind: 'unbound', by: placement.by });
  }

  private demandTogether(relations: readonly Relation[]): void {
    const tables = relations.flatMap(({ table }) => table ?? []);
    const groups = new Set(tables.map((table) => this.groupOf(table)).filter((group) => group !== undefined));
    const [group] = groups;
    const apart = tables.find((table) => groups.size > 1 && ![undefined, group].includes(this.groupOf(table)));
    if (apart !== undefined) this.faults.push({ table: apart, kind: 'apart' });
  }

  /** The table that its shards stand beside. */
  private groupOf(table: string): string | undefined {
    const placement = this.placementOf(table);
    return placement?.kind === 'distributed' ? (placement.beside ?? table) : undefined;
  }

  private demandNoCtid(scope: Scope, expressions: unknown): void {
    if (!below('ColumnRef', expressions).some((column) => columnName(column) === 'ctid')) return;
    const [table] = scope.relations.flatMap((one) => (one.table && this.groupOf(one.table) ? one.table : []));
    if (table !== undefined) this.faults.push({ table, kind: 'ctid' });
  }

  private demandOne(scope: Scope, clause: Node): void {
    const locked = list(clause, 'lockedRels').map((range) => text(as('RangeVar', range), 'relname'));
    for (const relation of scope.relations) {
      const [by] = relation.table === undefined ? [] : relation.columns.keys();
      if (by === undefined || (locked.length > 0 && !locked.includes(relation.alias))) continue;
      if (scope.ofRelation(relation, by) !== 'one')
        this.faults.push({ table: relation.table as string, kind: 'locks', by });
    }
  }

  /** For what is looked at once more later. */
  private quietly<T>(work: () => T): T {
    const { faults } = this;
    this.faults = [];
    try {
      return work();
    } finally {
      this.faults = faults;
    }
  }
}

function boundBy(scope: Scope, relation: Relation): Bound {
  const [by] = relation.columns.keys();
  return by === undefined ? 'one' : scope.ofRelation(relation, by);
}

function aliasesOf(item: unknown): string[] {
  const join = as('JoinExpr', item);
  if (join) return [join['larg'], join['rarg']].flatMap(aliasesOf);
  const range = ['RangeVar', 'RangeSubselect', 'RangeFunction'].map((kind) => as(kind, item)).find(Boolean) ?? {};
  return [text(child(range, 'alias'), 'aliasname') ?? text(range, 'relname') ?? ''];
}
