import { mapRow, parseMapping } from './csv-mapping.js';
import { readTable } from './csv-table.js';

describe('a mapping', () => {
  it('folds what it knows once, however many parts a cell has', () => {
    const map = Object.fromEntries(Array.from({ length: 400 }, (_, n) => [`Text ${n}`, n === 0 ? 'first' : null]));
    const value = { brand: { $column: ['Label', 'Brands'], split: ',', each: true, map } };
    const mapping = parseMapping(JSON.stringify({ rules: [{ attribute: 'brand.affinity', strength: 'want', value }] }));
    const parts = 1000;
    const table = readTable(`brands;other\n"TEXT_0,${'text 399,'.repeat(parts - 1)}";\n`, ';');

    const folding = jest.spyOn(String.prototype, 'normalize');
    const mapped = mapRow(mapping, table, table.rows[0]!);
    const folded = folding.mock.calls.length;
    folding.mockRestore();
    expect(mapped).toEqual([expect.objectContaining({ value: { brand: 'first' } })]);
    expect(folded).toBeLessThan(parts + 400 + 10);
  });
});
