import type { JsonObject } from '../platform/json.js';
import type { Strength } from '../vocabulary/attribute.js';
import type { Labels } from '../vocabulary/code-lists.js';

/** What a preset states, for everyone and always: who wants it otherwise somewhere says so afterwards. */
export interface PresetStatement {
  readonly attribute: string;
  readonly value: JsonObject;
  readonly strength: Strength;
}

/** One of the answers to a question, and what it comes to. */
export interface PresetAnswer {
  readonly id: string;
  readonly labels: Labels;
  readonly statements: readonly PresetStatement[];
}

export interface PresetQuestion {
  readonly id: string;
  readonly text: Labels;
  /** How many answers may be chosen; at least one must be. */
  readonly most: number;
  readonly answers: readonly PresetAnswer[];
}

/** A way of shopping, filled in after a few questions. */
export interface Preset {
  readonly id: string;
  readonly labels: Labels;
  readonly description: Labels;
  readonly questions: readonly PresetQuestion[];
  /** What it states whatever the answers are. */
  readonly statements: readonly PresetStatement[];
}

export const MOST_QUESTIONS = 3;
export const MOST_STATEMENTS = 12;

type Words = readonly [en: string, de: string];

const labels = ([en, de]: Words): Labels => ({ en, de });

function answer(id: string, words: Words, ...statements: PresetStatement[]): PresetAnswer {
  return { id, labels: labels(words), statements };
}

const want = (attribute: string, value: JsonObject): PresetStatement => ({ attribute, value, strength: 'want' });
const must = (attribute: string, value: JsonObject): PresetStatement => ({ attribute, value, strength: 'must' });

const noChannel = { email: false, sms: false, phone: false, post: false, push: false };
const noAdvertising = { ...noChannel, social: false, in_person: false };

const receipt: PresetQuestion = {
  id: 'receipt',
  text: { en: 'How would you like your receipt?', de: 'Wie möchten Sie Ihren Kassenbon?' },
  most: 1,
  answers: [
    answer('paper', ['On paper', 'Auf Papier'], want('receipt.delivery', { form: 'paper' })),
    answer('email', ['By e-mail', 'Per E-Mail'], want('receipt.delivery', { form: 'email' })),
    answer('app', ['In the app', 'In der App'], want('receipt.delivery', { form: 'app' })),
    answer('none', ['Not at all', 'Gar nicht'], want('receipt.delivery', { form: 'none' })),
  ],
};

const advertising: PresetQuestion = {
  id: 'advertising',
  text: { en: 'May shops send you advertising?', de: 'Dürfen Läden Ihnen Werbung schicken?' },
  most: 1,
  answers: [
    answer('never', ['No', 'Nein'], must('contact.marketing', noAdvertising)),
    answer(
      'weekly_email',
      ['By e-mail, once a week at most', 'Per E-Mail, höchstens einmal in der Woche'],
      must('contact.marketing', { ...noAdvertising, email: true, max_per_week: 1 }),
    ),
  ],
};

const allergen = (code: string, words: Words) =>
  answer(code, words, { attribute: 'food.allergen', value: { code }, strength: 'never' });

const spoken = (language: string, words: Words) => answer(language, words, want('language.spoken', { language }));

const offersBy = (channel: keyof typeof noChannel, words: Words) =>
  answer(
    channel,
    words,
    must('contact.marketing', { ...noChannel, [channel]: true, topics: ['offers', 'loyalty'], max_per_week: 3 }),
  );

const fetched = (method: string, words: Words) =>
  answer(method, words, want('fulfilment.delivery', { method, priority: 'cheap' }));

const priced = (style: string, words: Words) => answer(style, words, want('price.sensitivity', { style }));

const served = (style: string, words: Words) => answer(style, words, want('assistance.style', { style }));

const ordersByEmail = want('contact.service', { ...noChannel, email: true });

export const presets: readonly Preset[] = [
  {
    id: 'first_steps',
    labels: { en: 'First steps', de: 'Erste Schritte' },
    description: {
      en: 'The three things that every shop should know: your language, your receipt, and whether it may advertise.',
      de: 'Drei Dinge, die jeder Laden wissen sollte: Ihre Sprache, Ihr Kassenbon und ob er werben darf.',
    },
    questions: [
      {
        id: 'language',
        text: { en: 'Which language do you speak?', de: 'Welche Sprache sprechen Sie?' },
        most: 3,
        answers: [
          spoken('en', ['English', 'Englisch']),
          spoken('de', ['German', 'Deutsch']),
          spoken('fr', ['French', 'Französisch']),
          spoken('es', ['Spanish', 'Spanisch']),
          spoken('it', ['Italian', 'Italienisch']),
          spoken('pl', ['Polish', 'Polnisch']),
          spoken('tr', ['Turkish', 'Türkisch']),
          spoken('uk', ['Ukrainian', 'Ukrainisch']),
          spoken('ar', ['Arabic', 'Arabisch']),
        ],
      },
      receipt,
      advertising,
    ],
    statements: [ordersByEmail],
  },
  {
    id: 'quiet_shopper',
    labels: { en: 'Quiet shopper', de: 'In Ruhe einkaufen' },
    description: {
      en: 'You would rather not be addressed, advertised to or recommended anything.',
      de: 'Sie möchten nicht angesprochen, umworben oder mit Empfehlungen bedacht werden.',
    },
    questions: [
      advertising,
      {
        id: 'help',
        text: { en: 'And the people in the shop?', de: 'Und die Menschen im Laden?' },
        most: 1,
        answers: [
          served('left_alone', ['They leave me alone', 'Sie lassen mich in Ruhe']),
          served('on_request', ['They come when I ask', 'Sie kommen, wenn ich frage']),
        ],
      },
      receipt,
    ],
    statements: [want('recommendations.personalised', { allowed: false }), ordersByEmail],
  },
  {
    id: 'family_with_allergies',
    labels: { en: 'Family with allergies', de: 'Familie mit Allergien' },
    description: {
      en: 'What somebody at home must never eat, and what that means for what is delivered instead.',
      de: 'Was jemand bei Ihnen nie essen darf und was das für Ersatzartikel heißt.',
    },
    questions: [
      {
        id: 'allergens',
        text: { en: 'What must nobody at home eat?', de: 'Was darf bei Ihnen niemand essen?' },
        most: 8,
        // The fourteen of Annex II of Regulation (EU) No 1169/2011, by their GS1 codes.
        answers: [
          allergen('AW', ['Cereals with gluten', 'Glutenhaltiges Getreide']),
          allergen('AC', ['Crustaceans', 'Krebstiere']),
          allergen('AE', ['Eggs', 'Eier']),
          allergen('AF', ['Fish', 'Fisch']),
          allergen('AP', ['Peanuts', 'Erdnüsse']),
          allergen('AY', ['Soya', 'Soja']),
          allergen('AM', ['Milk', 'Milch']),
          allergen('AN', ['Nuts', 'Schalenfrüchte']),
          allergen('BC', ['Celery', 'Sellerie']),
          allergen('BM', ['Mustard', 'Senf']),
          allergen('AS', ['Sesame', 'Sesam']),
          allergen('AU', ['Sulphur dioxide and sulphites', 'Schwefeldioxid und Sulfite']),
          allergen('NL', ['Lupin', 'Lupine']),
          allergen('UM', ['Molluscs', 'Weichtiere']),
        ],
      },
      {
        id: 'substitution',
        text: {
          en: 'And when something that you ordered is not there?',
          de: 'Und wenn etwas fehlt, das Sie bestellt haben?',
        },
        most: 1,
        answers: [
          answer(
            'nothing',
            ['Then I do without it', 'Dann verzichte ich darauf'],
            must('fulfilment.substitution', { allowed: false }),
          ),
          answer(
            'ask',
            ['Ask me first', 'Erst mich fragen'],
            must('fulfilment.substitution', { allowed: true, without_asking: false, keep: ['diet'] }),
          ),
          answer(
            'similar',
            ['Something alike that we can eat', 'Etwas Ähnliches, das wir essen können'],
            must('fulfilment.substitution', { allowed: true, without_asking: true, keep: ['diet'] }),
          ),
        ],
      },
      receipt,
    ],
    statements: [],
  },
  {
    id: 'bargain_hunter',
    labels: { en: 'Bargain hunter', de: 'Schnäppchenjäger' },
    description: {
      en: 'You like a good price, and hearing of it. What price means to you no shop ever sees.',
      de: 'Sie mögen gute Preise und möchten davon erfahren. Was der Preis für Sie bedeutet, sieht kein Laden.',
    },
    questions: [
      {
        id: 'offers',
        text: { en: 'How may shops tell you of offers?', de: 'Wie dürfen Läden Sie über Angebote informieren?' },
        most: 1,
        answers: [
          offersBy('email', ['By e-mail', 'Per E-Mail']),
          offersBy('push', ['By notification of their app', 'Mit Nachrichten ihrer App']),
          offersBy('post', ['By letter', 'Per Brief']),
          answer('not_at_all', ['Not at all', 'Gar nicht'], must('contact.marketing', noAdvertising)),
        ],
      },
      {
        id: 'price',
        text: { en: 'What matters more to you?', de: 'Was ist Ihnen wichtiger?' },
        most: 1,
        answers: [
          priced('lowest_price', ['The lowest price', 'Der niedrigste Preis']),
          priced('best_value', ['The best value for money', 'Das beste Verhältnis von Preis und Leistung']),
        ],
      },
      {
        id: 'delivery',
        text: { en: 'How would you like to get your orders?', de: 'Wie möchten Sie Ihre Bestellungen erhalten?' },
        most: 1,
        answers: [
          fetched('pickup', ['I pick them up', 'Ich hole sie ab']),
          fetched('locker', ['From a parcel locker', 'Aus der Paketstation']),
          fetched('home', ['To my home', 'Nach Hause']),
        ],
      },
    ],
    statements: [
      want('receipt.delivery', { form: 'app' }),
      want('recommendations.personalised', { allowed: true, based_on: ['preferences', 'purchases'] }),
      want('fulfilment.substitution', { allowed: true, without_asking: false, max_extra_percent: 0 }),
      want('returns.method', { method: 'store', refund: 'original_payment' }),
    ],
  },
];
