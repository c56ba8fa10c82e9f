import type { GroupCounts } from './folds.js';
import type { RuleCounts } from './candidates.js';
import type { RuleId } from './evidence.js';
import {
  fallbackPrior,
  FEWEST_CUSTOMERS,
  type FittedPrior,
  fitPriors,
  type Moments,
  momentsOf,
  type Observation,
} from './priors-fit.js';
import type { Rule } from './rules.js';
import type { Prior } from './statistics.js';

/** What is known of the customers of one cell. */
export interface PriorCell extends FittedPrior {
  readonly rule: RuleId;
  readonly group: string;
  /** {@link ANY} where it is one for all values of the group. */
  readonly value: string;
}

const ANY = '*';

/** What one customer likes must not be read from a prior: fewer than so many who support a value name none. */
const FEWEST_SUPPORTERS = 20;

/** What is known before anything is known of a customer, as of one version. */
export class Priors {
  private readonly cells: ReadonlyMap<string, Prior>;

  constructor(
    /** Null as long as none was ever fitted. */
    readonly version: string | null,
    cells: readonly PriorCell[],
  ) {
    this.cells = new Map(cells.map((cell) => [nameOf(cell.rule, cell.group, cell.value), cell]));
  }

  of({ id, prior }: Pick<Rule, 'id' | 'prior'>, group: string, value: string): Prior {
    const own = this.cells.get(nameOf(id, group, value));
    const ofGroup = prior === 'group' ? this.cells.get(nameOf(id, group, ANY)) : undefined;
    return own ?? ofGroup ?? fallbackPrior;
  }
}

/** Gathers what customers did, one after another, and fits priors to it. */
export class PriorsFit {
  private readonly groups = new Map<string, GroupOfCustomers>();
  private gathered = 0;

  get customers(): number {
    return this.gathered;
  }

  add(counts: readonly RuleCounts[]): void {
    this.gathered++;
    for (const { rule, groups } of counts) {
      for (const group of groups) this.addGroup(rule, group);
    }
  }

  /** The cells that enough customers are behind. */
  cells(): PriorCell[] {
    const byRule = new Map<Rule, CellMoments[]>();
    const ofWholeGroups: CellMoments[] = [];
    for (const group of this.groups.values()) {
      byRule.set(group.rule, [...(byRule.get(group.rule) ?? []), ...momentsByValue(group)]);
      if (group.rule.prior === 'group') ofWholeGroups.push(...momentsOfWhole(group));
    }
    const alone = (cells: readonly CellMoments[]) => cells.flatMap((cell) => fitPriors([cell]));
    return [
      ...[...byRule].flatMap(([{ prior }, cells]) => (prior === 'value' ? alone(cells) : fitPriors(cells))),
      ...alone(ofWholeGroups),
    ].map(({ rule, group, value, a, b, baseRate, customers }) => ({ rule, group, value, a, b, baseRate, customers }));
  }

  private addGroup(rule: Rule, { group, n, counts }: GroupCounts): void {
    const name = nameOf(rule.id, group, ANY);
    const known: GroupOfCustomers = this.groups.get(name) ?? { rule, group, opportunities: [], byValue: new Map() };
    this.groups.set(name, known);
    const customer = known.opportunities.push(n) - 1;
    for (const { value, k, n: ofValue } of counts) {
      const taken = known.byValue.get(value) ?? [];
      known.byValue.set(value, taken);
      taken.push({ customer, k, n: ofValue });
    }
  }
}

interface GroupOfCustomers {
  readonly rule: Rule;
  readonly group: string;
  /** How often the group came up, by customer. */
  readonly opportunities: number[];
  readonly byValue: Map<string, (Observation & { readonly customer: number })[]>;
}

type CellMoments = Moments & Pick<PriorCell, 'rule' | 'group' | 'value'>;

/** Of each value that enough customers support. */
function momentsByValue({ rule, group, opportunities, byValue }: GroupOfCustomers): CellMoments[] {
  return [...byValue].flatMap(([value, taken]) => {
    if (!hasSupporters(taken)) return [];
    const observations = rule.prior === 'group' ? taken : withOthers(taken, opportunities);
    const possible = observations.filter(({ n }) => n > 0);
    return possible.length < FEWEST_CUSTOMERS ? [] : [{ rule: rule.id, group, value, ...momentsOf(possible) }];
  });
}

/** Whoever had the opportunity and never took it is one of them. */
function withOthers(
  taken: readonly (Observation & { readonly customer: number })[],
  opportunities: readonly number[],
): Observation[] {
  const observations: Observation[] = opportunities.map((n) => ({ k: 0, n }));
  for (const { customer, k, n } of taken) observations[customer] = { k, n };
  return observations;
}

/** Of all values together, for those that too few customers support to be known one by one. */
function momentsOfWhole({ rule, group, byValue }: GroupOfCustomers): CellMoments[] {
  const observations = [...byValue.values()].flat();
  const customers = new Set(observations.map(({ customer }) => customer)).size;
  return customers < FEWEST_CUSTOMERS
    ? []
    : [{ rule: rule.id, group, value: ANY, ...momentsOf(observations, customers) }];
}

function hasSupporters(taken: readonly Observation[]): boolean {
  return taken.filter(({ k }) => k > 0).length >= FEWEST_SUPPORTERS;
}

function nameOf(rule: RuleId, group: string, value: string): string {
  return JSON.stringify([rule, group, value]);
}
