import type { JsonObject } from '../platform/json.js';
import { product as productSchema } from './event-schemas.js';
import type { LineTexts } from './mapping-receipt.js';

/**
 * The product of a line. Old tills abbreviate and decorate: a label that is none is left out with a warning, and the sale
 * is taken all the same.
 */
export function productOf(texts: LineTexts): { readonly product: JsonObject; readonly warnings: readonly string[] } {
  const { gtin, item_id: code, size_system: system, size, merchandise_hierarchy: hierarchy } = texts;
  // Some tills name their departments where others number them.
  const isName = hierarchy !== undefined && !fits('category', hierarchy);
  const labels = given({
    label: texts.description,
    category_label: texts.merchandise_hierarchy_description ?? (isName ? hierarchy : undefined),
    brand_name: texts.brand_name,
  });
  const tidy = Object.entries(labels).map(([name, text]) => [name, text.replaceAll(/\s+/g, ' ').trim()] as const);
  return {
    product: {
      ...(gtin === undefined ? { scheme: 'retailer', code: code ?? '' } : { scheme: 'gtin', code: gtin }),
      ...Object.fromEntries(tidy.filter(([, text]) => fits('label', text))),
      ...given({
        category: isName ? undefined : hierarchy,
        gpc: texts.gpc,
        brand: texts.brand,
        special: texts.special,
      }),
      ...(system !== undefined && size !== undefined && { size: { system, value: size } }),
    },
    warnings: tidy
      .filter(([, text]) => !fits('label', text))
      .map(([name]) => `${name} is not a text of a catalogue and was left out`),
  };
}

/** Whether a text can stand in this member of a product. */
function fits(member: keyof typeof shapes, text: string): boolean {
  const { shape, maxLength } = shapes[member];
  return text.length <= maxLength && shape.test(text);
}

const shapes = { label: shapeOf('label'), category: shapeOf('category') };

function shapeOf(member: string): { shape: RegExp; maxLength: number } {
  const members = productSchema.properties as Record<string, { pattern: string; maxLength: number }>;
  const { pattern, maxLength } = members[member]!;
  return { shape: new RegExp(pattern, 'u'), maxLength };
}

/** The members that there are. */
export function given(members: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(members).filter((member): member is [string, string] => member[1] !== undefined),
  );
}
