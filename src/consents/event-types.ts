import type { Labels } from '../vocabulary/code-lists.js';

/** What retailers may be allowed to report, as the end of a sentence to the customer: "… may report what you buy." */
const words = {
  'transaction.completed': { en: 'what you buy', de: 'was Sie kaufen' },
  'return.completed': { en: 'what you return', de: 'was Sie zurückgeben' },
  'promotion.offered': { en: 'which offers you get', de: 'welche Angebote Sie erhalten' },
  'promotion.responded': { en: 'how you respond to offers', de: 'wie Sie auf Angebote reagieren' },
  'loyalty.enrolled': { en: 'that you join a loyalty programme', de: 'dass Sie einem Treueprogramm beitreten' },
  'loyalty.redeemed': { en: 'which loyalty rewards you redeem', de: 'welche Treueprämien Sie einlösen' },
  'web.viewed': { en: 'which pages of the website you look at', de: 'welche Seiten der Website Sie ansehen' },
  'app.opened': { en: 'when you use the app', de: 'wann Sie die App nutzen' },
  'kiosk.session': { en: 'what you use kiosks for', de: 'wofür Sie Terminals im Laden nutzen' },
  'call.completed': { en: 'that you phone, and what about', de: 'dass Sie telefonieren und worum es geht' },
  'social.engaged': { en: 'how you react on social media', de: 'wie Sie in sozialen Medien reagieren' },
  'beacon.entered': { en: 'where in the store you are', de: 'wo im Laden Sie sich aufhalten' },
  'dressing_room.tried': { en: 'what you try on', de: 'was Sie anprobieren' },
  'pickup.collected': { en: 'when you collect orders', de: 'wann Sie Bestellungen abholen' },
  'registry.item_added': { en: 'what you put on gift registries', de: 'was Sie auf Wunschlisten setzen' },
  'survey.answered': { en: 'how you answer surveys', de: 'wie Sie Umfragen beantworten' },
  'review.posted': { en: 'how you rate products', de: 'wie Sie Produkte bewerten' },
} as const satisfies Record<string, Labels>;

/**
 * A kind of event that a line of a consent can name. Voiding and correcting are no kinds of their own: whoever may
 * report an event may take it back.
 */
export type EventType = keyof typeof words;

export const eventTypes = Object.keys(words) as readonly EventType[];

export const eventTypeWords: Readonly<Record<EventType, Labels>> = words;

/** Each kind by a name of its own, for lists and headings. */
export const eventTypeNames: Readonly<Record<EventType, Labels>> = {
  'transaction.completed': { en: 'Purchases', de: 'Einkäufe' },
  'return.completed': { en: 'Returns', de: 'Rückgaben' },
  'promotion.offered': { en: 'Offers', de: 'Angebote' },
  'promotion.responded': { en: 'Responses to offers', de: 'Reaktionen auf Angebote' },
  'loyalty.enrolled': { en: 'Loyalty sign-ups', de: 'Beitritte zu Treueprogrammen' },
  'loyalty.redeemed': { en: 'Loyalty rewards', de: 'Treueprämien' },
  'web.viewed': { en: 'Website visits', de: 'Besuche der Website' },
  'app.opened': { en: 'Use of the app', de: 'Nutzung der App' },
  'kiosk.session': { en: 'Use of kiosks', de: 'Nutzung von Terminals' },
  'call.completed': { en: 'Phone calls', de: 'Telefonate' },
  'social.engaged': { en: 'Social media', de: 'Soziale Medien' },
  'beacon.entered': { en: 'Places in the store', de: 'Orte im Laden' },
  'dressing_room.tried': { en: 'Dressing room', de: 'Umkleide' },
  'pickup.collected': { en: 'Collected orders', de: 'Abgeholte Bestellungen' },
  'registry.item_added': { en: 'Gift registries', de: 'Wunschlisten' },
  'survey.answered': { en: 'Surveys', de: 'Umfragen' },
  'review.posted': { en: 'Ratings', de: 'Bewertungen' },
};
