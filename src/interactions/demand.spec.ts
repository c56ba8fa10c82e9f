import fc from 'fast-check';

import { type Cell, FEWEST_CUSTOMERS, MOST_CELLS, releasable, REST } from './demand.js';

/** What one customer did, as far as it is counted. */
interface Fact {
  customer: number;
  value: string;
  detail: string;
}

/** As the database counts it. */
function countedIn(facts: readonly Fact[]): Cell[] {
  const customersBy = (name: (fact: Fact) => string, of = facts) => {
    const groups = new Map<string, Set<number>>();
    for (const fact of of) groups.set(name(fact), (groups.get(name(fact)) ?? new Set()).add(fact.customer));
    return groups;
  };
  const level = (
    of: readonly Fact[],
    code: (fact: Fact) => string,
    cell: (code: string, customers: number) => Cell,
  ) => {
    const groups = customersBy(code, of);
    const small = new Set<number>();
    for (const customers of groups.values()) {
      if (customers.size < FEWEST_CUSTOMERS) for (const customer of customers) small.add(customer);
    }
    return [
      ...[...groups].map(([name, customers]) => cell(name, customers.size)),
      ...(small.size > 0 ? [cell(REST, small.size)] : []),
    ];
  };
  const dimension = 'category';
  const values = level(
    facts,
    ({ value }) => value,
    (value, customers) => ({ dimension, value, detail: null, customers }),
  );
  const details = [...new Set(facts.map(({ value }) => value))].flatMap((value) =>
    level(
      facts.filter((fact) => fact.value === value),
      ({ detail }) => detail,
      (detail, customers) => ({ dimension, value, detail, customers }),
    ),
  );
  return [...values, ...details];
}

const someFacts = fc.array(
  fc.record({
    customer: fc.nat(70),
    value: fc.constantFrom('bread', 'coffee', 'milk'),
    detail: fc.constantFrom('1', '2', '3', '4'),
  }),
  { maxLength: 400 },
);

const whole = (value: string, customers: number): Cell => ({ dimension: 'category', value, detail: null, customers });
const part = (detail: string, customers: number): Cell => ({ ...whole('coffee', customers), detail });
const customersOf = (facts: readonly Fact[]) => new Set(facts.map(({ customer }) => customer)).size;

describe('what is released of demand', () => {
  it('is rounded down, and is of twenty customers at least', () => {
    expect(releasable([whole('milk', 19)])).toEqual([]);
    expect(releasable([whole('milk', 20)])).toEqual([whole('milk', 20)]);
    expect(releasable([whole('milk', 39)])).toEqual([whole('milk', 20)]);
    expect(releasable([whole('milk', 40)])).toEqual([whole('milk', 40)]);
  });

  it('takes together what is too small, if that is large enough', () => {
    const counted = [whole('coffee', 60), whole('milk', 45), whole('saffron', 15), whole('truffles', 8)];
    expect(releasable([...counted, whole(REST, 22)])).toEqual([
      whole(REST, 20),
      whole('coffee', 60),
      whole('milk', 40),
    ]);
  });

  it('leaves out the smallest of the others where even together it is too small', () => {
    const counted = [whole('coffee', 60), whole('milk', 45), whole('saffron', 3), whole(REST, 3)];
    expect(releasable(counted)).toEqual([whole('coffee', 60)]);
    expect(releasable([whole('coffee', 60), whole('saffron', 3), whole(REST, 3)])).toEqual([]);
  });

  it('has no detail of what is not listed', () => {
    const counted = [whole('coffee', 45), whole('milk', 60), whole('saffron', 3), whole(REST, 3), part('1', 40)];
    expect(releasable(counted)).toEqual([whole('milk', 60)]);
    expect(releasable([whole('coffee', 45), part('1', 40)])).toEqual([whole('coffee', 40), part('1', 40)]);
  });

  it('is in an order that tells nothing', () => {
    const [first, second] = [whole('a', 21), whole('b', 39)];
    expect(releasable([first, second])).toEqual(releasable([second, first]));
    expect(releasable([first, second]).map(({ value }) => value)).toEqual(['a', 'b']);
  });

  it('has an end', () => {
    const many = Array.from({ length: MOST_CELLS + 5 }, (_, index) => whole(`p${index}`, 20 + index));
    const released = releasable([...many, whole('rare', 2), whole(REST, 2)]);
    expect(released).toHaveLength(MOST_CELLS);
    // Those that are left out beside it are many, so that nothing else has to be.
    expect(released.map(({ value }) => value)).not.toContain('p4');
    expect(released.map(({ value }) => value)).toContain('p5');
  });
});

describe('whoever subtracts what is released', () => {
  it('never finds a group that is there and too small, in whatever way the cells overlap', () => {
    fc.assert(
      fc.property(someFacts, fc.array(fc.constantFrom(-1, 0, 1), { minLength: 20, maxLength: 20 }), (facts, signs) => {
        const released = releasable(countedIn(facts));
        let [least, most] = [0, 0];
        for (const [place, { customers }] of released.entries()) {
          const sign = signs[place % signs.length] as number;
          least += sign > 0 ? customers : sign < 0 ? -(customers + FEWEST_CUSTOMERS - 1) : 0;
          most += sign > 0 ? customers + FEWEST_CUSTOMERS - 1 : sign < 0 ? -customers : 0;
        }
        expect(least >= 1 && most < FEWEST_CUSTOMERS).toBe(false);
      }),
    );
  });

  it('finds no total whose parts leave out too few', () => {
    fc.assert(
      fc.property(someFacts, (facts) => {
        const released = releasable(countedIn(facts));
        for (const { value } of released.filter(({ detail, value: code }) => detail === null && code !== REST)) {
          const parts = released.filter((cell) => cell.value === value && cell.detail !== null);
          if (parts.some(({ detail }) => detail === REST)) continue;
          const shown = new Set(parts.map(({ detail }) => detail));
          const leftOut = customersOf(facts.filter((fact) => fact.value === value && !shown.has(fact.detail)));
          expect(leftOut === 0 || leftOut >= FEWEST_CUSTOMERS).toBe(true);
        }
      }),
    );
  });

  it('learns nothing from one customer more or less but that a step of twenty was passed', () => {
    fc.assert(
      fc.property(someFacts, fc.nat(70), (facts, left) => {
        const name = ({ value, detail }: Cell) => `${value}|${detail}`;
        const [before, after] = [facts, facts.filter(({ customer }) => customer !== left)].map(
          (those) => new Map(releasable(countedIn(those)).map((cell) => [name(cell), cell.customers])),
        ) as [Map<string, number>, Map<string, number>];
        for (const [cell, customers] of before) {
          const others = after.get(cell);
          // However much that customer did, a count that is in both changes by one step at most.
          if (others !== undefined && !cell.includes(REST)) expect([0, FEWEST_CUSTOMERS]).toContain(customers - others);
        }
      }),
    );
  });
});
