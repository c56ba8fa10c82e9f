import { as, below, list, type Node, text, words } from './tree.js';

/** How many values a column can have: any, some that are given or found, or one. */
export type Bound = 'any' | 'some' | 'one';

const order: readonly Bound[] = ['any', 'some', 'one'];
const isMore = (a: Bound, than: Bound) => order.indexOf(a) > order.indexOf(than);
export const least = (bounds: readonly Bound[], from: Bound = 'one'): Bound =>
  bounds.reduce((a, b) => (isMore(a, b) ? b : a), from);

/** One of the tables, queries and functions that a query reads from. */
export interface Relation {
  readonly alias: string;
  readonly table?: string;
  /** What its columns are bound to by themselves; of a table, the column that it is distributed by. */
  readonly columns: ReadonlyMap<string, Bound>;
  /** For columns that are not listed. */
  readonly others: Bound;
}

/** What is known within a query: what it reads from, and how many values the columns of that can have. */
export class Scope {
  private bound = new Map<string, Bound>();

  constructor(
    readonly relations: readonly Relation[],
    private readonly outer?: Scope,
  ) {}

  /** How many values the expression can have. What is made of bound columns is bound as well as they are. */
  of(expression: unknown): Bound {
    if (below('SubLink', expression).length > 0) return 'any';
    const bounds = below('ColumnRef', expression).map((column) => this.ofColumn(column));
    return least(bounds, below('FuncCall', expression).length > 0 ? 'some' : 'one'); // it may answer several
  }

  ofRelation({ alias, columns, others }: Relation, column: string): Bound {
    return this.bound.get(`${alias}.${column}`) ?? columns.get(column) ?? others;
  }

  /** Draws from a condition that holds what it says about columns. `onto` names the only relations it speaks of. */
  learn(condition: unknown, queryOutput: (query: unknown) => readonly Bound[], onto?: ReadonlySet<string>): void {
    for (let before = -1; before !== this.knowledge();) {
      before = this.knowledge();
      this.learnOnce(condition, queryOutput, onto);
    }
  }

  /** What a `using` of a join says. */
  learnSame(column: string, aliases: ReadonlySet<string>): void {
    const joined = this.relations.filter(({ alias }) => aliases.has(alias));
    const bounds = joined.map((relation) => this.ofRelation(relation, column));
    const best = order.findLast((bound) => bounds.includes(bound)) ?? 'any';
    for (const { alias } of joined) this.take(`${alias}.${column}`, best);
  }

  private learnOnce(
    condition: unknown,
    output: (query: unknown) => readonly Bound[],
    onto?: ReadonlySet<string>,
  ): void {
    const both = as('BoolExpr', condition);
    if (both && text(both, 'boolop') === 'AND_EXPR') {
      for (const part of list(both, 'args')) this.learnOnce(part, output, onto);
    } else if (both && text(both, 'boolop') === 'OR_EXPR') {
      this.learnEither(list(both, 'args'), output, onto);
    }
    const comparison = as('A_Expr', condition);
    if (comparison) this.compare(comparison, onto);
    const sublink = as('SubLink', condition);
    if (sublink && text(sublink, 'subLinkType') === 'ANY_SUBLINK') {
      const found = output(sublink['subselect']);
      for (const [at, column] of parts(sublink['testexpr']).entries()) {
        this.settle(column, least([found[at] ?? 'any', 'some']), onto);
      }
    }
  }

  /** One of several holds, so that a column is bound only where each of them binds it. */
  private learnEither(
    parts_: readonly unknown[],
    output: (query: unknown) => readonly Bound[],
    onto?: ReadonlySet<string>,
  ): void {
    const before = this.bound;
    const after = parts_.map((part) => {
      this.bound = new Map(before);
      this.learn(part, output, onto);
      return this.bound;
    });
    this.bound = before;
    for (const name of after[0]?.keys() ?? []) {
      if (!before.has(name))
        this.take(
          name,
          least(
            after.map((one) => one.get(name) ?? 'any'),
            'some',
          ),
        );
    }
  }

  private compare(comparison: Node, onto?: ReadonlySet<string>): void {
    if (words(list(comparison, 'name')).at(-1) !== '=') return;
    const kind = text(comparison, 'kind');
    const [left, right] = [parts(comparison['lexpr']), comparison['rexpr']];
    if (kind === 'AEXPR_OP') {
      for (const [at, other] of parts(right).entries()) {
        this.settle(left[at], this.of(other), onto);
        this.settle(other, this.of(left[at]), onto);
      }
    } else if (kind === 'AEXPR_OP_ANY') {
      this.settle(left[0], least([this.of(right), 'some']), onto);
    } else if (kind === 'AEXPR_IN') {
      const rows = list(as('List', right), 'items').map(parts);
      for (const [at, column] of left.entries()) {
        this.settle(column, least([...rows.map((row) => this.of(row[at])), rows.length > 1 ? 'some' : 'one']), onto);
      }
    }
  }

  private settle(expression: unknown, bound: Bound, onto?: ReadonlySet<string>): void {
    const column = as('ColumnRef', expression);
    if (!column) return;
    for (const { alias } of this.owners(column)) {
      if (!onto || onto.has(alias)) this.take(`${alias}.${columnName(column)}`, bound);
    }
  }

  private take(name: string, bound: Bound): void {
    if (isMore(bound, this.bound.get(name) ?? 'any')) this.bound.set(name, bound);
  }

  private knowledge(): number {
    return Array.from(this.bound.values(), (bound) => order.indexOf(bound)).reduce((sum, value) => sum + value, 0);
  }

  private ofColumn(column: Node): Bound {
    const owners = this.owners(column);
    if (owners.length === 0) return this.outer?.ofColumn(column) ?? 'any';
    const bounds = owners.map((owner) => this.ofRelation(owner, columnName(column)));
    return order.findLast((bound) => bounds.includes(bound)) ?? 'any';
  }

  /** The relations here that a column may belong to; none where it is one of an outer query. */
  private owners(column: Node): readonly Relation[] {
    const fields = words(list(column, 'fields'));
    const alias = fields.at(-2);
    if (alias !== undefined) return this.relations.filter((relation) => relation.alias === alias);
    const known = this.relations.filter(({ columns }) => columns.has(fields[0] as string));
    if (known.length > 0) return known;
    return this.outer?.owners(column).length ? [] : this.relations.slice(0, 1);
  }
}

export const columnName = (column: Node): string => words(list(column, 'fields')).at(-1) as string;

/** A row's expressions; of anything else, the one that it is. */
function parts(expression: unknown): readonly unknown[] {
  const row = as('RowExpr', expression);
  return row ? list(row, 'args') : [expression];
}
