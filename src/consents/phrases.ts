import type { Labels } from '../vocabulary/code-lists.js';
import type { Delivery } from './detail.js';

/** The languages in which people are asked. */
export const languages = ['en', 'de'] as const satisfies readonly (keyof Labels)[];
export type Language = (typeof languages)[number];

/** A language that people are asked in; English, when it is none of them. */
export function asLanguage(language: string | null): Language {
  return languages.find((known) => known === language) ?? 'en';
}

/** The sentences of an express consent, which the customer makes their own. */
interface Statement {
  consents: (retailer: string, attribute: string) => string;
  consentsToNames: (retailer: string, products: string) => string;
  purpose: (purpose: string) => string;
  standing: (time: string) => string;
  once: (time: string) => string;
  ending: string;
}

/** Every sentence that a request is put into. Names and labels come in as they are, so no sentence inflects them. */
export interface Phrases {
  title: (retailer: string) => string;
  /** The title of what is approved before the retailer asks. */
  beforehand: (retailer: string) => string;
  mayRead: (retailer: string, attribute: string) => string;
  mayReport: (retailer: string, what: string) => string;
  mayName: (retailer: string, products: string) => string;
  where: (touchpoints: string) => string;
  when: (stages: string) => string;
  /** In reports of what. */
  inReports: (events: string) => string;
  delivery: Readonly<Record<Delivery, string | null>>;
  keeps: (retailer: string, time: string) => string;
  keepsNothing: (retailer: string) => string;
  historyFor: (time: string) => string;
  historySince: (date: string) => string;
  late: (time: string) => string;
  passesOn: (retailer: string, recipients: string) => string;
  readsPerDay: (retailer: string, times: number) => string;
  /** What an attribute may reveal, by the kind that the vocabulary names: of somebody who is told, and in own words. */
  reveals: Readonly<Record<string, { yours: string; mine: string }>>;
  mayReveal: (what: string) => string;
  /** Until when something is given now, and what approving would do to that. */
  already: Readonly<Record<'given' | 'longer' | 'shorter', (date: string) => string>>;
  noLongerReads: (retailer: string, attribute: string) => string;
  noLongerReports: (retailer: string, what: string) => string;
  noLongerNames: (retailer: string, products: string) => string;
  special: (time: string) => string;
  statement: Statement;
  standing: (time: string) => string;
  once: (time: string) => string;
  ending: string;
  refusing: (retailer: string) => string;
  refusingNames: (retailer: string) => string;
  renewal: (retailer: string) => string;
  until: (date: string) => string;
  notRenewing: (date: string) => string;
}

const en: Phrases = {
  title: (retailer) => `${retailer} asks for your consent.`,
  beforehand: (retailer) => `You agree to this beforehand, for when ${retailer} asks for it.`,
  mayRead: (retailer, attribute) => `${retailer} may see what you have stated under “${attribute}”.`,
  mayReport: (retailer, what) => `${retailer} may report to your CCX account ${what}.`,
  mayName: (retailer, products) =>
    `${retailer} may name products of this kind in what it reports to your CCX account: ${products}.`,
  where: (touchpoints) => `Only here: ${touchpoints}.`,
  when: (stages) => `Only at this time: ${stages}.`,
  inReports: (events) => `Only in reports of this kind: ${events}.`,
  delivery: {
    live: null,
    bulk: 'Also ahead of time, for many customers at once.',
    offline:
      'Also as a copy for tills without a connection. Tills may keep it for up to 24 hours: one that stays without a ' +
      'connection does not notice before then that you have ended this.',
  },
  keeps: (retailer, time) => `${retailer} may keep it for ${time}.`,
  keepsNothing: (retailer) => `${retailer} may not keep it.`,
  historyFor: (time) => `This includes what happened during the last ${time}.`,
  historySince: (date) => `This includes what has happened since ${date}.`,
  late: (time) => `What happens while this holds may still be reported up to ${time} after its end.`,
  passesOn: (retailer, recipients) => `${retailer} may pass it on to ${recipients}.`,
  readsPerDay: (retailer, times) => `${retailer} may look at most ${times === 1 ? 'once' : `${times} times`} a day.`,
  reveals: {
    health: { yours: 'your health', mine: 'my health' },
    belief: { yours: 'your religion or belief', mine: 'my religion or belief' },
    intimacy: { yours: 'your intimate life', mine: 'my intimate life' },
  },
  mayReveal: (what) => `This may reveal something about ${what}.`,
  already: {
    given: (date) => `You have allowed this until ${date}.`,
    longer: (date) => `You have allowed this until ${date}. It would hold for longer.`,
    shorter: (date) => `You have allowed this until ${date}. It would end earlier.`,
  },
  noLongerReads: (retailer, attribute) => `${retailer} may no longer see what you have stated under “${attribute}”.`,
  noLongerReports: (retailer, what) => `${retailer} may no longer report to your CCX account ${what}.`,
  noLongerNames: (retailer, products) =>
    `${retailer} may no longer name products of this kind in what it reports: ${products}.`,
  special: (time) => `This holds for at most ${time}, unless you end it before. After that you have to be asked again.`,
  statement: {
    consents: (retailer, attribute) =>
      `I expressly consent to ${retailer} seeing what I have stated under “${attribute}”.`,
    consentsToNames: (retailer, products) =>
      `I expressly consent to ${retailer} naming products of this kind in what it reports to my CCX account: ${products}.`,
    purpose: (purpose) => `Only for this purpose: ${purpose}.`,
    standing: (time) => `My consent holds for at most ${time} from now on.`,
    once: (time) => `My consent is for one time only, within ${time} from now on.`,
    ending: 'I can withdraw it in my CCX account whenever I like, and it then ends at once.',
  },
  standing: (time) => `This holds for ${time}, unless you end it before.`,
  once: (time) => `This is for one time only and has to be used within ${time}.`,
  ending: 'You can end it whenever you like, and it ends at once.',
  refusing: (retailer) => `If you refuse, ${retailer} gets nothing of this.`,
  refusingNames: (retailer) =>
    `If you refuse, CCX does not keep which products of this kind ${retailer} reports, only that there was one.`,
  renewal: (retailer) => `You let your consent to ${retailer} go on.`,
  until: (date) => `This holds until ${date}, unless you end it before.`,
  notRenewing: (date) => `If you do not renew it, it ends on ${date}.`,
};

const de: Phrases = {
  title: (retailer) => `${retailer} bittet um Ihre Einwilligung.`,
  beforehand: (retailer) => `Sie stimmen dem im Voraus zu, für den Fall, dass ${retailer} darum bittet.`,
  mayRead: (retailer, attribute) => `${retailer} darf sehen, was Sie unter „${attribute}“ angegeben haben.`,
  mayReport: (retailer, what) => `${retailer} darf an Ihr CCX-Konto melden, ${what}.`,
  mayName: (retailer, products) =>
    `${retailer} darf in Meldungen an Ihr CCX-Konto Produkte dieser Art nennen: ${products}.`,
  where: (touchpoints) => `Nur hier: ${touchpoints}.`,
  when: (stages) => `Nur zu dieser Zeit: ${stages}.`,
  inReports: (events) => `Nur in Meldungen dieser Art: ${events}.`,
  delivery: {
    live: null,
    bulk: 'Auch im Voraus, für viele Kunden auf einmal.',
    offline:
      'Auch als Kopie für Kassen ohne Verbindung. Kassen dürfen sie bis zu 24 Stunden behalten: Eine, die ohne ' +
      'Verbindung bleibt, merkt erst danach, dass Sie es beendet haben.',
  },
  keeps: (retailer, time) => `${retailer} darf es ${time} lang behalten.`,
  keepsNothing: (retailer) => `${retailer} darf es nicht behalten.`,
  historyFor: (time) => `Auch, was schon geschehen ist; dieser Zeitraum zählt mit: ${time}.`,
  historySince: (date) => `Auch, was seit dem ${date} geschehen ist.`,
  late: (time) => `Was währenddessen geschieht, darf auch nach dem Ende noch ${time} lang gemeldet werden.`,
  passesOn: (retailer, recipients) => `${retailer} darf es weitergeben an: ${recipients}.`,
  readsPerDay: (retailer, times) =>
    `${retailer} darf höchstens ${times === 1 ? 'einmal' : `${times}-mal`} am Tag nachsehen.`,
  reveals: {
    health: { yours: 'Ihre Gesundheit', mine: 'meine Gesundheit' },
    belief: { yours: 'Ihre Religion oder Weltanschauung', mine: 'meine Religion oder Weltanschauung' },
    intimacy: { yours: 'Ihr Intimleben', mine: 'mein Intimleben' },
  },
  mayReveal: (what) => `Das kann etwas über ${what} verraten.`,
  already: {
    given: (date) => `Das haben Sie bis zum ${date} erlaubt.`,
    longer: (date) => `Das haben Sie bis zum ${date} erlaubt. Es würde länger gelten.`,
    shorter: (date) => `Das haben Sie bis zum ${date} erlaubt. Es würde früher enden.`,
  },
  noLongerReads: (retailer, attribute) =>
    `${retailer} darf nicht mehr sehen, was Sie unter „${attribute}“ angegeben haben.`,
  noLongerReports: (retailer, what) => `${retailer} darf nicht mehr an Ihr CCX-Konto melden, ${what}.`,
  noLongerNames: (retailer, products) =>
    `${retailer} darf in Meldungen Produkte dieser Art nicht mehr nennen: ${products}.`,
  special: (time) =>
    `Das gilt höchstens ${time} lang, wenn Sie es nicht vorher beenden. Danach müssen Sie neu gefragt werden.`,
  statement: {
    consents: (retailer, attribute) =>
      `Ich willige ausdrücklich darin ein, dass ${retailer} sehen darf, was ich unter „${attribute}“ angegeben habe.`,
    consentsToNames: (retailer, products) =>
      `Ich willige ausdrücklich darin ein, dass ${retailer} in Meldungen an mein CCX-Konto Produkte dieser Art nennen ` +
      `darf: ${products}.`,
    purpose: (purpose) => `Nur für diesen Zweck: ${purpose}.`,
    standing: (time) => `Meine Einwilligung gilt von jetzt an höchstens ${time} lang.`,
    once: (time) => `Meine Einwilligung gilt nur für ein einziges Mal. Frist dafür, von jetzt an: ${time}.`,
    ending: 'Ich kann sie jederzeit in meinem CCX-Konto widerrufen; dann endet sie sofort.',
  },
  standing: (time) => `Das gilt ${time} lang, wenn Sie es nicht vorher beenden.`,
  once: (time) => `Das gilt nur für ein einziges Mal. Frist dafür: ${time}.`,
  ending: 'Sie können es jederzeit beenden; dann endet es sofort.',
  refusing: (retailer) => `Wenn Sie ablehnen, erhält ${retailer} nichts davon.`,
  refusingNames: (retailer) =>
    `Wenn Sie ablehnen, bewahrt CCX nicht auf, welche Produkte dieser Art ${retailer} meldet, nur dass eines dabei war.`,
  renewal: (retailer) => `Sie lassen Ihre Einwilligung für ${retailer} weiterlaufen.`,
  until: (date) => `Das gilt bis zum ${date}, wenn Sie es nicht vorher beenden.`,
  notRenewing: (date) => `Wenn Sie nicht verlängern, endet es am ${date}.`,
};

export const phrases: Readonly<Record<Language, Phrases>> = { en, de };
