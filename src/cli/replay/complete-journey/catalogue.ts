import type { SpecialClass } from '../../../consents/special-products.js';
import type { JsonObject } from '../../../platform/json.js';
import { codeOf, labelOf } from '../catalogue-text.js';
import type { RowsGone } from '../dataset.js';
import { Lookup } from '../lookup.js';

/** What of a product's row goes into events. */
interface Product {
  readonly manufacturer: string;
  readonly department: string;
  readonly isOwnBrand: boolean;
  readonly category: string;
  readonly type: string;
}

/** Why a row of a basket is no part of an event, in words. */
export const reasons = {
  'nothing-sold': 'with a quantity of 0',
  'unknown-product': 'of products that the product file does not have',
  coupon: 'of coupons',
  fuel: 'of fuel, whose quantities are thousandths of a gallon',
} as const;
export type Reason = keyof typeof reasons;

/** What a grocer who knows the law marks. */
const specialTypes: readonly [RegExp, SpecialClass][] = [
  [/TEST(ING)? KITS/, 'test'],
  [/CANES/, 'mobility_aid'],
];
const specialCategories: Readonly<Record<string, SpecialClass>> = {
  ANALGESICS: 'pharmacy',
  ANTACIDS: 'pharmacy',
  'COLD AND FLU': 'pharmacy',
  LAXATIVES: 'pharmacy',
  PHARMACY: 'pharmacy',
  'SINUS AND ALLERGY': 'pharmacy',
  'SMOKING CESSATIONS': 'pharmacy',
  'ADULT INCONTINENCE': 'intimate',
  'FAMILY PLANNING': 'intimate',
  'FEMININE HYGIENE': 'intimate',
};

/** The products of the grocer. */
export class Catalogue {
  private readonly products = new Lookup<Product>('products');

  static async of(rows: AsyncIterable<string[]>): Promise<Catalogue> {
    const catalogue = new Catalogue();
    const texts = new Texts();
    for await (const row of rows) {
      const [code, manufacturer, department, brand, category, type] = row.map((text) => texts.one(text));
      catalogue.products.add(code as string, {
        manufacturer: manufacturer as string,
        department: department as string,
        isOwnBrand: brand === 'Private',
        category: category as string,
        type: type as string,
      });
    }
    return catalogue;
  }

  /** A product as events name it, or why it is none. */
  find(code: string): JsonObject | Reason {
    const product = this.products.get(code);
    if (!product) return 'unknown-product';
    const { manufacturer, department, isOwnBrand, category, type } = product;
    if (department === 'COUPON') return 'coupon';
    if (type.startsWith('GASOLINE')) return 'fuel';
    return {
      scheme: 'retailer',
      code,
      brand: isOwnBrand ? 'store' : 'national',
      brand_name: `Manufacturer ${manufacturer}`,
      ...optional('label', labelOf(type)),
      ...optional('category', codeOf(category)),
      ...optional('category_label', labelOf(category)),
      ...optional('special', specialClassOf(category, type)),
    };
  }

  rows(): RowsGone[] {
    return this.products.rows();
  }
}

function specialClassOf(category: string, type: string): SpecialClass | undefined {
  return specialTypes.find(([pattern]) => pattern.test(type))?.[1] ?? specialCategories[category];
}

function optional(name: string, value: string | undefined): JsonObject {
  return value === undefined ? {} : { [name]: value };
}

/** Holds each text once, however many rows have it. */
class Texts {
  private readonly known = new Map<string, string>();

  one(text: string): string {
    const known = this.known.get(text);
    if (known === undefined) this.known.set(text, text);
    return known ?? text;
  }
}
