import { specialClasses } from '../consents/special-products.js';
import type { JsonObject } from '../platform/json.js';
import { currencies } from '../vocabulary/currencies.js';
import { gs1CodeLists } from '../vocabulary/gs1-codes.js';

/** What the schemas of the event types are made of. None has room for a name, a card, an employee or free text. */

export const MOST_LINES = 2_000;
const LARGEST_AMOUNT = 1_000_000_000_000;

/** UN/ECE Recommendation 20 units in which retail sells. */
export const units: readonly string[] =
  'EA C62 PR SET PK CT BX DZN KGM GRM LBR ONZ LTR MLT CLT MTR CMT MTK HUR DAY'.split(' ');

export const data = (properties: JsonObject, required: readonly string[] = []): JsonObject => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required: [...required] }),
  additionalProperties: false,
});

export const oneOf = (codes: readonly string[], description?: string): JsonObject => ({
  type: 'string',
  enum: [...codes],
  ...(description !== undefined && { description }),
});

export const code = (description: string, maxLength = 64): JsonObject => ({
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/+-]*$',
  maxLength,
  description,
});

/**
 * A text of a catalogue: letters, digits, plain punctuation. Neither an address for e-mail nor a long number fits in,
 * so that a field made for a product is not used for a person.
 */
const label = (description: string, maxLength = 60): JsonObject => ({
  type: 'string',
  pattern: `^(?!.*[0-9]{9})[${CATALOGUE}]+( +[${CATALOGUE}]+)*$`,
  maxLength,
  description,
});
const CATALOGUE = '\\p{L}\\p{M}\\p{N}.,:;!?\'‘’"“”„&/%()+*#°®™£$€_–-';

export const currency: JsonObject = { type: 'string', enum: [...currencies], description: 'ISO 4217.' };

export const amount = (description: string, minimum = -LARGEST_AMOUNT): JsonObject => ({
  type: 'integer',
  minimum,
  maximum: LARGEST_AMOUNT,
  description: `${description} In minor units of the currency.`,
});

export const count = (description: string, maximum: number, minimum = 0): JsonObject => ({
  type: 'integer',
  minimum,
  maximum,
  description,
});

export const seconds = count('How long it took, in seconds.', 86_400);

const quantity: JsonObject = {
  type: 'string',
  pattern: '^(?!0+(\\.0+)?$)[0-9]{1,9}(\\.[0-9]{1,6})?$',
  description: 'A decimal number above zero, written as text.',
};

/** As `language.spoken` writes it. */
export const language: JsonObject = {
  type: 'string',
  pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$',
  maxLength: 35,
  description: 'The language that was used (BCP 47).',
};

const gpc: JsonObject = {
  type: 'string',
  pattern: '^[0-9]{8}$',
  description: 'The GS1 Global Product Classification, of any level: brick, class, family or segment.',
};
const special = oneOf(
  specialClasses,
  'That it tells of health, pregnancy or intimacy: without a consent of its own it is kept as `category: withheld`.',
);

/** What stands in the place of a product that is not kept. */
export const WITHHELD = 'withheld';

export const product: JsonObject = {
  type: 'object',
  description: 'A GTIN, or a code of your own. A product that you would rather not name is `{"category": "withheld"}`.',
  properties: {
    scheme: oneOf(['gtin', 'retailer']),
    code: code('The GTIN, or your own article number.'),
    label: label('What the catalogue calls it.'),
    category: code('Your own category code.'),
    category_label: label('What the catalogue calls the category.'),
    gpc,
    brand: oneOf(['national', 'store'], 'Whether it is a brand of your own (`store`).'),
    brand_name: label('The name of the brand.'),
    size: data(
      {
        system: oneOf(gs1CodeLists.gs1_size_system.codes.map((size) => size.code)),
        value: label('As it is written on the product: 42.5', 12),
      },
      ['system', 'value'],
    ),
    special,
  },
  if: { properties: { category: { const: WITHHELD } }, required: ['category'], maxProperties: 1 },
  else: { required: ['scheme', 'code'] },
  additionalProperties: false,
};

export const line = data(
  {
    product,
    quantity,
    unit: oneOf(units, 'UN/ECE Recommendation 20; EA where left out.'),
    unit_price: amount('Before discounts.', 0),
    discount: amount('Taken off the line.', 0),
  },
  ['product', 'quantity'],
);
export const lines: JsonObject = { type: 'array', items: line, minItems: 1, maxItems: MOST_LINES };

export const department: JsonObject = {
  type: 'object',
  description: 'A department or shelf, where no single product is meant.',
  properties: {
    category: code('Your own category code.'),
    category_label: label('What the catalogue calls it.'),
    gpc,
    special,
  },
  required: ['category'],
  additionalProperties: false,
};

export const store = code('Your own code of the store.');
export const campaign = code('Your own code of the campaign.');
export const offer = code('Your own code of the offer.');
export const programme = code('Your own code of the loyalty programme.');
