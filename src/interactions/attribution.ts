import type { JsonObject } from '../platform/json.js';
import { byTime, TIED_FOR_MS, VISIT_GAP_MS } from './journey.js';

const DAY_MS = 86_400_000;

/**
 * For so long after an offer or an answer a purchase is put down to it without a code that says so: fourteen days and
 * the last touch, as Amazon Attribution has it ("a 14-day, last-touch attribution model").
 */
const LIKELY_FOR_MS = 14 * DAY_MS;

/** `explicit`: codes of the retailer say so. `likely`: concluded from what came last, by the rule above. */
export type Certainty = 'explicit' | 'likely';

/** By what one event led to another. */
export type Because = 'correlation' | 'offer' | 'campaign' | 'last_response' | 'last_offer';

/** An event of one retailer as far as it may lead to another one or follow from one. */
export interface Attributable {
  readonly id: string;
  readonly type: string;
  readonly occurredAt: Date;
  readonly correlation: string | null;
  readonly data: JsonObject;
}

export interface Link {
  /** The id of what came first. */
  readonly from: string;
  /** The id of what it led to. */
  readonly to: string;
  readonly certainty: Certainty;
  readonly because: Because;
}

/** The types that are part of a chain. */
export const chainTypes = [
  'promotion.offered',
  'promotion.responded',
  'transaction.completed',
  'loyalty.redeemed',
] as const;

/**
 * What led to what at one retailer: an offer to an answer, and either to a purchase (or to points that were spent). Each
 * event follows from one other at most, the last that comes into question:
 *
 * - an answer from an offer before it that carries the same correlation or names the same campaign and offer (explicit),
 *   else from one of the same campaign in the last fourteen days, unless both name offers and these differ (likely);
 * - a purchase from an answer, or else an offer, of the same correlation (explicit), else from the last answer that was
 *   not a refusal in the last fourteen days, and else from the last offer in that time which was not refused (likely).
 *
 * An answer goes before an offer, as Amazon puts a click before a view. A coupon that is redeemed belongs to the
 * purchase of that visit, which the till may post before or after it.
 */
export function linksOf(events: readonly Attributable[]): Link[] {
  const ordered = events.toSorted(byTime);
  const offers = ordered.filter(({ type }) => type === 'promotion.offered');
  const answers = ordered.filter(({ type }) => type === 'promotion.responded');
  const outcomes = ordered.filter(({ type }) => type === 'transaction.completed' || type === 'loyalty.redeemed');

  const fromOffers = answers.flatMap((answer) => first(answer, answerRules, { offers, answers }));
  const refusals = new Set(answers.filter(isRefusal).map(({ id }) => id));
  const refused = new Set(fromOffers.filter(({ to }) => refusals.has(to)).map(({ from }) => from));
  const open = {
    offers: offers.filter(({ id }) => !refused.has(id)),
    answers: answers.filter(({ id }) => !refusals.has(id)),
  };
  return [...fromOffers, ...outcomes.flatMap((outcome) => first(outcome, outcomeRules, open))];
}

/** What led to an event, back to the beginning, and all that it led to; in the order in which it happened. */
export function chainOf<E extends Attributable>(id: string, events: readonly E[]): { events: E[]; links: Link[] } {
  const all = linksOf(events);
  const causes = new Map(all.map((link) => [link.to, link]));
  const links: Link[] = [];
  for (let cause = causes.get(id); cause; cause = causes.get(cause.from)) links.push(cause);
  const reached = new Set([id]);
  // Causes come before what they lead to, in this order of kinds: one pass from answers to purchases finds all.
  for (const link of all) {
    if (!reached.has(link.from)) continue;
    reached.add(link.to);
    links.push(link);
  }
  const members = new Set([id, ...links.flatMap(({ from, to }) => [from, to])]);
  const inOrder = events.filter((event) => members.has(event.id)).toSorted(byTime);
  const place = new Map(inOrder.map((event, index) => [event.id, index]));
  const placeOf = ({ to }: Link) => place.get(to) ?? 0;
  return { events: inOrder, links: links.toSorted((a, b) => placeOf(a) - placeOf(b)) };
}

interface Causes {
  readonly offers: readonly Attributable[];
  readonly answers: readonly Attributable[];
}

/** One reason for which an event may follow from another; those that count more come first. */
interface Rule {
  readonly among: keyof Causes;
  readonly certainty: Certainty;
  readonly because: Because;
  readonly holds: (effect: Attributable, cause: Attributable) => boolean;
}

const answerRules: readonly Rule[] = [
  {
    among: 'offers',
    certainty: 'explicit',
    because: 'correlation',
    holds: (answer, offer) => isTied(answer, offer) && isAfter(answer, offer, TIED_FOR_MS),
  },
  {
    among: 'offers',
    certainty: 'explicit',
    because: 'offer',
    holds: (answer, offer) =>
      isSameCampaign(answer, offer) &&
      answer.data.offer !== undefined &&
      answer.data.offer === offer.data.offer &&
      isAfter(answer, offer, TIED_FOR_MS),
  },
  {
    among: 'offers',
    certainty: 'likely',
    because: 'campaign',
    holds: (answer, offer) =>
      isSameCampaign(answer, offer) &&
      (answer.data.offer === undefined || offer.data.offer === undefined) &&
      isAfter(answer, offer, LIKELY_FOR_MS),
  },
];

const outcomeRules: readonly Rule[] = [
  {
    among: 'answers',
    certainty: 'explicit',
    because: 'correlation',
    holds: (outcome, answer) => isTied(outcome, answer) && isAfter(outcome, answer, TIED_FOR_MS, VISIT_GAP_MS),
  },
  {
    among: 'offers',
    certainty: 'explicit',
    because: 'correlation',
    holds: (outcome, offer) => isTied(outcome, offer) && isAfter(outcome, offer, TIED_FOR_MS),
  },
  {
    among: 'answers',
    certainty: 'likely',
    because: 'last_response',
    holds: (outcome, answer) =>
      answer.data.response === 'redeemed'
        ? isAfter(outcome, answer, VISIT_GAP_MS, VISIT_GAP_MS)
        : isAfter(outcome, answer, LIKELY_FOR_MS),
  },
  {
    among: 'offers',
    certainty: 'likely',
    because: 'last_offer',
    holds: (outcome, offer) => isAfter(outcome, offer, LIKELY_FOR_MS),
  },
];

/** The link from the last cause for which the first rule holds that holds for any; none where none does. */
function first(effect: Attributable, rules: readonly Rule[], causes: Causes): Link[] {
  for (const { among, certainty, because, holds } of rules) {
    const cause = causes[among].findLast((candidate) => holds(effect, candidate));
    if (cause) return [{ from: cause.id, to: effect.id, certainty, because }];
  }
  return [];
}

function isAfter(effect: Attributable, cause: Attributable, within: number, tolerated = 0): boolean {
  const passed = effect.occurredAt.getTime() - cause.occurredAt.getTime();
  return passed >= -tolerated && passed <= within;
}

function isTied(a: Attributable, b: Attributable): boolean {
  return a.correlation !== null && a.correlation === b.correlation;
}

function isSameCampaign(a: Attributable, b: Attributable): boolean {
  return a.data.campaign !== undefined && a.data.campaign === b.data.campaign;
}

function isRefusal({ data: { response } }: Attributable): boolean {
  return response === 'declined' || response === 'unsubscribed';
}
