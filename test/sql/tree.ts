/** A node of PostgreSQL's parse tree, as libpg-query gives it: what is not set is not there. */
export type Node = { readonly [key: string]: unknown };

const queries = ['SelectStmt', 'InsertStmt', 'UpdateStmt', 'DeleteStmt', 'MergeStmt'] as const;

export type Query = (typeof queries)[number];

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && !Array.isArray(value);

/** The node of this kind, if that is what the other one wraps: `{ ColumnRef: {…} }`. */
export function as(kind: string, node: unknown): Node | undefined {
  const inner = isNode(node) ? node[kind] : undefined;
  return isNode(inner) ? inner : undefined;
}

export const child = (node: Node, name: string): Node | undefined => {
  const value = node[name];
  return isNode(value) ? value : undefined;
};

export const list = (node: Node | undefined, name: string): readonly unknown[] => {
  const value = node?.[name];
  return Array.isArray(value) ? value : [];
};

export const text = (node: Node | undefined, name: string): string | undefined => {
  const value = node?.[name];
  return typeof value === 'string' ? value : undefined;
};

/** The words of a list of names: those of an operator, a column, a list of aliases. */
export const words = (names: readonly unknown[]): string[] =>
  names.map((name) => text(as('String', name), 'sval') ?? '*');

/** The query that a node wraps, with its kind. */
export function queryIn(node: unknown): [Query, Node] | undefined {
  const kind = queries.find((name) => as(name, node));
  return kind === undefined ? undefined : [kind, as(kind, node) as Node];
}

/** Every node of this kind below, in the same query: those that stand in a query within it do not count. */
export function below(kind: string, node: unknown): Node[] {
  if (Array.isArray(node)) return node.flatMap((item) => below(kind, item));
  if (!isNode(node)) return [];
  return Object.entries(node).flatMap(([name, value]) => {
    if (name === kind && isNode(value)) return [value, ...below(kind, value)];
    return (queries as readonly string[]).includes(name) ? [] : below(kind, value);
  });
}
