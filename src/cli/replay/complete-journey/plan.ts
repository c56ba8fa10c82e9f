import type { JsonObject } from '../../../platform/json.js';
import { instantIn } from '../../../platform/zone.js';
import type { Planned, PlannedEvent } from '../dataset.js';
import { type Basket, type BasketRow, ZONE } from './baskets.js';
import { type Catalogue, type Reason, reasons } from './catalogue.js';
import { MAILINGS, TILLS } from './juniper.js';
import type { PromotionsOfDay, Redemption, Sent } from './promotions.js';

/** What can become of a row. Where it comes to nothing, the name says why. */
export const fates = {
  transactions: { 'transaction.completed': 'in purchases', ...reasons },
  campaigns: { 'promotion.offered': 'as offers' },
  redemptions: {
    'promotion.responded': 'as responses',
    'loyalty.redeemed': 'as responses, and as rewards: of coupons chosen for the household (campaigns of type A)',
  },
} as const;

/**
 * The files say on which day a campaign began and a coupon was redeemed, and not when. A campaign counts from the
 * beginning of the day, so that no response comes before its offer; a redemption at noon, unless a basket shows it.
 */
const SENT_AT = '00:00';
const REDEEMED_AT = '12:00';

/** What a household uses its coupons with. */
const PROGRAMME = 'household-card';

/** What a day's baskets, campaigns and redemptions come to, in the order of time. */
export function planOfDay(
  baskets: readonly Basket[],
  { day, sent, redemptions }: PromotionsOfDay,
  catalogue: Pick<Catalogue, 'find'>,
): Planned[] {
  const shown = new Map(redemptions.map((redemption) => [redemption, basketOf(redemption, baskets)]));
  const withCoupons = new Set(shown.values());
  const planned = [
    ...sent.map((one) => planOfSent(one, day)),
    ...baskets.map((basket) => planOfBasket(basket, withCoupons.has(basket), catalogue)),
    ...redemptions.map((redemption) => planOfRedemption(redemption, day, shown.get(redemption))),
  ];
  return planned.sort((a, b) => a.at - b.at);
}

/** The basket of that day in which there is something that the coupon was good for. */
function basketOf({ household, products }: Redemption, baskets: readonly Basket[]): Basket | undefined {
  return baskets.find(
    (basket) => basket[0].household === household && basket.some(({ product }) => products.has(product)),
  );
}

type PlannedAt = Planned & { readonly at: number };

function planOfSent({ campaign, household }: Sent, day: string): PlannedAt {
  const at = instantIn(ZONE, `${day}T${SENT_AT}`);
  return {
    at,
    rows: [{ file: 'campaigns', fate: 'promotion.offered', count: 1 }],
    events: [
      {
        ...common(household, at),
        source: MAILINGS,
        id: `campaign-${campaign}-${household}`,
        type: 'promotion.offered',
        // It came by post, for which there is no touchpoint: the channel says so.
        touchpoint: 'email',
        data: { campaign: campaignCode(campaign), kind: 'coupon', channel: 'post' },
      },
    ],
  };
}

function planOfRedemption(redemption: Redemption, day: string, basket: Basket | undefined): PlannedAt {
  const { household, coupon, campaign, isReward } = redemption;
  const at = basket?.[0].at ?? instantIn(ZONE, `${day}T${REDEEMED_AT}`);
  const name = `${household}-${coupon}-${campaign}-${day}`;
  const redeemed = {
    ...common(household, at),
    source: TILLS,
    touchpoint: 'till',
    ...(basket && correlated(basket)),
  } as const;
  const response: PlannedEvent = {
    ...redeemed,
    id: `redemption-${name}`,
    type: 'promotion.responded',
    data: { campaign: campaignCode(campaign), offer: coupon, response: 'redeemed' },
  };
  const reward: PlannedEvent = {
    ...redeemed,
    id: `reward-${name}`,
    type: 'loyalty.redeemed',
    data: { programme: PROGRAMME },
  };
  return {
    at,
    rows: [{ file: 'redemptions', fate: isReward ? 'loyalty.redeemed' : 'promotion.responded', count: 1 }],
    events: isReward ? [response, reward] : [response],
  };
}

/** The total is what was paid for all rows, also for those that no event names. */
function planOfBasket(basket: Basket, hasCoupon: boolean, catalogue: Pick<Catalogue, 'find'>): PlannedAt {
  const [{ household, store, basket: id, at }] = basket;
  const counts = new Map<keyof typeof fates.transactions, number>();
  const lines: JsonObject[] = [];
  for (const row of basket) {
    const line = lineOf(row, catalogue);
    const fate = typeof line === 'string' ? line : 'transaction.completed';
    if (typeof line !== 'string') lines.push(line);
    counts.set(fate, (counts.get(fate) ?? 0) + 1);
  }
  const total = basket.reduce((sum, { paid, coupon }) => sum + paid - coupon, 0);
  return {
    at,
    rows: Array.from(counts, ([fate, count]) => ({ file: 'transactions', fate, count })),
    events:
      lines.length === 0
        ? []
        : [
            {
              ...common(household, at),
              source: TILLS,
              id,
              type: 'transaction.completed',
              touchpoint: 'till',
              ...(hasCoupon && correlated(basket)),
              data: { currency: 'USD', total, store, lines },
            },
          ],
  };
}

function lineOf(row: BasketRow, catalogue: Pick<Catalogue, 'find'>): JsonObject | Reason {
  const { quantity, paid, discount } = row;
  if (quantity === 0) return 'nothing-sold';
  const product = catalogue.find(row.product);
  if (typeof product === 'string') return product;
  return {
    product,
    quantity: String(quantity),
    unit_price: Math.round((paid + discount) / quantity),
    ...(discount > 0 && { discount }),
  };
}

function common(household: string, at: number) {
  return { retailer: 'J', customer: household, at } as const;
}

/** What a basket and the coupons redeemed with it have in common. */
function correlated([{ basket }]: Basket): { correlation: string } {
  return { correlation: `basket-${basket}` };
}

function campaignCode(campaign: string): string {
  return `campaign-${campaign}`;
}
