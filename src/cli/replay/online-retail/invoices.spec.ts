import { type InvoiceRow, type LineRow, withLines } from './invoices.js';

async function* stream<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}
const rows = (...numbers: string[]): InvoiceRow[] =>
  numbers.map((number) => ({ number, datetime: '2010-12-01T08:26', customer: null }));
const lines = (...invoices: string[]): LineRow[] =>
  invoices.map((invoice, index) => ({ invoice, code: String(index), quantity: 1, price: '1' }));

async function joined(invoices: InvoiceRow[], of: LineRow[], window?: number): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const invoice of withLines(stream(invoices), stream(of), window)) {
    found[`#${invoice.number}`] = invoice.lines.map(({ code }) => code).join();
  }
  return found;
}

describe('lines', () => {
  it('come under their invoices, in the order of the invoices', async () => {
    expect(Object.entries(await joined(rows('2', '1', '3'), lines('2', '2', '1', '3')))).toEqual([
      ['#2', '0,1'],
      ['#1', '2'],
      ['#3', '3'],
    ]);
  });

  it('of two invoices may stand mixed', async () => {
    expect(await joined(rows('542806', 'C542805', '7'), lines('542806', 'C542805', '542806', '7'))).toEqual({
      '#542806': '0,2',
      '#C542805': '1',
      '#7': '3',
    });
  });

  it('may be missing, in between and at the end', async () => {
    expect(await joined(rows('1', '2', '3', '4'), lines('1', '3'))).toEqual({
      '#1': '0',
      '#2': '',
      '#3': '1',
      '#4': '',
    });
  });

  it('too far from their invoice are refused rather than left out', async () => {
    await expect(joined(rows('1', '2', '3'), lines('1', '2', '3', '1'), 2)).rejects.toThrow(
      'A line of invoice 1 is far',
    );
  });

  it('of no invoice are refused', async () => {
    await expect(joined(rows('1', '2'), lines('1', '9', '2'))).rejects.toThrow('A line of invoice 9');
  });
});
