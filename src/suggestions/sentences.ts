import type { Labels } from '../vocabulary/code-lists.js';
import type { Count } from './folds.js';
import { fallbackPrior } from './priors-fit.js';
import type { Assessment } from './statistics.js';

/** What a sentence is made of. */
export interface Told extends Pick<Count, 'k' | 'n' | 'value' | 'about' | 'since'> {
  readonly assessment: Pick<Assessment, 'base'>;
  /** What the retailer is called that the group stands for, where it stands for one. */
  readonly retailer?: string;
}

/** One plain sentence with the numbers behind a conclusion. */
export type Sentence = (told: Told) => Labels;

const numbers = ({ k, n, since }: Told) => ({
  en: { of: `${k} of ${n}`, since: `since ${day(since, 'en-GB')}` },
  de: { of: `${k} von ${n}`, since: `seit dem ${day(since, 'de-DE')}` },
});

function day(date: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(date));
}

/** A name of something, as it was reported. */
const named = ({ about }: Told, name: string) => about[name] as string;

const forms: Readonly<Record<string, Labels>> = {
  paper: { en: 'on paper', de: 'auf Papier' },
  email: { en: 'by e-mail', de: 'per E-Mail' },
  app: { en: 'in the app', de: 'in der App' },
  none: { en: 'left out', de: 'weggelassen' },
};

const ways: Readonly<Record<string, Labels>> = {
  carried: { en: 'took your purchase with you', de: 'haben Sie Ihren Einkauf gleich mitgenommen' },
  delivery: { en: 'had your purchase delivered', de: 'haben Sie sich Ihren Einkauf liefern lassen' },
  pickup: { en: 'picked your purchase up in the store', de: 'haben Sie Ihren Einkauf im Laden abgeholt' },
};

const channels: Readonly<Record<string, Labels>> = {
  email: { en: 'by e-mail', de: 'per E-Mail' },
  sms: { en: 'by text message', de: 'per SMS' },
  phone: { en: 'by telephone', de: 'am Telefon' },
  post: { en: 'by letter', de: 'per Brief' },
  push: { en: 'through an app', de: 'über eine App' },
  social: { en: 'through social media', de: 'über soziale Medien' },
  in_person: { en: 'in person', de: 'persönlich' },
};

const parts: Readonly<Record<string, Labels>> = {
  morning: { en: 'in the morning', de: 'am Vormittag' },
  afternoon: { en: 'in the afternoon', de: 'am Nachmittag' },
  evening: { en: 'in the evening', de: 'am Abend' },
  night: { en: 'at night', de: 'in der Nacht' },
};

const more = {
  often: { en: 'more often than others do', de: 'öfter als andere' },
  answers: { en: 'more than others do', de: 'mehr als andere' },
} satisfies Record<string, Labels>;

/** The sentence of each rule. All numbers are of days, but for those that say otherwise. */
export const sentences = {
  brand: (told) => {
    const { en, de } = numbers(told);
    const [brand, category] = [named(told, 'brand'), named(told, 'category')];
    return {
      en: `On ${en.of} days ${en.since} on which you bought ${category}, most of it was ${brand}.`,
      de: `An ${de.of} Tagen ${de.since}, an denen Sie ${category} kauften, war das meiste davon ${brand}.`,
    };
  },
  brandKind: (told) => {
    const { en, de } = numbers(told);
    const category = named(told, 'category');
    return {
      en: `On ${en.of} days ${en.since} on which you bought ${category}, most of it was the store’s own brand.`,
      de: `An ${de.of} Tagen ${de.since}, an denen Sie ${category} kauften, war das meiste davon Eigenmarke.`,
    };
  },
  category: (told) => {
    const { en, de } = numbers(told);
    return {
      en: `You bought ${named(told, 'name')} on ${en.of} days of shopping${at(told, 'en')} ${en.since}${comparedBy(told, more.often.en)}.`,
      de: `An ${de.of} Einkaufstagen${at(told, 'de')} ${de.since} kauften Sie ${named(told, 'name')}${comparedBy(told, more.often.de)}.`,
    };
  },
  regularPurchase: (told) => {
    const { en, de } = numbers(told);
    const product = told.about.name === undefined ? named(told, 'product') : named(told, 'name');
    return {
      en: `You bought ${product} again in ${en.of} periods of four weeks${at(told, 'en')} ${en.since}.`,
      de: `In ${de.of} Zeiträumen von vier Wochen${at(told, 'de')} ${de.since} kauften Sie ${product} wieder.`,
    };
  },
  footwearSize: (told) => {
    const { en, de } = numbers(told);
    const size = `${named(told, 'size')} (${named(told, 'system')})`;
    return {
      en: `Of the shoes that you kept ${en.since}, ${en.of} were of size ${size}.`,
      de: `Von den Schuhen, die Sie ${de.since} behalten haben, hatten ${de.of} die Größe ${size}.`,
    };
  },
  apparelSize: (told) => {
    const { en, de } = numbers(told);
    const size = `${named(told, 'size')} (${named(told, 'system')})`;
    return {
      en: `Of the clothes of one kind that you kept ${en.since}, ${en.of} were of size ${size}.`,
      de: `Von den Kleidungsstücken einer Art, die Sie ${de.since} behalten haben, hatten ${de.of} die Größe ${size}.`,
    };
  },
  fulfilment: (told) => {
    const { en, de } = numbers(told);
    const way = ways[told.value]!;
    return {
      en: `On ${en.of} days of shopping ${en.since} you ${way.en}.`,
      de: `An ${de.of} Einkaufstagen ${de.since} ${way.de}.`,
    };
  },
  receipt: (told) => {
    const { en, de } = numbers(told);
    const form = forms[told.value]!;
    return {
      en: `On ${en.of} days of shopping ${en.since} your receipt was ${form.en}.`,
      de: `An ${de.of} Einkaufstagen ${de.since} war Ihr Kassenbon ${form.de}.`,
    };
  },
  language: (told) => {
    const { en, de } = numbers(told);
    return {
      en: `On ${en.of} days ${en.since} you used ${language(told.value, 'en')}.`,
      de: `An ${de.of} Tagen ${de.since} haben Sie diese Sprache benutzt: ${language(told.value, 'de')}.`,
    };
  },
  contactChannel: (told) => {
    const { en, de } = numbers(told);
    const channel = channels[told.value]!;
    return {
      en: `You answered ${en.of} offers that came ${channel.en} ${en.since}${comparedBy(told, more.answers.en)}.`,
      de: `Sie haben auf ${de.of} Angeboten geantwortet, die ${de.since} ${channel.de} kamen${comparedBy(told, more.answers.de)}.`,
    };
  },
  contactTime: (told) => {
    const { en, de } = numbers(told);
    const part = parts[told.value]!;
    return {
      en: `On ${en.of} days ${en.since} on which you answered a message or called, you did so ${part.en}.`,
      de: `An ${de.of} Tagen ${de.since}, an denen Sie auf eine Nachricht antworteten oder anriefen, war das ${part.de}.`,
    };
  },
} satisfies Record<string, Sentence>;

/** Nothing is said of others as long as nothing is known of them. */
function comparedBy({ assessment }: Told, words: string): string {
  return assessment.base === fallbackPrior.baseRate ? '' : `, ${words}`;
}

function at({ retailer }: Told, tongue: keyof Labels): string {
  if (retailer === undefined) return '';
  return tongue === 'en' ? ` at ${retailer}` : ` bei ${retailer}`;
}

/** What a language is called in another: `German (Austria)` of `de-AT`. */
function language(tag: string, inLanguage: string): string {
  return new Intl.DisplayNames([inLanguage], { type: 'language' }).of(tag) ?? tag;
}
