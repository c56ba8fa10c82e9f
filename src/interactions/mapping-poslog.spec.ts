import * as fc from 'fast-check';

import { BEGINNING, type FileRecord, type LineRead, type MappingOptions, type ReadState } from './mapping.js';
import { PoslogReader } from './mapping-poslog.js';

const inLondon: MappingOptions = { timeZone: 'Europe/London' };

const item = (code: string, { kind = 'Sale', quantity = '1', price = '2.55', more = '', attributes = '' } = {}) => `
    <LineItem ${attributes}>
      <${kind}>
        <POSIdentity><POSItemID>${code}</POSItemID></POSIdentity>
        <Description>Tea &amp; milk</Description>
        <RegularSalesUnitPrice>${price}</RegularSalesUnitPrice>
        <Quantity UnitOfMeasureCode="EA">${quantity}</Quantity>${more}
      </${kind}>
    </LineItem>`;
const tender =
  '<LineItem><Tender><Authorization><CardNumber>4111111111111111</CardNumber></Authorization></Tender></LineItem>';
const customer = '<Customer><CustomerID>p1Zk3vQy0mBq9cJ2hT5xWnLg</CustomerID><Name>Mira</Name></Customer>';
const transaction = (
  sequence: number,
  lines: string,
  { attributes = '', status = 'Delivered', more = customer } = {},
) => `
  <Transaction ${attributes}>
    <RetailStoreID>17</RetailStoreID>
    <WorkstationID>3</WorkstationID>
    <SequenceNumber>${sequence}</SequenceNumber>
    <BusinessDayDate>2026-07-20</BusinessDayDate>
    <EndDateTime>2026-07-20T17:42:00</EndDateTime>
    <OperatorID>Jones</OperatorID>
    <CurrencyCode>GBP</CurrencyCode>
    <RetailTransaction TransactionStatus="${status}">${lines}${tender}${more}
      <Total TotalType="TransactionGrandAmount">2.55</Total>
    </RetailTransaction>
  </Transaction>`;
const log = (...transactions: string[]) => `<?xml version="1.0" encoding="UTF-8"?>
<POSLog xmlns="http://www.nrf-arts.org/IXRetail/namespace/" MajorVersion="6">${transactions.join('')}
</POSLog>
`;

function readFrom(file: Buffer, from: ReadState = BEGINNING, options = inLondon): FileRecord[] {
  const reader = new PoslogReader(options, from);
  return [...reader.write(file.subarray(from.offset)), ...reader.end()];
}
const read = (text: string, options?: MappingOptions): LineRead[] =>
  readFrom(Buffer.from(text), BEGINNING, options).flatMap(({ reads }) => reads);

describe('the log of old tills', () => {
  it('has an event for each sale', () => {
    const [sale, ...others] = read(log(transaction(4711, item('85123A') + item('22423', { quantity: '2.0' }))));
    expect(others).toEqual([]);
    expect(sale).toMatchObject({ line: 3, id: '17-3-2026-07-20-4711', source: '/pos/17/3', errors: [] });
    expect(sale!.event).toMatchObject({
      type: 'transaction.completed',
      subject: 'p1Zk3vQy0mBq9cJ2hT5xWnLg',
      time: new Date('2026-07-20T16:42:00Z'),
      data: {
        currency: 'GBP',
        total: 255,
        store: '17',
        lines: [
          {
            product: { scheme: 'retailer', code: '85123A', label: 'Tea & milk' },
            quantity: '1',
            unit: 'EA',
            unit_price: 255,
          },
          { product: { scheme: 'retailer', code: '22423' }, quantity: '2' },
        ],
      },
    });
  });

  it('reads nothing of how somebody paid, or who served them', () => {
    expect(JSON.stringify(read(log(transaction(1, item('A')))))).not.toMatch(/4111|Jones|Mira/);
  });

  it('says what is given back', () => {
    const returned = item('B', { kind: 'Return' });
    const reads = read(
      log(
        transaction(1, item('A') + returned),
        transaction(2, returned),
        transaction(3, item('C', { quantity: '-1' })),
      ),
    );
    expect(reads.map(({ id, event }) => [id, event?.type])).toEqual([
      ['17-3-2026-07-20-1', 'transaction.completed'],
      ['17-3-2026-07-20-1-return', 'return.completed'],
      ['17-3-2026-07-20-2', 'return.completed'],
      ['17-3-2026-07-20-3', 'return.completed'],
    ]);
  });

  it('takes back what was cancelled, and what another transaction takes back', () => {
    const link = '<TransactionLink ReasonCode="Voided"><SequenceNumber>1</SequenceNumber></TransactionLink>';
    const reads = read(
      log(
        transaction(2, item('A'), { attributes: 'CancelFlag="true"' }),
        transaction(3, item('A'), { status: 'PostVoided' }),
        transaction(4, '', { more: customer + link }),
      ),
    );
    expect(reads.map(({ id, event }) => [id, event?.data.id])).toEqual([
      ['17-3-2026-07-20-2-void', '17-3-2026-07-20-2'],
      ['17-3-2026-07-20-2-void-return', '17-3-2026-07-20-2-return'],
      ['17-3-2026-07-20-3-void', '17-3-2026-07-20-3'],
      ['17-3-2026-07-20-3-void-return', '17-3-2026-07-20-3-return'],
      ['17-3-2026-07-20-4-void', '17-3-2026-07-20-1'],
      ['17-3-2026-07-20-4-void-return', '17-3-2026-07-20-1-return'],
    ]);
  });

  it('leaves out lines that were taken back before it was paid', () => {
    const voided = item('B', { attributes: 'VoidFlag="true"' }) + item('C', { attributes: 'CancelFlag="1"' });
    expect(read(log(transaction(1, item('A') + voided)))[0]!.event?.data.lines).toMatchObject([
      { product: { code: 'A' } },
    ]);
  });

  it.each([
    ['that names no customer', transaction(1, item('A'), { more: '' }), 'names no customer'],
    [
      'that was done in training',
      transaction(1, item('A'), { attributes: 'TrainingModeFlag="true"' }),
      'was done in training',
    ],
    ['that was put aside', transaction(1, item('A'), { status: 'Suspended' }), 'was not completed: Suspended'],
    [
      'that is no sale',
      transaction(1, '').replaceAll('RetailTransaction', 'ControlTransaction'),
      'is no sale but ControlTransaction',
    ],
  ])('passes over a transaction %s', (_, text, ignored) => {
    expect(read(log(text))).toMatchObject([{ line: 3, ignored }]);
  });

  it('may have prefixes, a byte order mark, and names of its own', () => {
    const prefixed = `\uFEFF${log(transaction(1, item('A')))
      .replaceAll(/<(\/?)([A-Z])/g, '<$1pos:$2')
      .replace('xmlns=', 'xmlns:pos=')}`;
    expect(read(prefixed)).toMatchObject([{ id: '17-3-2026-07-20-1', errors: [] }]);
  });

  it('says what is wrong with a transaction, and goes on after it', () => {
    const reads = read(
      log(
        transaction(1, item('A', { quantity: 'some' })),
        transaction(2, item('A')).replace('<RetailStoreID>17</RetailStoreID>', ''),
        transaction(3, item('A', { price: '2.555' })),
        transaction(4, ''),
        transaction(5, item('A')),
      ),
    );
    expect(reads.map(({ errors }) => errors.map(({ pointer }) => pointer))).toEqual([
      ['/quantity'],
      ['/retail_store_id'],
      ['/regular_sales_unit_price'],
      ['/item_id'],
      [],
    ]);
  });

  it.each([
    ['a document type', '<!DOCTYPE POSLog [<!ENTITY a "b">]><POSLog/>', 'Line 1 has a document type'],
    ['an entity of its own', log(transaction(1, item('&nbsp;'))), 'is not well-formed XML'],
    ['another root', '<Invoice/>', 'begins with Invoice instead of POSLog'],
    ['another encoding', '<?xml version="1.0" encoding="ISO-8859-1"?><POSLog/>', 'names another encoding than UTF-8'],
    ['an element that is not closed', '<POSLog>\n<Transaction>\n</POSLog>', 'Line 3 is not well-formed XML'],
    ['an end that is missing', '<POSLog>\n', 'is not well-formed XML'],
    ['elements in elements without end', `<POSLog>${'<a>'.repeat(40)}`, 'is nested deeper than 32'],
    ['bytes that are not UTF-8', Buffer.from([0x3c, 0xff, 0x3e]), 'is not valid UTF-8'],
  ])('cannot be read with %s', (_, file, detail) => {
    expect(() => readFrom(Buffer.from(file as string))).toThrow(detail);
  });

  it('answers what it read before a fault, and then the fault', () => {
    const reader = new PoslogReader(inLondon, BEGINNING);
    const cut = Buffer.from(log(transaction(1, item('A')), '</Transaction>'));
    const [first] = reader.write(cut);
    expect(first!.reads).toMatchObject([{ id: '17-3-2026-07-20-1' }]);
    expect(() => reader.end()).toThrow('is not well-formed XML');
    expect(() => new PoslogReader(inLondon, first!.next).write(cut.subarray(first!.next.offset))).toThrow(
      'is not well-formed XML',
    );
  });

  it('keeps no element of attributes without end', () => {
    const reader = new PoslogReader(inLondon, BEGINNING);
    const endless = () => {
      reader.write(Buffer.from('<POSLog><Transaction '));
      for (let i = 0; i < 1_000; i++) reader.write(Buffer.from(`a${i}="${'x'.repeat(10_000)}" `));
    };
    expect(endless).toThrow('makes a transaction larger than 8388608 bytes');
  });

  it('takes no transaction of more elements than a receipt has', () => {
    const reads = read(log(transaction(1, item('A').repeat(12_000)), transaction(2, item('A'))));
    expect(reads).toMatchObject([{ errors: [{ detail: 'must have at most 80000 elements' }] }, { errors: [] }]);
  });
});

describe('reading a log', () => {
  const bytes = Buffer.from(
    log(
      transaction(1, item('A').replace('milk', 'mílk 🥛')),
      transaction(2, item('A'), { more: '' }) + transaction(3, item('B', { quantity: 'ß' })),
      transaction(4, item('C')),
    ),
  );
  const whole = readFrom(bytes);

  it('gives the same wherever it is cut', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(bytes.length), { maxLength: 8 }), (cuts) => {
        const reader = new PoslogReader(inLondon, BEGINNING);
        const ends = [...cuts.sort((a, b) => a - b), bytes.length];
        const records = ends.flatMap((end, index) => reader.write(bytes.subarray(ends[index - 1] ?? 0, end)));
        expect([...records, ...reader.end()]).toEqual(whole);
      }),
    );
  });

  it('gives the same when it is read on after any record', () => {
    expect(whole).toHaveLength(5);
    for (const [index, { next }] of whole.slice(0, -1).entries())
      expect(readFrom(bytes, next)).toEqual(whole.slice(index + 1));
  });
});
