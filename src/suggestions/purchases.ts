import { specialClassOf } from '../interactions/special-products.js';
import type { JsonObject } from '../platform/json.js';
import { tellsOfPrivateMatters } from './private-words.js';

/** A product as an event names it, of which conclusions may be drawn. */
export interface Product {
  readonly scheme: 'gtin' | 'retailer';
  readonly code: string;
  readonly label?: string;
  readonly category?: string;
  readonly category_label?: string;
  readonly gpc?: string;
  readonly brand?: 'national' | 'store';
  readonly brand_name?: string;
  readonly size?: { readonly system: string; readonly value: string };
}

/** One line of what was bought or given back. */
export interface Line {
  /** Which one it is of its event. */
  readonly number: number;
  readonly product: Product;
  /** In whole items, at least one. */
  readonly items: number;
}

/** The lines of a purchase or a return without what is withheld, special or tells of what is never inferred. */
export function linesOf(data: JsonObject): Line[] {
  const lines = (data.lines ?? []) as { product: JsonObject; quantity: string }[];
  return lines.flatMap(({ product, quantity }, number) =>
    isOrdinary(product)
      ? [{ number, product: product as unknown as Product, items: Math.max(1, Math.trunc(Number(quantity))) }]
      : [],
  );
}

function isOrdinary(product: JsonObject): boolean {
  const { code, label, category_label, category, brand_name } = product as Partial<Product>;
  const texts = [code, label, category_label, category, brand_name];
  return code !== undefined && specialClassOf(product) === null && !tellsOfPrivateMatters(...texts);
}

/** What a product's category is called, and what tells it from others. A retailer's own code says nothing to anybody else. */
export function categoryOf({ category_label: name }: Product): { key: string; name: string } | null {
  return name === undefined ? null : { key: folded(name), name };
}

/** A name without regard to case and spacing, as preferences compare names. */
export function folded(name: string): string {
  return name.normalize('NFKC').trim().replaceAll(/\s+/g, ' ').toLowerCase();
}
