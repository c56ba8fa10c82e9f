import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Names by place: the same row is the same at every run. */
const nth = <T>(items: readonly T[], place: number): T => items[place % items.length] as T;
const times = <T>(count: number, row: (place: number) => T): T[] =>
  Array.from({ length: count }, (_, place) => row(place));
const two = (number: number) => String(number).padStart(2, '0');

/** Files of made-up shopping with all that makes the real ones hard, for a replay where the real ones are not. */
export function writeReplayFiles(folder: string): void {
  for (const [path, rows] of Object.entries({ ...onlineRetail(), ...completeJourney() })) {
    write(
      folder,
      path,
      rows.map((row) => row.join(',')),
    );
  }
}

/** The rows of the real files in `from` that are about their first so many customers, and all that explains them. */
export function writeReplaySample(from: string, folder: string, customers: number): void {
  const read = (path: string) => linesOf(from, path).slice(1);
  const cells = (line: string) => line.split(',');
  const first = (lines: readonly string[], column: number) =>
    new Set([...new Set(lines.map((line) => cells(line)[column]).filter(Boolean))].slice(0, customers));
  const copy = (path: string, wanted: (cells: string[]) => boolean) =>
    write(
      folder,
      path,
      linesOf(from, path).filter((line, place) => place === 0 || wanted(cells(line))),
    );

  const shoppers = first(read('online_retail_invoices.csv.gz'), 2);
  copy('online_retail_invoices.csv.gz', ([, , customer]) => shoppers.has(customer));
  const invoices = new Set(linesOf(folder, 'online_retail_invoices.csv.gz').map((line) => cells(line)[0]));
  copy('online_retail_lines.csv.gz', ([invoice]) => invoices.has(invoice));
  copy('online_retail_products.csv.gz', () => true);

  const households = first(read('complete_journey_transactions.csv.gz'), 0);
  copy('complete_journey_transactions.csv.gz', ([household]) => households.has(household));
  copy('complete_journey_campaigns.csv.gz', ([, household]) => households.has(household));
  copy('complete_journey_coupon_redemptions.csv', ([household]) => households.has(household));
  const bought = new Set(linesOf(folder, 'complete_journey_transactions.csv.gz').map((line) => cells(line)[3]));
  copy('complete_journey_products.csv.gz', ([product]) => bought.has(product));
  const redeemed = new Set(linesOf(folder, 'complete_journey_coupon_redemptions.csv').map((line) => cells(line)[1]));
  copy('complete_journey_coupons.csv.gz', ([coupon]) => redeemed.has(coupon));
  copy('complete_journey_campaign_descriptions.csv', () => true);
}

function linesOf(folder: string, path: string): string[] {
  const content = readFileSync(join(folder, path));
  return (path.endsWith('.gz') ? gunzipSync(content) : content).toString().trimEnd().split('\n');
}

function write(folder: string, path: string, lines: readonly string[]): void {
  const content = lines.map((line) => `${line}\n`).join('');
  writeFileSync(join(folder, path), path.endsWith('.gz') ? gzipSync(content) : content);
}

/** Every seventh invoice has no customer; each third sale is cancelled: in whole, in whole again, in part. */
function onlineRetail(): Record<string, unknown[][]> {
  const invoices: unknown[][] = [['invoice', 'datetime', 'customer', 'country']];
  const lines: unknown[][] = [['invoice', 'stock_code', 'quantity', 'unit_price']];
  const codes = ['85123A', '71053', '84406B', '22423'];
  for (const place of times(60, (index) => index)) {
    const number = 536_365 + place * 10;
    const at = (minute: number) => `2011-${two(1 + (place % 12))}-${two(1 + Math.floor(place / 12))}T10:${two(minute)}`;
    const customer = place % 7 === 6 ? '' : 12_340 + (place % 9);
    const basket = times(1 + (place % 4), (line) => [nth(codes, place + line), 1 + line, '2.55']);
    invoices.push([number, at(place % 50), customer, 'United Kingdom']);
    lines.push(...basket.map((line) => [number, ...line]), [number, 'POST', 1, '18']);
    if (place % 3 !== 0) continue;
    for (const [which, back] of [basket, basket, basket.slice(0, 1)].entries()) {
      invoices.push([`C${number + which + 1}`, at(50 + which), customer, 'United Kingdom']);
      lines.push(...back.map(([code, quantity, price]) => [`C${number + which + 1}`, code, -Number(quantity), price]));
    }
  }
  const inOrder = [
    invoices[0] as unknown[],
    ...invoices.slice(1).sort((a, b) => (String(a[1]) < String(b[1]) ? -1 : 1)),
  ];
  const place = new Map(inOrder.map(([number], index) => [String(number), index]));
  const linesInOrder = lines.slice(1).sort((a, b) => Number(place.get(String(a[0]))) - Number(place.get(String(b[0]))));
  return {
    'online_retail_invoices.csv.gz': inOrder,
    'online_retail_lines.csv.gz': [lines[0] as unknown[], ...linesInOrder],
    'online_retail_products.csv.gz': [['stock_code', 'description'], ...codes.map((code) => [code, `THING ${code}`])],
  };
}

/** Each household buys on some days, is sent two campaigns, and redeems a coupon with a basket and one without. */
function completeJourney(): Record<string, unknown[][]> {
  const products = [
    [1, 69, 'GROCERY', 'Private', 'FLUID MILK PRODUCTS', 'FLUID MILK WHITE ONLY', '1 GA'],
    [2, 2, 'GROCERY', 'National', 'COLD CEREAL', 'ALL FAMILY CEREAL', '12 OZ'],
    [3, 2, 'DRUG GM', 'National', 'COLD AND FLU', 'COLD AND FLU', ''],
    [4, 1, 'FUEL', 'Private', 'FUEL', 'GASOLINE-REG UNLEADED', ''],
  ];
  const households = times(8, (place) => 900 + place);
  const baskets = times(60, (place) => {
    const at = `2017-${two(1 + Math.floor(place / 5))}-${two(3 + (place % 5) * 5)}T1${place % 10}:00:00Z`;
    return times(1 + (place % 3), (line) => [
      nth(households, place),
      `30${place % 3}`,
      31_198_705_000 + place,
      (nth(products, place + line) as unknown[])[0],
      (place + line) % 11,
      1.5 + line,
      0.29,
      line % 2,
      0,
      1,
      at,
    ]);
  }).flat();
  const shopped = baskets.filter(([, , , product]) => product === 1);
  return {
    'complete_journey_transactions.csv.gz': [
      'household_id,store_id,basket_id,product_id,quantity,sales_value,retail_disc,coupon_disc,coupon_match_disc,week,transaction_timestamp'.split(
        ',',
      ),
      ...baskets,
    ],
    'complete_journey_products.csv.gz': [
      'product_id,manufacturer_id,department,brand,product_category,product_type,package_size'.split(','),
      ...products,
    ],
    'complete_journey_campaigns.csv.gz': [
      ['campaign_id', 'household_id'],
      ...households.flatMap((household) => [
        [1, household],
        [2, household],
      ]),
    ],
    'complete_journey_campaign_descriptions.csv': [
      ['campaign_id', 'campaign_type', 'start_date', 'end_date'],
      [1, 'Type A', '2016-11-14', '2017-12-31'],
      [2, 'Type B', '2017-02-01', '2017-12-31'],
      [3, 'Type C', '2017-03-01', '2017-12-31'],
    ],
    'complete_journey_coupons.csv.gz': [
      ['coupon_upc', 'product_id', 'campaign_id'],
      [51_380_041_013, 1, 1],
      [51_380_041_013, 2, 1],
      [51_380_041_014, 2, 2],
      [51_380_041_015, 2, 2],
    ],
    'complete_journey_coupon_redemptions.csv': [
      ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date'],
      ...shopped
        .slice(0, 6)
        .map(([household, , , , , , , , , , at]) => [household, 51_380_041_013, 1, String(at).slice(0, 10)]),
      ...households.map((household) => [household, 51_380_041_014, 2, '2017-12-24']),
    ],
  };
}
