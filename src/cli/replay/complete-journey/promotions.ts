import { CliError } from '../../errors.js';
import type { RowsGone } from '../dataset.js';
import { Lookup } from '../lookup.js';

/** A campaign that a household was sent. */
export interface Sent {
  readonly campaign: string;
  readonly household: string;
}

/** A coupon that a household redeemed. */
export interface Redemption {
  readonly household: string;
  readonly coupon: string;
  readonly campaign: string;
  /** What the coupon was good for. */
  readonly products: ReadonlySet<string>;
  /** Whether it was chosen for this household from what it had bought: campaigns of type A. */
  readonly isReward: boolean;
}

/** What was sent and redeemed on one day. */
export interface PromotionsOfDay {
  readonly day: string;
  readonly sent: readonly Sent[];
  readonly redemptions: readonly Redemption[];
}

interface Campaign {
  readonly type: string;
  readonly start: string;
}

/** Campaigns that were under way when the year of the files began count from its beginning. */
const FIRST_DAY = '2017-01-01';

/** The campaigns and coupons of a year. They are few, and held by day; of coupons, those that were redeemed. */
export class Promotions {
  private readonly campaigns = new Lookup<Campaign>('descriptions');
  private readonly byDay = new Map<string, { sent: Sent[]; redemptions: Redemption[] }>();
  private readonly coupons = new Map<string, Set<string>>();
  private readonly couponRows = { used: 0, unused: 0 };

  static async of(
    files: Record<'descriptions' | 'campaigns' | 'redemptions' | 'coupons', AsyncIterable<string[]>>,
  ): Promise<Promotions> {
    const promotions = new Promotions();
    for await (const row of files.descriptions) promotions.describe(row as [string, string, string]);
    for await (const row of files.campaigns) promotions.send(row as [string, string]);
    for await (const row of files.redemptions) promotions.redeem(row as [string, string, string, string]);
    for await (const row of files.coupons) promotions.cover(row as [string, string, string]);
    return promotions;
  }

  /** On which something was sent or redeemed, in order. */
  days(): string[] {
    return [...this.byDay.keys()].sort();
  }

  on(day: string): PromotionsOfDay {
    return { day, ...(this.byDay.get(day) ?? { sent: [], redemptions: [] }) };
  }

  rows(): RowsGone[] {
    return [
      ...this.campaigns.rows(),
      ...Object.entries(this.couponRows).map(([fate, count]) => ({ file: 'coupons', fate, count })),
    ];
  }

  private describe([campaign, type, start]: [string, string, string]): void {
    this.campaigns.add(campaign, { type, start: start < FIRST_DAY ? FIRST_DAY : start });
  }

  private send([campaign, household]: [string, string]): void {
    this.at(this.campaign(campaign).start).sent.push({ campaign, household });
  }

  private redeem([household, coupon, campaign, day]: [string, string, string, string]): void {
    const key = `${coupon} ${campaign}`;
    const products = this.coupons.get(key) ?? new Set<string>();
    this.coupons.set(key, products);
    const isReward = this.campaign(campaign).type === 'Type A';
    this.at(day).redemptions.push({ household, coupon, campaign, products, isReward });
  }

  private cover([coupon, product, campaign]: [string, string, string]): void {
    const products = this.coupons.get(`${coupon} ${campaign}`);
    products?.add(product);
    this.couponRows[products ? 'used' : 'unused']++;
  }

  private campaign(id: string): Campaign {
    const campaign = this.campaigns.get(id);
    if (!campaign) throw new CliError(`Campaign ${id} is not described.`);
    return campaign;
  }

  private at(day: string): { sent: Sent[]; redemptions: Redemption[] } {
    let ofDay = this.byDay.get(day);
    if (!ofDay) this.byDay.set(day, (ofDay = { sent: [], redemptions: [] }));
    return ofDay;
  }
}
