import type { Labels } from '../vocabulary/code-lists.js';
import type { Delivery } from './detail.js';

/** The languages in which people are asked. */
export const languages = ['en', 'de'] as const satisfies readonly (keyof Labels)[];
export type Language = (typeof languages)[number];

/** Every sentence that a request is put into. Names and labels come in as they are, so no sentence inflects them. */
export interface Phrases {
  title: (retailer: string) => string;
  mayRead: (retailer: string, attribute: string) => string;
  mayReport: (retailer: string, what: string) => string;
  where: (touchpoints: string) => string;
  when: (stages: string) => string;
  delivery: Readonly<Record<Delivery, string | null>>;
  keeps: (retailer: string, time: string) => string;
  keepsNothing: (retailer: string) => string;
  historyFor: (time: string) => string;
  historySince: (date: string) => string;
  late: (time: string) => string;
  standing: (time: string) => string;
  once: (time: string) => string;
  ending: string;
  refusing: (retailer: string) => string;
}

const en: Phrases = {
  title: (retailer) => `${retailer} asks for your consent.`,
  mayRead: (retailer, attribute) => `${retailer} may see what you have stated under “${attribute}”.`,
  mayReport: (retailer, what) => `${retailer} may report to your CCX account ${what}.`,
  where: (touchpoints) => `Only here: ${touchpoints}.`,
  when: (stages) => `Only at this time: ${stages}.`,
  delivery: {
    live: null,
    bulk: 'Also ahead of time, for many customers at once.',
    offline: 'Also as a copy for tills without a connection.',
  },
  keeps: (retailer, time) => `${retailer} may keep it for ${time}.`,
  keepsNothing: (retailer) => `${retailer} may not keep it.`,
  historyFor: (time) => `This includes what happened during the last ${time}.`,
  historySince: (date) => `This includes what has happened since ${date}.`,
  late: (time) => `What happens while this holds may still be reported up to ${time} after its end.`,
  standing: (time) => `This holds for ${time}, unless you end it before.`,
  once: (time) => `This is for one time only and has to be used within ${time}.`,
  ending: 'You can end it whenever you like, and it ends at once.',
  refusing: (retailer) => `If you refuse, ${retailer} gets nothing.`,
};

const de: Phrases = {
  title: (retailer) => `${retailer} bittet um Ihre Einwilligung.`,
  mayRead: (retailer, attribute) => `${retailer} darf sehen, was Sie unter „${attribute}“ angegeben haben.`,
  mayReport: (retailer, what) => `${retailer} darf an Ihr CCX-Konto melden, ${what}.`,
  where: (touchpoints) => `Nur hier: ${touchpoints}.`,
  when: (stages) => `Nur zu dieser Zeit: ${stages}.`,
  delivery: {
    live: null,
    bulk: 'Auch im Voraus, für viele Kunden auf einmal.',
    offline: 'Auch als Kopie für Kassen ohne Verbindung.',
  },
  keeps: (retailer, time) => `${retailer} darf es ${time} lang behalten.`,
  keepsNothing: (retailer) => `${retailer} darf es nicht behalten.`,
  historyFor: (time) => `Auch, was schon geschehen ist; dieser Zeitraum zählt mit: ${time}.`,
  historySince: (date) => `Auch, was seit dem ${date} geschehen ist.`,
  late: (time) => `Was währenddessen geschieht, darf auch nach dem Ende noch ${time} lang gemeldet werden.`,
  standing: (time) => `Das gilt ${time} lang, wenn Sie es nicht vorher beenden.`,
  once: (time) => `Das gilt nur für ein einziges Mal. Frist dafür: ${time}.`,
  ending: 'Sie können es jederzeit beenden; dann endet es sofort.',
  refusing: (retailer) => `Wenn Sie ablehnen, erhält ${retailer} nichts.`,
};

export const phrases: Readonly<Record<Language, Phrases>> = { en, de };
