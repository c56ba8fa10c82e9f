import type { JsonObject } from '../platform/json.js';
import type { Stage, Touchpoint } from '../vocabulary/code-lists.js';
import { currencies } from '../vocabulary/currencies.js';
import { contactChannels } from './contact.js';

/**
 * The kinds of interaction that a retailer reports. Names follow `org.ccx.interaction.<noun>.<verb>.v1`; consents name
 * them by `<noun>.<verb>`. No schema has room for a name, a card, an employee or free text.
 */
export interface EventType {
  readonly name: string;
  /** JSON Schema 2020-12 of `data`. */
  readonly data: JsonObject;
  /** The journey stage where an event names none. */
  readonly stage: Stage;
  readonly description: string;
  readonly example: { touchpoint: Touchpoint; data: JsonObject };
}

const PREFIX = 'org.ccx.interaction.';
const VERSION = '.v1';

export const MOST_LINES = 2_000;
const LARGEST_AMOUNT = 1_000_000_000_000;

/** UN/ECE Recommendation 20 units in which retail sells. */
export const units: readonly string[] =
  'EA C62 PR SET PK CT BX DZN KGM GRM LBR ONZ LTR MLT CLT MTR CMT MTK HUR DAY'.split(' ');

const code = (description: string, maxLength = 64): JsonObject => ({
  type: 'string',
  pattern: '^[A-Za-z0-9][A-Za-z0-9._:/+-]*$',
  maxLength,
  description,
});
const currency: JsonObject = { type: 'string', enum: [...currencies], description: 'ISO 4217.' };
const amount = (description: string, minimum = -LARGEST_AMOUNT): JsonObject => ({
  type: 'integer',
  minimum,
  maximum: LARGEST_AMOUNT,
  description: `${description} In minor units of the currency.`,
});
const quantity: JsonObject = {
  type: 'string',
  pattern: '^(?!0+(\\.0+)?$)[0-9]{1,9}(\\.[0-9]{1,6})?$',
  description: 'A decimal number above zero, written as text.',
};
const product: JsonObject = {
  type: 'object',
  description: 'What was bought: a GTIN, or a code of your own.',
  properties: {
    scheme: { type: 'string', enum: ['gtin', 'retailer'] },
    code: code('The GTIN, or your own article number.'),
    category: code('Your own category code.'),
    brand: { type: 'string', enum: ['national', 'store'], description: 'Whether it is a brand of your own.' },
  },
  required: ['scheme', 'code'],
  additionalProperties: false,
};
const line: JsonObject = {
  type: 'object',
  properties: {
    product,
    quantity,
    unit: { type: 'string', enum: [...units], description: 'UN/ECE Recommendation 20; EA where left out.' },
    unit_price: amount('Before discounts.', 0),
    discount: amount('Taken off the line.', 0),
  },
  required: ['product', 'quantity'],
  additionalProperties: false,
};
const lines: JsonObject = { type: 'array', items: line, minItems: 1, maxItems: MOST_LINES };
const store = code('Your own code of the store.');
const campaign = code('Your own code of the campaign.');
const programme = code('Your own code of the loyalty programme.');

const data = (properties: JsonObject, required: readonly string[]): JsonObject => ({
  type: 'object',
  properties,
  required: [...required],
  additionalProperties: false,
});

const milk = { product: { scheme: 'retailer', code: '85123A' }, quantity: '6', unit: 'EA', unit_price: 255 };

export const eventTypes: readonly EventType[] = [
  {
    name: 'transaction.completed',
    description: 'The customer bought something.',
    stage: 'shopping',
    data: data(
      {
        currency,
        total: amount('What was paid.'),
        lines,
        store,
        fulfilment: { type: 'string', enum: ['carried', 'delivery', 'pickup'] },
        receipt: { type: 'string', enum: ['paper', 'email', 'app', 'none'] },
      },
      ['currency', 'lines'],
    ),
    example: { touchpoint: 'till', data: { currency: 'GBP', total: 1530, lines: [milk], store: 'uk-17' } },
  },
  {
    name: 'return.completed',
    description: 'The customer brought or sent something back.',
    stage: 'post_shopping',
    data: data(
      {
        currency,
        total: amount('What was paid back.', 0),
        lines,
        store,
        reason: {
          type: 'string',
          enum: ['does_not_fit', 'damaged', 'not_as_described', 'changed_mind', 'late', 'other', 'unknown'],
        },
        method: { type: 'string', enum: ['store', 'post', 'collected'] },
      },
      ['currency', 'lines'],
    ),
    example: { touchpoint: 'returns', data: { currency: 'GBP', total: 255, lines: [{ ...milk, quantity: '1' }] } },
  },
  {
    name: 'promotion.offered',
    description: 'The customer was shown or sent an offer.',
    stage: 'awareness',
    data: data(
      {
        campaign,
        offer: code('Your own code of the offer.'),
        kind: { type: 'string', enum: ['coupon', 'discount', 'sample', 'content', 'points'] },
        channel: {
          type: 'string',
          enum: [...contactChannels],
          description:
            'How it reached the customer. With it the offer counts as a contact; left out, unless they came upon it ' +
            'themselves (`web`, `gift_registry`, `survey`).',
        },
        valid_until: { type: 'string', format: 'date-time' },
      },
      ['campaign'],
    ),
    example: { touchpoint: 'email', data: { campaign: 'spring-26', kind: 'coupon', channel: 'email' } },
  },
  {
    name: 'promotion.responded',
    description: 'The customer took up an offer, or turned it down.',
    stage: 'exploring',
    data: data(
      {
        campaign,
        offer: code('Your own code of the offer.'),
        response: { type: 'string', enum: ['opened', 'accepted', 'redeemed', 'declined', 'unsubscribed'] },
      },
      ['campaign', 'response'],
    ),
    example: { touchpoint: 'till', data: { campaign: 'spring-26', response: 'redeemed' } },
  },
  {
    name: 'loyalty.enrolled',
    description: 'The customer joined a loyalty programme.',
    stage: 'exploring',
    data: data({ programme, tier: code('Your own code of the tier.') }, ['programme']),
    example: { touchpoint: 'app', data: { programme: 'green-card' } },
  },
  {
    name: 'loyalty.redeemed',
    description: 'The customer spent points or a reward.',
    stage: 'shopping',
    data: data(
      {
        programme,
        points: { type: 'integer', minimum: 1, maximum: 1_000_000_000 },
        currency,
        value: amount('What the reward was worth.', 0),
      },
      ['programme'],
    ),
    example: { touchpoint: 'till', data: { programme: 'green-card', points: 500, currency: 'GBP', value: 250 } },
  },
  {
    name: 'event.voided',
    description: 'An event that you reported did not happen, or not so. It may arrive before the one it voids.',
    stage: 'post_shopping',
    data: data(
      {
        id: { type: 'string', minLength: 1, maxLength: 200, description: 'The `id` of the event.' },
        source: { type: 'string', minLength: 1, maxLength: 200, description: 'Its `source`, if another one.' },
        reason: { type: 'string', enum: ['cancelled', 'mistake', 'duplicate'] },
      },
      ['id'],
    ),
    example: { touchpoint: 'till', data: { id: '536365', reason: 'cancelled' } },
  },
];

const byType = new Map(eventTypes.map((type) => [PREFIX + type.name + VERSION, type]));

/** The kind of an event's `type`, or undefined when it is none of ours. */
export function eventTypeOf(type: string): EventType | undefined {
  return byType.get(type);
}

/** The CloudEvents `type` of a kind: `org.ccx.interaction.transaction.completed.v1`. */
export function cloudEventType(name: string): string {
  return PREFIX + name + VERSION;
}
