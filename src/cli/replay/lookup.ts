import type { RowsGone } from './dataset.js';

/** What one file says about the codes of others, and which of its rows anything was ever looked up in. */
export class Lookup<T> {
  private readonly entries = new Map<string, T>();
  private readonly used = new Set<string>();

  constructor(private readonly file: string) {}

  add(code: string, entry: T): void {
    this.entries.set(code, entry);
  }

  get(code: string): T | undefined {
    const entry = this.entries.get(code);
    if (entry !== undefined) this.used.add(code);
    return entry;
  }

  /** Where its rows have gone, once nothing more is looked up. */
  rows(): RowsGone[] {
    const { file, entries, used } = this;
    return [
      { file, fate: 'used', count: used.size },
      { file, fate: 'unused', count: entries.size - used.size },
    ];
  }
}
