import type { Precision } from './precision.js';

/** A table in Markdown; numbers stand on the right. */
export function table(columns: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = (text: string) => /^[\d–]/.test(text);
  const alignment = columns.map((_, place) => (rows.every((row) => isNumber(row[place] ?? '')) ? '--:' : '---'));
  return [columns, alignment, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** A share as it is written everywhere in the report: three digits, or a dash where there is none. */
export function share(value: number): string {
  return Number.isFinite(value) ? value.toFixed(3) : '–';
}

/** A precision with its interval. */
export function withInterval({ value, low, high }: Pick<Precision, 'value' | 'low' | 'high'>): string {
  return Number.isFinite(value) ? `${share(value)} (${share(low)}–${share(high)})` : '–';
}

/** 12 345 as people read it. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(\d{3})+$)/g, '\u202F');
}
