import type { Labels } from '../vocabulary/code-lists.js';

/** What retailers may be allowed to report, as the end of a sentence to the customer: "… may report what you buy." */
const words = {
  'transaction.completed': { en: 'what you buy', de: 'was Sie kaufen' },
  'return.completed': { en: 'what you return', de: 'was Sie zurückgeben' },
  'promotion.offered': { en: 'which offers you get', de: 'welche Angebote Sie erhalten' },
  'promotion.responded': { en: 'how you respond to offers', de: 'wie Sie auf Angebote reagieren' },
  'loyalty.enrolled': { en: 'that you join a loyalty programme', de: 'dass Sie einem Treueprogramm beitreten' },
  'loyalty.redeemed': { en: 'which loyalty rewards you redeem', de: 'welche Treueprämien Sie einlösen' },
} as const satisfies Record<string, Labels>;

/**
 * A kind of event that a line of a consent can name. Voiding and correcting are no kinds of their own: whoever may
 * report an event may take it back.
 */
export type EventType = keyof typeof words;

export const eventTypes = Object.keys(words) as readonly EventType[];

export const eventTypeWords: Readonly<Record<EventType, Labels>> = words;
