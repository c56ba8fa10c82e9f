import { CsvFolder } from '../csv-folder.js';
import type { Dataset, Planned } from '../dataset.js';
import { type BasketRow, byDay } from './baskets.js';
import { Catalogue } from './catalogue.js';
import { fates, planOfDay } from './plan.js';
import { Promotions } from './promotions.js';
import { retailers } from './juniper.js';

const columns = {
  transactions: {
    path: 'complete_journey_transactions.csv.gz',
    columns: [
      'household_id',
      'store_id',
      'basket_id',
      'product_id',
      'quantity',
      'sales_value',
      'retail_disc',
      'coupon_disc',
      'coupon_match_disc',
      'week',
      'transaction_timestamp',
    ],
  },
  products: {
    path: 'complete_journey_products.csv.gz',
    columns: [
      'product_id',
      'manufacturer_id',
      'department',
      'brand',
      'product_category',
      'product_type',
      'package_size',
    ],
  },
  campaigns: { path: 'complete_journey_campaigns.csv.gz', columns: ['campaign_id', 'household_id'] },
  descriptions: {
    path: 'complete_journey_campaign_descriptions.csv',
    columns: ['campaign_id', 'campaign_type', 'start_date', 'end_date'],
  },
  coupons: { path: 'complete_journey_coupons.csv.gz', columns: ['coupon_upc', 'product_id', 'campaign_id'] },
  redemptions: {
    path: 'complete_journey_coupon_redemptions.csv',
    columns: ['household_id', 'coupon_upc', 'campaign_id', 'redemption_date'],
  },
} as const;

/** "The Complete Journey 2.0" of 84.51° (CC0): a grocer's households, baskets, campaigns and coupons of the year 2017. */
export class CompleteJourney implements Dataset {
  readonly name = 'complete-journey';
  readonly domain = 'complete-journey.example';
  readonly customerWord = 'household';
  readonly retailers = retailers;
  readonly files = {
    transactions: { rows: 'rows of baskets', fates: fates.transactions },
    campaigns: { rows: 'campaigns sent to households', fates: fates.campaigns },
    redemptions: { rows: 'redemptions of coupons', fates: fates.redemptions },
    descriptions: {
      rows: 'descriptions of campaigns',
      fates: { used: 'of campaigns that were sent', unused: 'of campaigns that were sent to nobody' },
    },
    coupons: {
      rows: 'products of coupons',
      fates: { used: 'of coupons that were redeemed', unused: 'of coupons that nobody redeemed' },
    },
    products: {
      rows: 'products',
      fates: { used: 'that are in baskets', unused: 'that are in none' },
    },
  };
  private readonly csv: CsvFolder<keyof typeof columns>;

  /** @throws CliError when a file is not there */
  constructor(folder: string) {
    this.csv = new CsvFolder(folder, columns);
  }

  retailerOf(): string {
    return 'J';
  }

  async *plan(read: (file: string) => void): AsyncGenerator<Planned> {
    const rows = (file: keyof typeof columns) => this.csv.rows(file, read);
    const catalogue = await Catalogue.of(rows('products'));
    const promotions = await Promotions.of({
      descriptions: rows('descriptions'),
      campaigns: rows('campaigns'),
      redemptions: rows('redemptions'),
      coupons: rows('coupons'),
    });

    const days = promotions.days();
    for await (const { day, baskets } of byDay(this.baskets(rows('transactions')))) {
      while (days[0] !== undefined && days[0] < day)
        yield* planOfDay([], promotions.on(days.shift() as string), catalogue);
      if (days[0] === day) days.shift();
      yield* planOfDay(baskets, promotions.on(day), catalogue);
    }
    for (const day of days) yield* planOfDay([], promotions.on(day), catalogue);

    yield { at: null, rows: [...promotions.rows(), ...catalogue.rows()], events: [] };
  }

  private async *baskets(rows: AsyncIterable<string[]>): AsyncGenerator<BasketRow> {
    for await (const row of rows) {
      const [household, store, basket, product, quantity, sales, retail, coupon, match, , timestamp] = row;
      yield {
        household: household as string,
        store: store as string,
        basket: basket as string,
        product: product as string,
        quantity: Number(quantity),
        paid: cents(sales),
        discount: cents(retail) + cents(match),
        coupon: cents(coupon),
        at: Date.parse(timestamp as string),
      };
    }
  }
}

/** Dollars as they stand in the file, in cents. */
function cents(dollars: string | undefined): number {
  return Math.round(Number(dollars) * 100);
}
