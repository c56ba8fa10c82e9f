import type { JsonObject } from '../../platform/json.js';
import type { RuleId } from '../../suggestions/evidence.js';
import { folded } from '../../suggestions/purchases.js';
import type { PlannedEvent } from '../replay/dataset.js';

const DAY_MS = 86_400_000;
const PERIOD_DAYS = 28;

/** How often something could have happened in the held-out months, and how often it did. */
export interface Later {
  readonly k: number;
  readonly n: number;
}

/** What a candidate is about. */
export interface Subject {
  readonly rule: RuleId;
  readonly group: string;
  readonly value: string;
}

interface Line {
  readonly product: string;
  readonly category: string | null;
  readonly brand: string | null;
  readonly isOwnBrand: boolean | null;
}

interface Sale {
  /** Days since the split. */
  readonly day: number;
  readonly lines: readonly Line[];
}

/**
 * What one customer bought in the held-out months, read from the files. It counts by the definitions of the rules, and
 * with none of their code: a fault of theirs must not be repeated by what measures them.
 */
export class HeldOut {
  private readonly sales = new Map<string, Sale>();

  constructor(
    private readonly split: number,
    private readonly end: number,
  ) {}

  add({ type, at, id, source, data }: PlannedEvent): void {
    if (at < this.split || at >= this.end) return;
    // A sale that was taken back before the end did not happen.
    if (type === 'event.voided') this.sales.delete(`${source} ${data.id as string}`);
    if (type !== 'transaction.completed') return;
    const lines = (data.lines as { product: JsonObject }[]).map(({ product }) => lineOf(product));
    this.sales.set(`${source} ${id}`, { day: Math.floor((at - this.split) / DAY_MS), lines });
  }

  count({ rule, group, value }: Subject): Later {
    switch (rule) {
      case 'brand_kind':
        return this.mostly(
          (line) => line.category === group && line.isOwnBrand !== null,
          (line) => line.isOwnBrand === (value === 'store'),
        );
      case 'brand':
        return this.mostly(
          (line) => line.category === group && line.brand !== null,
          (line) => line.brand === value,
        );
      case 'category':
        return this.periods(1, (line) => line.category === value);
      case 'regular_purchase':
        return this.periods(PERIOD_DAYS, (line) => line.product === value);
      default:
        return { k: 0, n: 0 };
    }
  }

  /** Of the days with such a line, those on which more than half of them were right. */
  private mostly(counts: (line: Line) => boolean, isRight: (line: Line) => boolean): Later {
    const days = new Map<number, { right: number; all: number }>();
    for (const { day, lines } of this.sales.values()) {
      for (const line of lines.filter(counts)) {
        const { right, all } = days.get(day) ?? { right: 0, all: 0 };
        days.set(day, { right: right + Number(isRight(line)), all: all + 1 });
      }
    }
    return { k: [...days.values()].filter(({ right, all }) => right * 2 > all).length, n: days.size };
  }

  /** Of the periods of so many days in which they shopped, those with a line that is right. */
  private periods(length: number, isRight: (line: Line) => boolean): Later {
    const shopped = new Set<number>();
    const right = new Set<number>();
    for (const { day, lines } of this.sales.values()) {
      const period = Math.floor(day / length);
      shopped.add(period);
      if (lines.some(isRight)) right.add(period);
    }
    return { k: right.size, n: shopped.size };
  }
}

function lineOf(product: JsonObject): Line {
  const { scheme, code, brand, brand_name: name, category_label: label } = product as Readonly<Record<string, string>>;
  return {
    product: `${scheme}:${code}`,
    category: label === undefined ? null : folded(label),
    brand: name === undefined ? null : folded(name),
    isOwnBrand: brand === undefined ? null : brand === 'store',
  };
}
