import { loadModule } from 'libpg-query';

import type { Placement } from '../../src/platform/database/distributed-tables.js';
import { fits } from './check.js';
import { judge } from './judge.js';

const tables: Readonly<Record<string, Placement>> = {
  consents: { kind: 'distributed', by: 'bucket', beside: 'customers' },
  customers: { kind: 'distributed', by: 'bucket' },
  login_identities: { kind: 'distributed', by: 'identity_hash' },
  retailers: { kind: 'reference' },
  audit_state: { kind: 'local' },
};

/** The faults of a statement, as words. */
const faults = (sql: string) => judge(sql, (table) => tables[table]).map(({ table, kind }) => `${table} ${kind}`);

beforeAll(() => loadModule());

describe('a statement is about one shard, or the few that it names,', () => {
  it.each([
    ['with an equality', 'select * from consents where bucket = $1 and id = $2'],
    [
      'with a quoted one',
      'SELECT "c"."id" FROM "consents" "c" WHERE (("c"."bucket" = $1) AND ("c"."id" = $2)) LIMIT 1',
    ],
    ['the other way round', 'select * from consents c where 7 = c.bucket'],
    ['with a list', 'select * from consents where bucket in ($1, $2)'],
    ['with an array', 'select * from consents where bucket = any($1::int[])'],
    ['with a row', 'select * from consents where (bucket, customer_id) = ($1, $2)'],
    ['with rows', 'select * from consents where (bucket, customer_id) in (($1, $2), ($3, $4))'],
    ['with either of two', 'select * from consents where (bucket = $1 and id = $2) or (id = $3 and bucket = $4)'],
    ['by a join', 'select * from consents c join customers k on k.bucket = c.bucket where k.bucket = $1'],
    ['by a shared name', 'select * from consents join customers using (bucket, customer_id) where bucket = $1'],
    ['by an outer join', 'select * from customers k left join consents c on c.bucket = k.bucket where k.bucket = $1'],
    ['by what it is given', 'select * from unnest($1::int[]) as due (bucket) join consents c on c.bucket = due.bucket'],
    ['by records', 'select * from jsonb_to_recordset($1) as r (bucket int, id uuid) join consents using (bucket, id)'],
    ['by values', 'select * from (values ($1::int), ($2)) as v (bucket) join consents using (bucket)'],
    [
      'by a query with a name',
      'with k as (select * from customers where bucket = $1) select * from consents c join k on c.bucket = k.bucket',
    ],
    [
      'by a query in it',
      'delete from consents where (bucket, id) in (select bucket, id from consents where bucket = $1 limit 5)',
    ],
    [
      'with its outer query',
      'select exists (select from consents c where c.bucket = k.bucket) from customers k where k.bucket = $1',
    ],
    [
      'through two joins',
      'select * from consents a, consents b, consents c where c.bucket = b.bucket and b.bucket = a.bucket and a.bucket = $1',
    ],
    [
      'step by step',
      'with recursive t (bucket, id) as (select * from unnest($1::int[], $2::uuid[]) union select c.bucket, c.id from t join consents c on c.bucket = t.bucket) select * from t join customers using (bucket)',
    ],
    ['to insert', 'insert into consents (bucket, id) values ($1, $2) on conflict do nothing returning id'],
    ['to insert many', 'insert into consents (id, bucket) select * from unnest($1::uuid[], $2::int[])'],
    [
      'to change',
      'update consents c set id = d.id from unnest($1::int[], $2::uuid[]) as d (bucket, id) where c.bucket = d.bucket',
    ],
    [
      'to change in several steps',
      'with gone as (delete from consents where bucket = $1 returning *) select * from gone join customers using (bucket)',
    ],
    ['by a key of its own', 'select * from login_identities where identity_hash = $1'],
    [
      'to look it up',
      'with recursive up as (select bucket from customers where bucket = $1 union select c.bucket from consents c join up on c.bucket = up.bucket) select * from up',
    ],
    ['or of none', 'select * from retailers, audit_state, pg_class, information_schema.columns, made_by_a_test'],
    ['to lock one', 'select * from consents where bucket = $1 for update'],
    [
      'to lock of two tables that of one',
      'select * from consents c join retailers r on true where c.bucket = $1 for update of c',
    ],
    ['nothing at all', 'START TRANSACTION'],
  ])('%s', (_, sql) => {
    expect(faults(sql)).toEqual([]);
  });
});

describe('a statement asks every shard', () => {
  it.each([
    ['without a condition', 'select count(*) from consents', ['consents unbound']],
    ['with another one', 'select * from consents where id = $1', ['consents unbound']],
    ['with a range', 'select * from consents where bucket between $1 and $2', ['consents unbound']],
    ['with one but for a case', 'select * from consents where bucket = $1 or id = $2', ['consents unbound']],
    ['with the opposite', 'select * from consents where not (bucket = $1)', ['consents unbound']],
    ['with a comparison of its own', 'select * from consents where bucket <> $1', ['consents unbound']],
    ['of another table', 'select * from consents c, customers k where k.bucket = $1', ['consents unbound']],
    [
      'by a join of two',
      'select * from consents join customers using (bucket)',
      ['consents unbound', 'customers unbound'],
    ],
    [
      'by what an outer join keeps',
      'select * from customers k left join consents c on c.bucket = k.bucket and c.bucket = $1',
      ['customers unbound'],
    ],
    [
      'in a query in it',
      'select * from consents where bucket = $1 and exists (select from customers where id = $2)',
      ['customers unbound'],
    ],
    [
      'in a query with a name',
      'with k as (select * from customers) select * from consents c join k using (bucket)',
      ['customers unbound', 'consents unbound'],
    ],
    [
      'by a name that is known in another query only',
      'with a as (with consents as (select 1) select * from consents) select * from a, consents',
      ['consents unbound'],
    ],
    ['in one arm', 'select id from consents where bucket = $1 union all select id from consents', ['consents unbound']],
    ['by rows of another', 'select * from audit_state s join consents c on c.bucket = s.bucket', ['consents unbound']],
    ['to insert without it', 'insert into consents (id) values ($1)', ['consents unbound']],
    ['to change', 'update consents set id = $1 where id = $2', ['consents unbound']],
    ['to delete', 'delete from consents where expires_at < $1', ['consents unbound']],
    [
      'by the bucket, where another key says the shard',
      'delete from login_identities where bucket = $1',
      ['login_identities unbound'],
    ],
    ['in a cursor', 'declare c cursor for select * from consents', ['consents unbound']],
    ['to lock it as a whole', 'lock table consents in share mode', ['consents unbound']],
  ])('%s', (_, sql, expected) => {
    expect(faults(sql)).toEqual(expected);
  });
});

describe('a statement locks rows of several shards', () => {
  it.each([
    ['of a list', 'select * from consents where bucket = any($1) for update'],
    [
      'of a join',
      'select * from unnest($1::int[]) as d (bucket) join consents using (bucket) for key share of consents',
    ],
  ])('%s', (_, sql) => {
    expect(faults(sql)).toEqual(['consents locks']);
  });
});

describe('a statement names tables or rows as no cluster can', () => {
  it.each([
    [
      'joined though their shards stand apart',
      'select * from login_identities l join customers c using (bucket) where l.identity_hash = $1 and c.bucket = $2',
      'customers apart',
    ],
    [
      'by where they lie',
      'delete from consents where bucket = $1 and ctid = any(array(select ctid from consents where bucket = $1))',
      'consents ctid',
    ],
  ])('%s', (_, sql, expected) => {
    expect(faults(sql)).toEqual([expected]);
  });
});

describe('an exception', () => {
  it('fits what has its parts in their order, whatever the case, spaces, quotes and brackets', () => {
    expect(fits('SELECT "a" FROM\n  "b" WHERE (c = 1)', 'select a … where c = 1')).toBe(true);
    expect(fits('select a from b', '… from b')).toBe(true);
    expect(fits('select a from b', 'from b')).toBe(false);
    expect(fits('select a from b', 'select … b … from')).toBe(false);
  });
});
