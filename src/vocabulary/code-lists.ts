/** A text in each language of the vocabulary. */
export interface Labels {
  readonly en: string;
  readonly de: string;
}

/** One code, as it is published. */
export interface Code {
  readonly code: string;
  readonly labels: { readonly en: string; readonly de?: string };
  /** A plain sentence for people, where the label alone does not say enough. */
  readonly description?: Labels;
  readonly status: 'active' | 'deprecated';
  /** The code that stands for it now. What is recorded under this code is kept under that one. */
  readonly alias_of: string | null;
}

export interface CodeList {
  /** Where the codes come from and under which terms; null when they are our own. */
  readonly source: { readonly name: string; readonly url: string; readonly license: string } | null;
  readonly codes: readonly Code[];
}

type Words = readonly [en: string, de: string];

/** A closed list of our own: each code with its label in English and in German. */
export function codeList(words: Readonly<Record<string, Words>>): CodeList {
  const codes = Object.entries(words).map(([code, [en, de]]) => ({ code, labels: { en, de }, ...active }));
  return { source: null, codes };
}

const active = { status: 'active', alias_of: null } as const;

const touchpointWords = {
  till: ['Till', 'Kasse'],
  kiosk: ['Kiosk', 'Terminal im Laden'],
  call_centre: ['Call centre', 'Kundentelefon'],
  web: ['Website', 'Website'],
  app: ['App', 'App'],
  email: ['E-mail', 'E-Mail'],
  dressing_room: ['Dressing room', 'Umkleide'],
  pickup: ['Pick-up point', 'Abholung'],
  gift_registry: ['Gift registry', 'Wunschliste'],
  survey: ['Survey', 'Umfrage'],
  social: ['Social media', 'Soziale Medien'],
  beacon: ['Beacon in the store', 'Beacon im Laden'],
  returns: ['Returns desk', 'Rückgabe'],
} as const satisfies Record<string, Words>;

const stageWords = {
  awareness: ['Becoming aware', 'Aufmerksam werden'],
  exploring: ['Exploring', 'Sich umsehen'],
  shopping: ['Shopping', 'Einkaufen'],
  post_shopping: ['After shopping', 'Nach dem Einkauf'],
} as const satisfies Record<string, Words>;

const sectorWords = {
  grocery: ['Groceries', 'Lebensmittel'],
  fashion: ['Clothing and accessories', 'Mode und Accessoires'],
  footwear: ['Shoes', 'Schuhe'],
  beauty: ['Beauty and personal care', 'Kosmetik und Körperpflege'],
  pharmacy: ['Pharmacy', 'Apotheke und Drogerie'],
  electronics: ['Electronics', 'Elektronik'],
  home: ['Home and furniture', 'Wohnen und Möbel'],
  diy_garden: ['DIY and garden', 'Baumarkt und Garten'],
  books_media: ['Books and media', 'Bücher und Medien'],
  toys: ['Toys', 'Spielwaren'],
  sports: ['Sports and outdoor', 'Sport und Freizeit'],
  pets: ['Pets', 'Tierbedarf'],
  jewellery: ['Jewellery and watches', 'Schmuck und Uhren'],
  automotive: ['Cars and accessories', 'Auto und Zubehör'],
  hospitality: ['Food service', 'Gastronomie'],
  travel: ['Travel', 'Reise'],
  department_store: ['Department store', 'Kaufhaus'],
  marketplace: ['Marketplace', 'Marktplatz'],
  other: ['Other', 'Sonstiges'],
} as const satisfies Record<string, Words>;

interface PurposeWords {
  readonly label: Words;
  readonly sentence: Words;
}

const purposeWords = {
  'dpv:ServiceProvision': {
    label: ['Providing the service', 'Leistung erbringen'],
    sentence: ['To do what you asked for.', 'Um zu tun, worum Sie gebeten haben.'],
  },
  'dpv:ServicePersonalisation': {
    label: ['Personalising the service', 'Leistung anpassen'],
    sentence: [
      'To serve you the way you like, in the store and online.',
      'Um Sie im Laden und online so zu bedienen, wie Sie es mögen.',
    ],
  },
  'dpv:ProvideProductRecommendations': {
    label: ['Recommending products', 'Produkte empfehlen'],
    sentence: ['To show you products that may suit you.', 'Um Ihnen Produkte zu zeigen, die zu Ihnen passen können.'],
  },
  'dpv:DeliveryOfGoods': {
    label: ['Delivering goods', 'Waren liefern'],
    sentence: ['To get your order to you.', 'Um Ihre Bestellung zu Ihnen zu bringen.'],
  },
  'dpv:CustomerCare': {
    label: ['Customer care', 'Kundendienst'],
    sentence: ['To help you when you have a question or a problem.', 'Um Ihnen bei Fragen und Problemen zu helfen.'],
  },
  'dpv:CustomerClaimsManagement': {
    label: ['Returns and claims', 'Rückgabe und Reklamation'],
    sentence: [
      'To handle your returns, refunds and complaints.',
      'Um Rückgaben, Erstattungen und Reklamationen zu bearbeiten.',
    ],
  },
  'dpv:PersonalisedBenefits': {
    label: ['Personal benefits', 'Persönliche Vorteile'],
    sentence: [
      'To give you loyalty rewards and benefits of your own.',
      'Um Ihnen Treueprämien und eigene Vorteile zu geben.',
    ],
  },
  'dpv:Marketing': {
    label: ['Marketing', 'Marketing'],
    sentence: [
      'To tell you about products, prices and events.',
      'Um Sie über Produkte, Preise und Aktionen zu informieren.',
    ],
  },
  'dpv:DirectMarketing': {
    label: ['Direct marketing', 'Direktwerbung'],
    sentence: ['To send advertising to you directly.', 'Um Ihnen Werbung direkt zu schicken.'],
  },
  'dpv:PersonalisedAdvertising': {
    label: ['Personalised advertising', 'Personalisierte Werbung'],
    sentence: ['To choose the advertising that you see.', 'Um Werbung für Sie auszuwählen.'],
  },
  'dpv:ServiceOptimisation': {
    label: ['Improving the service', 'Leistung verbessern'],
    sentence: ['To make stores, website and app better.', 'Um Läden, Website und App zu verbessern.'],
  },
  'dpv:ResearchAndDevelopment': {
    label: ['Research and development', 'Forschung und Entwicklung'],
    sentence: ['To develop new products and services.', 'Um neue Produkte und Leistungen zu entwickeln.'],
  },
  'dpv:FraudPreventionAndDetection': {
    label: ['Preventing fraud', 'Betrug verhindern'],
    sentence: ['To protect you and the retailer from fraud.', 'Um Sie und den Händler vor Betrug zu schützen.'],
  },
} as const satisfies Record<string, PurposeWords>;

export type Touchpoint = keyof typeof touchpointWords;
export type Stage = keyof typeof stageWords;
export type Sector = keyof typeof sectorWords;
/** A term of the W3C Data Privacy Vocabulary. */
export type Purpose = keyof typeof purposeWords;

export const touchpoints = Object.keys(touchpointWords) as readonly Touchpoint[];
export const stages = Object.keys(stageWords) as readonly Stage[];
export const sectors = Object.keys(sectorWords) as readonly Sector[];
export const purposes = Object.keys(purposeWords) as readonly Purpose[];

/** The lists that every release has: where, when, for whom and what for. */
export const sharedCodeLists = {
  touchpoint: codeList(touchpointWords),
  stage: codeList(stageWords),
  sector: codeList(sectorWords),
  purpose: {
    source: {
      name: 'W3C Data Privacy Vocabulary (DPV) 2.1; labels and sentences are ours',
      url: 'https://w3id.org/dpv',
      license: 'W3C Software and Document License',
    },
    codes: Object.entries(purposeWords).map(([code, { label, sentence }]) => ({
      code,
      labels: { en: label[0], de: label[1] },
      description: { en: sentence[0], de: sentence[1] },
      ...active,
    })),
  },
} satisfies Record<string, CodeList>;
