import type { StandingEvent } from '../interactions/standing.service.js';
import type { JsonObject } from '../platform/json.js';
import { categoryOf, folded, linesOf } from './purchases.js';
import { wornAs } from './worn.js';

/** What one event says to one rule: that something could have gone one way or another, and which way it went. */
export interface Sign {
  readonly group: string;
  /** What was decided; two signs with the same one are one decision. Null where none was: something was given back. */
  readonly decision: string | null;
  /** Which way it went; left out where it went none that the rule knows. */
  readonly value?: string;
  /** How many items; one where left out, and below zero what is given back. */
  readonly items?: number;
  readonly about?: JsonObject;
}

/** Where there is one answer for all that a customer does. */
export const ALL = 'all';

const BOUGHT = 'transaction.completed';
const RETURNED = 'return.completed';
const OFFERED = 'promotion.offered';
const RESPONDED = 'promotion.responded';

export type Reads = (event: StandingEvent) => readonly Sign[];

const ofPurchases =
  (read: Reads): Reads =>
  (event) =>
    event.type === BOUGHT ? read(event) : [];

/** Each line of a category that says whether it is a brand of the store. */
export const brandKinds = ofPurchases(({ id, data }) =>
  linesOf(data).flatMap(({ number, product }) => {
    const category = categoryOf(product);
    if (!category || !product.brand) return [];
    const decided = { group: category.key, decision: `${id}/${number}` };
    return [product.brand === 'store' ? { ...decided, value: STORE, about: { category: category.name } } : decided];
  }),
);
export const STORE = 'store';

/** Each line of a category that names a brand. */
export const brands = ofPurchases(({ id, data }) =>
  linesOf(data).flatMap(({ number, product }) => {
    const category = categoryOf(product);
    if (!category || product.brand_name === undefined) return [];
    const about = { brand: product.brand_name, category: category.name };
    return [{ group: category.key, decision: `${id}/${number}`, value: folded(product.brand_name), about }];
  }),
);

/** Each purchase at a retailer, and its categories. */
export const categories = ofPurchases(({ id, retailerId, data }) => {
  const purchase = { group: retailerId, decision: id };
  const found = linesOf(data).flatMap(({ product }) => categoryOf(product) ?? []);
  return [purchase, ...found.map(({ key, name }) => ({ ...purchase, value: key, about: { name } }))];
});

/** Each purchase at a retailer, and its products; and what of them was given back. */
export const products: Reads = ({ id, type, retailerId, data }) => {
  if (type !== BOUGHT && type !== RETURNED) return [];
  const isBought = type === BOUGHT;
  const event = { group: retailerId, decision: isBought ? id : null };
  const found = linesOf(data).map(({ product: { scheme, code, label }, items }) => ({
    ...event,
    value: `${scheme}:${code}`,
    items: isBought ? items : -items,
    about: { product: code, ...(label !== undefined && { name: label }) },
  }));
  return [event, ...found];
};

const sizes =
  (isFootwear: boolean): Reads =>
  ({ id, type, retailerId, data }) => {
    if (type !== BOUGHT && type !== RETURNED) return [];
    const isBought = type === BOUGHT;
    return linesOf(data).flatMap(({ product, items }) => {
      const worn = wornAs(product.gpc);
      if (!product.size || worn === null || (worn === 'footwear') !== isFootwear) return [];
      const { system, value: size } = product.size;
      const named = `${retailerId}:${product.code}`;
      return [
        {
          group: isFootwear ? system : `${worn}|${system}`,
          decision: isBought ? id : null,
          value: `${size}|${named}`,
          items: isBought ? items : -items,
          about: { system, size, ...(!isFootwear && { garment: worn }) },
        },
      ];
    });
  };

/** What was bought and what was given back, by size and product: what is kept shows only over time. */
export const footwearSizes = sizes(true);
export const apparelSizes = sizes(false);

/** Each event of which a member is one of a few codes. */
const member =
  (name: string, type?: string): Reads =>
  ({ id, type: kind, data }) => {
    const value = data[name];
    return (type === undefined || kind === type) && typeof value === 'string'
      ? [{ group: ALL, decision: id, value }]
      : [];
  };

export const fulfilments = member('fulfilment', BOUGHT);
export const receipts = member('receipt', BOUGHT);
export const languages = member('language');

export const OFFERED_BY = 'offered:';
export const ANSWERED = 'answered';
const answers = new Set(['opened', 'accepted', 'redeemed']);

/** Each campaign: by which way it came, and that it was answered. */
export const campaigns: Reads = ({ id, type, retailerId, data }) => {
  const group = `${retailerId}:${data.campaign as string}`;
  if (type === OFFERED && typeof data.channel === 'string') {
    return [{ group, decision: id, value: OFFERED_BY + data.channel }];
  }
  const isAnswer = type === RESPONDED && answers.has(data.response as string);
  return isAnswer ? [{ group, decision: id, value: ANSWERED }] : [];
};

/** Where somebody answers when it suits them, and not when they happen to be in a shop. */
const atLeisure = new Set(['web', 'app', 'email', 'social', 'call_centre', 'survey']);

/** Each answer to an offer and each call, unless the clock of the sender is in doubt: when it was, to the minute. */
export const times: Reads = ({ id, type, touchpoint, clock, occurredAt, data }) => {
  const hasAnswered = type === RESPONDED && answers.has(data.response as string) && atLeisure.has(touchpoint);
  const hasCalled = type === 'call.completed' && data.direction === 'inbound';
  if (clock !== null || !(hasAnswered || hasCalled)) return [];
  return [{ group: ALL, decision: id, value: occurredAt.toISOString().slice(0, 'YYYY-MM-DDTHH:MM'.length) }];
};
