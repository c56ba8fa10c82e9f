import * as fc from 'fast-check';

import { BEGINNING, type FileRecord, type LineRead, type MappingOptions, type ReadState } from './mapping.js';
import { CsvReader, readsOfCsv } from './mapping-csv.js';

const header =
  'retail_store_id,workstation_id,business_day_date,sequence_number,end_date_time,subject,item_id,quantity,' +
  'regular_sales_unit_price,transaction_grand_amount';
const row = (sequence: number | string, item: string, more = '1,2.55,2.55', subject = 'p1Zk3vQy0mBq9cJ2hT5xWnLg') =>
  `17,3,2026-11-20,${sequence},2026-11-20T17:42:00,${subject},${item},${more}`;
const table = (...rows: string[]) => [header, ...rows].map((line) => `${line}\n`).join('');
const inBerlin: MappingOptions = { timeZone: 'Europe/Berlin', currency: 'EUR' };

const read = (text: string, options = inBerlin): LineRead[] => readsOfCsv(text, options);
const eventOf = (text: string, options?: MappingOptions) => read(text, options)[0]!.event;
const faultsOf = (text: string, options?: MappingOptions) => read(text, options).map(({ errors }) => errors);

describe('the table of an old till', () => {
  it('has an event for the rows of each transaction', () => {
    const reads = read(table(row(4711, '85123A'), row(4711, '22423', '2,12.75,'), row(4712, '85123A')));
    expect(reads).toMatchObject([
      { line: 2, lines: 2, id: '17-3-2026-11-20-4711', source: '/pos/17/3', errors: [] },
      { line: 4, lines: 1, id: '17-3-2026-11-20-4712', source: '/pos/17/3', errors: [] },
    ]);
    expect(reads[0]!.event).toMatchObject({
      type: 'transaction.completed',
      touchpoint: 'till',
      time: new Date('2026-11-20T16:42:00Z'),
      data: {
        currency: 'EUR',
        total: 255,
        store: '17',
        lines: [
          { product: { scheme: 'retailer', code: '85123A' }, quantity: '1', unit_price: 255 },
          { product: { scheme: 'retailer', code: '22423' }, quantity: '2', unit_price: 1275 },
        ],
      },
    });
  });

  it('says what is given back, under an id of its own when something is bought besides', () => {
    const reads = read(table(row(1, 'A'), row(1, 'B', '-2,1.00,'), row(2, 'B', '-1,1.00,-1.00')));
    expect(reads.map(({ id, event }) => [id, event?.type])).toEqual([
      ['17-3-2026-11-20-1', 'transaction.completed'],
      ['17-3-2026-11-20-1-return', 'return.completed'],
      ['17-3-2026-11-20-2', 'return.completed'],
    ]);
    // Of the first, only the difference of both was written.
    expect(reads.map(({ event }) => event?.data.total)).toEqual([undefined, undefined, 100]);
    expect(reads[1]!.event?.data.lines).toMatchObject([{ quantity: '2', unit_price: 100 }]);
  });

  it('takes back what was cancelled, and what another transaction takes back', () => {
    const text = [
      'retail_store_id;workstation_id;business_day_date;sequence_number;end_date_time;subject;cancel_flag;transaction_type;original_workstation_id;original_sequence_number',
      '17;3;20261120;5;2026-11-20T17:42:00Z;p1Zk;true;;;',
      '17;3;20261120;6;2026-11-20T17:43:00Z;p1Zk;0;void;4;2',
    ].join('\n');
    expect(read(text).map(({ id, event }) => [id, event?.type, event?.data])).toEqual([
      ['17-3-2026-11-20-5-void', 'event.voided', { id: '17-3-2026-11-20-5', reason: 'cancelled' }],
      ['17-3-2026-11-20-5-void-return', 'event.voided', { id: '17-3-2026-11-20-5-return', reason: 'cancelled' }],
      ['17-3-2026-11-20-6-void', 'event.voided', { id: '17-4-2026-11-20-2', source: '/pos/17/4', reason: 'cancelled' }],
      [
        '17-3-2026-11-20-6-void-return',
        'event.voided',
        { id: '17-4-2026-11-20-2-return', source: '/pos/17/4', reason: 'cancelled' },
      ],
    ]);
  });

  it('passes over what names no customer', () => {
    expect(read(table(row(1, 'A', '1,1.00,', '')))).toMatchObject([{ line: 2, ignored: 'names no customer' }]);
  });

  it('may be written with other separators, quotation marks and columns in another order', () => {
    const text =
      '\uFEFF"Subject";"Item_ID";"Quantity";"Cashier";"Sequence_Number";"Business_Day_Date";"Workstation_ID";"Retail_Store_ID";"End_Date_Time";"Description";"Regular_Sales_Unit_Price"\r\n' +
      '"p1Zk";"A";"0,5120";"Jones";"7";"2026-11-20";"3";"17";"2026-11-20 17:42";"Tea; ""green""";"1,50"\r\n';
    expect(eventOf(text)?.data.lines).toEqual([
      { product: { scheme: 'retailer', code: 'A', label: 'Tea; "green"' }, quantity: '0.512', unit_price: 150 },
    ]);
  });

  it('leaves out a label that is none, and says so', () => {
    const text = `${header},description\n${row(1, 'A')},~~~ 4012345678901 ~~~\n`;
    expect(read(text)).toMatchObject([
      {
        errors: [],
        warnings: ['label is not a text of a catalogue and was left out'],
        event: { type: 'transaction.completed' },
      },
    ]);
  });

  it('takes the name of a department where others have a code', () => {
    const productIn = (hierarchy: string) => {
      const text = `${header},merchandise_hierarchy\n${row(1, 'A')},${hierarchy}\n`;
      return (eventOf(text)!.data.lines as { product: object }[])[0]!.product;
    };
    expect(productIn('DAIRY-2')).toEqual({ scheme: 'retailer', code: 'A', category: 'DAIRY-2' });
    expect(productIn('Dairy & eggs')).toEqual({ scheme: 'retailer', code: 'A', category_label: 'Dairy & eggs' });
  });

  it('has amounts in the minor units of their currency', () => {
    const priced = (currency: string, price: string) => ({ currency, text: table(row(1, 'A', `1,${price},`)) });
    const unitPrice = ({ currency, text }: { currency: string; text: string }) =>
      (eventOf(text, { ...inBerlin, currency })?.data.lines as { unit_price: number }[] | undefined)?.[0]?.unit_price;
    expect(unitPrice(priced('EUR', '2.5'))).toBe(250);
    expect(unitPrice(priced('EUR', '2.500'))).toBe(250);
    expect(unitPrice(priced('JPY', '250'))).toBe(250);
    expect(unitPrice(priced('KWD', '0.255'))).toBe(255);
    expect(unitPrice(priced('EUR', '2.505'))).toBeUndefined();
    expect(unitPrice(priced('JPY', '2.5'))).toBeUndefined();
  });

  it.each([
    ['a quantity of none', table(row(1, 'A', '0.000,1.00,')), '/quantity'],
    ['a quantity that is a word', table(row(1, 'A', 'two,1.00,')), '/quantity'],
    ['an amount with points between thousands', table(row(1, 'A', '1,1.000.00,')), '/regular_sales_unit_price'],
    ['no product', table(row(1, '')), '/item_id'],
    ['a product code with spaces', table(row(1, 'A B')), '/data/lines/0/product/code'],
    ['another customer in the next row', table(row(1, 'A'), row(1, 'B', '1,1.00,', 'somebody-else')), '/subject'],
    ['another time in the next row', table(row(1, 'A'), row(1, 'B').replace('17:42', '17:43')), '/end_date_time'],
    ['a time that is none', table(row(1, 'A').replace('17:42:00', 'noon')), '/end_date_time'],
    ['a day that there is not', table(row(1, 'A').replace('20T17', '31T17')), '/end_date_time'],
    ['a row with more cells than columns', table(`${row(1, 'A')},more`), ''],
    ['a quotation mark that is not closed', table(row(1, '"A')), ''],
  ])('has a fault with %s', (_, text, pointer) => {
    expect(faultsOf(text)).toEqual([[expect.objectContaining({ pointer })]]);
  });

  it('has a fault where nothing says the zone of a time, or the currency', () => {
    expect(faultsOf(table(row(1, 'A')), {})).toEqual([
      [
        { pointer: '/currency_code', detail: expect.stringContaining('`currency`') },
        { pointer: '/end_date_time', detail: expect.stringContaining('`time_zone`') },
      ],
    ]);
  });

  it('stores nothing of a transaction with a row that cannot be read', () => {
    const reads = read(table(row(1, 'A'), `${row(1, 'B')},more`, row(2, 'C')));
    expect(reads.map(({ line, lines, event }) => [line, lines, event?.id])).toEqual([
      [2, 2, undefined],
      [4, 1, '17-3-2026-11-20-2'],
    ]);
    expect(reads[0]!.errors).toEqual([{ pointer: '', detail: 'has 11 cells where the header has 10, in line 3' }]);
  });

  it('accounts for a row of which nobody knows the transaction', () => {
    const reads = read(table(row(1, 'A'), 'total;rubbish', row('', 'B'), row(1, 'C')));
    expect(reads.map(({ line, errors }) => [line, errors.map(({ pointer }) => pointer)])).toEqual([
      [2, []],
      [3, ['']],
      [4, ['/sequence_number']],
      [5, []],
    ]);
  });

  it('takes no transaction that is larger than an event may be, and keeps none of it', () => {
    const many = Array.from({ length: 2_001 }, (_, index) => row(1, `A${index}`));
    expect(read(table(...many, row(2, 'B')))).toMatchObject([
      { line: 2, lines: 2_001, errors: [{ detail: expect.stringContaining('2000 rows') }] },
      { line: 2_003, errors: [] },
    ]);
  });

  it.each([
    [
      'without a column that is needed',
      'retail_store_id,workstation_id,subject\n',
      'has no column business_day_date, sequence_number',
    ],
    ['with a column twice', `${header},Subject\n`, 'names a column twice: subject'],
    ['of columns without end', `${header}${','.repeat(100_000)}\n`, 'has more than 500 columns'],
    ['with a NUL', `${header},\0\n`, 'must be the names of the columns'],
    ['that is not UTF-8', Buffer.from([0xff, 0xfe, 0x41, 0x0a]), 'in UTF-8'],
  ])('cannot be read with a header %s', (_, file, detail) => {
    expect(() => new CsvReader({}, BEGINNING).write(Buffer.from(file as string))).toThrow(detail);
  });

  it('may have nothing below its header', () => {
    expect(read(`${header}\r\n\r\n`)).toEqual([]);
  });
});

describe('reading a table', () => {
  const bytes = Buffer.from(
    `\n${table(row(1, 'A'), '', row(1, 'B'), 'rübbish', row(2, 'A'), `${row(3, 'A')},`, row(3, 'ß'), row(1, 'C'))}`.trimEnd(),
  );
  const whole = readFrom(bytes, BEGINNING);

  it('gives the same wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const reader = new CsvReader(inBerlin, BEGINNING);
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        const records = ends.flatMap((end, index) => reader.write(bytes.subarray(ends[index - 1] ?? 0, end)));
        expect([...records, ...reader.end()]).toEqual(whole);
      }),
    );
  });

  it('gives the same when it is read on after any record', () => {
    for (const [index, { next }] of whole.entries()) expect(readFrom(bytes, next)).toEqual(whole.slice(index + 1));
  });

  function readFrom(file: Buffer, from: ReadState): FileRecord[] {
    const reader = new CsvReader(inBerlin, from);
    return [...reader.write(file.subarray(from.offset)), ...reader.end()];
  }
});
