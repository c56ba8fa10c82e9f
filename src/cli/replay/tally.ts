import type { FileWords, PlannedEvent, RowsGone } from './dataset.js';

/** Counts what becomes of every row of every file, and the events that come of them. */
export class Tally {
  readonly events = new Map<string, number>();
  private readonly rowsRead = new Map<string, number>();
  private readonly rowsGone = new Map<string, Map<string, number>>();

  read(file: string): void {
    count(this.rowsRead, file, 1);
  }

  add(rows: readonly RowsGone[], events: readonly PlannedEvent[]): void {
    for (const { file, fate, count: many } of rows) {
      let fates = this.rowsGone.get(file);
      if (!fates) this.rowsGone.set(file, (fates = new Map()));
      count(fates, fate, many);
    }
    for (const { type } of events) count(this.events, type, 1);
  }

  /** Rows that were read, and rows of which it is known what became of them. */
  sums(file: string): { read: number; gone: number } {
    const gone = [...(this.rowsGone.get(file)?.values() ?? [])].reduce((sum, many) => sum + many, 0);
    return { read: this.rowsRead.get(file) ?? 0, gone };
  }

  fates(file: string): ReadonlyMap<string, number> {
    return this.rowsGone.get(file) ?? new Map();
  }

  /** Every fate of a file's rows that occurred, in words, with its number. */
  inWords(file: string, { fates }: FileWords): [string, number][] {
    return Object.entries(fates).flatMap(([fate, words]): [string, number][] => {
      const many = this.fates(file).get(fate) ?? 0;
      return many === 0 ? [] : [[words, many]];
    });
  }
}

function count(counts: Map<string, number>, what: string, many: number): void {
  counts.set(what, (counts.get(what) ?? 0) + many);
}
