import type { JsonObject } from '../platform/json.js';
import type { Labels } from '../vocabulary/code-lists.js';
import type { CsvMapping, CsvRule } from './csv-mapping.js';

/** A mapping that is ready for a usual kind of file. */
export interface ReadyMapping extends CsvMapping {
  readonly id: string;
  readonly labels: Labels;
  readonly description: Labels;
}

const yesNo = (...names: string[]): JsonObject => ({ $column: names, as: 'boolean', optional: true });

const language: CsvRule = {
  attribute: 'language.spoken',
  strength: 'want',
  value: {
    language: {
      $column: ['language', 'preferred language', 'locale', 'sprache'],
      map: {
        english: 'en',
        german: 'de',
        french: 'fr',
        spanish: 'es',
        italian: 'it',
        dutch: 'nl',
        polish: 'pl',
        turkish: 'tr',
        deutsch: 'de',
        englisch: 'en',
        en: 'en',
        de: 'de',
        fr: 'fr',
        es: 'es',
        it: 'it',
        nl: 'nl',
        pl: 'pl',
        tr: 'tr',
        'en-GB': 'en-GB',
        'en-US': 'en-US',
        'de-DE': 'de-DE',
        'de-AT': 'de-AT',
        'de-CH': 'de-CH',
        'fr-FR': 'fr-FR',
      },
    },
  },
};

const topics: JsonObject = {
  $column: ['topics', 'interests', 'groups', 'themen'],
  split: ',',
  optional: true,
  map: {
    offers: 'offers',
    promotions: 'offers',
    angebote: 'offers',
    'new products': 'new_products',
    news: 'new_products',
    neuheiten: 'new_products',
    'back in stock': 'back_in_stock',
    events: 'events',
    veranstaltungen: 'events',
    loyalty: 'loyalty',
    surveys: 'surveys',
    umfragen: 'surveys',
    advice: 'advice',
    tips: 'advice',
    tipps: 'advice',
  },
};

const sizeSystem: JsonObject = {
  $column: ['system', 'size system', 'region', 'groessensystem', 'größensystem'],
  map: {
    eu: 'EUROPE',
    eur: 'EUROPE',
    europe: 'EUROPE',
    europa: 'EUROPE',
    uk: 'UK',
    gb: 'UK',
    us: 'US',
    usa: 'US',
    jp: 'JAPAN',
    japan: 'JAPAN',
    au: 'AUSTRALIA',
    australia: 'AUSTRALIA',
    mexico: 'MEXICO',
    continental: 'CONTINENTAL',
  },
};

const garments: JsonObject = {
  top: 'top',
  tops: 'top',
  shirt: 'top',
  shirts: 'top',
  oberteile: 'top',
  trousers: 'trousers',
  pants: 'trousers',
  jeans: 'trousers',
  hosen: 'trousers',
  skirt: 'skirt',
  skirts: 'skirt',
  röcke: 'skirt',
  dress: 'dress',
  dresses: 'dress',
  kleider: 'dress',
  suit: 'suit',
  suits: 'suit',
  anzüge: 'suit',
  coat: 'outerwear',
  jacket: 'outerwear',
  outerwear: 'outerwear',
  jacken: 'outerwear',
  underwear: 'underwear',
  unterwäsche: 'underwear',
  swimwear: 'swimwear',
  bademode: 'swimwear',
  sportswear: 'sportswear',
  sportkleidung: 'sportswear',
  gloves: 'gloves',
  handschuhe: 'gloves',
  hat: 'headwear',
  headwear: 'headwear',
};

const category: string[] = ['category', 'garment', 'product type', 'kategorie'];
const size: JsonObject = { $column: ['size', 'your size', 'größe', 'groesse'] };

/** Mappings for what a customer typically gets when they ask a retailer or a programme for their data. */
export const readyMappings: readonly ReadyMapping[] = [
  {
    id: 'loyalty_member',
    labels: { en: 'Loyalty programme: member data', de: 'Treueprogramm: Mitgliedsdaten' },
    description: {
      en: 'One line for a membership: programme, number, permissions to contact, language, receipt, favourite brands.',
      de: 'Eine Zeile je Mitgliedschaft: Programm, Nummer, Kontakterlaubnisse, Sprache, Kassenbon, Lieblingsmarken.',
    },
    rules: [
      {
        attribute: 'loyalty.membership',
        strength: 'want',
        value: {
          programme: { $column: ['programme', 'program', 'programme name', 'program name', 'programm'] },
          member_id: {
            $column: [
              'member id',
              'member number',
              'membership number',
              'card number',
              'kartennummer',
              'mitgliedsnummer',
            ],
            optional: true,
          },
        },
      },
      {
        attribute: 'contact.marketing',
        strength: 'must',
        value: {
          email: yesNo('email opt in', 'email consent', 'email marketing', 'e-mail werbung'),
          sms: yesNo('sms opt in', 'sms consent', 'sms marketing', 'sms werbung'),
          phone: yesNo('phone opt in', 'phone consent', 'telephone opt in', 'telefonwerbung'),
          post: yesNo('post opt in', 'mail opt in', 'postal opt in', 'postwerbung'),
          push: yesNo('push opt in', 'app notifications', 'push'),
        },
      },
      language,
      {
        attribute: 'receipt.delivery',
        strength: 'want',
        value: {
          form: {
            $column: ['receipt', 'receipt preference', 'digital receipt', 'kassenbon'],
            map: {
              email: 'email',
              'e-mail': 'email',
              paper: 'paper',
              printed: 'paper',
              papier: 'paper',
              app: 'app',
              digital: 'app',
              yes: 'app',
              no: 'paper',
              none: 'none',
              keiner: 'none',
            },
          },
        },
      },
      {
        attribute: 'brand.affinity',
        strength: 'want',
        value: {
          brand: {
            $column: ['favourite brands', 'favorite brands', 'brands', 'lieblingsmarken'],
            split: ';',
            each: true,
          },
        },
      },
      {
        attribute: 'category.interest',
        strength: 'want',
        value: {
          name: {
            $column: ['favourite categories', 'favorite categories', 'interests', 'interessen'],
            split: ';',
            each: true,
          },
        },
      },
    ],
  },
  {
    id: 'newsletter_subscription',
    labels: { en: 'Newsletter: subscription data', de: 'Newsletter: Anmeldedaten' },
    description: {
      en: 'A line with the status of a subscription, its topics and its language.',
      de: 'Eine Zeile mit dem Stand einer Anmeldung, ihren Themen und ihrer Sprache.',
    },
    rules: [
      {
        attribute: 'contact.marketing',
        strength: 'must',
        value: {
          email: {
            $column: ['status', 'subscription status', 'member status', 'subscribed', 'email status'],
            map: {
              subscribed: true,
              active: true,
              confirmed: true,
              angemeldet: true,
              yes: true,
              true: true,
              unsubscribed: false,
              inactive: false,
              abgemeldet: false,
              no: false,
              false: false,
              // The sender could not reach the address: that says nothing of what its owner wants.
              cleaned: null,
              bounced: null,
              pending: null,
            },
          },
          topics,
          max_per_week: {
            $column: ['max per week', 'emails per week', 'frequency per week'],
            as: 'integer',
            optional: true,
          },
        },
      },
      language,
    ],
  },
  {
    id: 'size_profile',
    labels: { en: 'Sizes and fit', de: 'Größen und Passform' },
    description: {
      en: 'A line for each size: what it is for, the size system, the size, how it should fit.',
      de: 'Eine Zeile je Größe: wofür, Größensystem, Größe, Passform.',
    },
    rules: [
      {
        attribute: 'size.footwear',
        strength: 'want',
        when: { column: category, in: ['shoes', 'shoe', 'footwear', 'schuhe'] },
        value: {
          system: sizeSystem,
          size,
          width: {
            $column: ['width', 'fit', 'weite'],
            optional: true,
            map: {
              narrow: 'narrow',
              schmal: 'narrow',
              regular: 'regular',
              normal: 'regular',
              wide: 'wide',
              weit: 'wide',
              'extra wide': 'extra_wide',
              extraweit: 'extra_wide',
            },
          },
        },
      },
      {
        attribute: 'size.apparel',
        strength: 'want',
        when: { column: category, in: Object.keys(garments) },
        value: {
          garment: { $column: category, map: garments },
          system: sizeSystem,
          size,
          fit: {
            $column: ['fit', 'passform'],
            optional: true,
            map: {
              tight: 'tight',
              slim: 'tight',
              eng: 'tight',
              regular: 'regular',
              normal: 'regular',
              loose: 'loose',
              relaxed: 'loose',
              weit: 'loose',
            },
          },
        },
      },
    ],
  },
];

export function readyMapping(id: string): ReadyMapping | undefined {
  return readyMappings.find((mapping) => mapping.id === id);
}
