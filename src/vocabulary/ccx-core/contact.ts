import { attribute } from '../attribute.js';
import { codeList } from '../code-lists.js';
import { codes, integer, object, yesNo } from '../schemas.js';

export const contactLists = {
  marketing_topic: codeList({
    offers: ['Offers and prices', 'Angebote und Preise'],
    new_products: ['New products', 'Neue Produkte'],
    back_in_stock: ['Back in stock', 'Wieder verfügbar'],
    events: ['Events', 'Veranstaltungen'],
    loyalty: ['Loyalty news', 'Neues vom Treueprogramm'],
    surveys: ['Surveys', 'Umfragen'],
    advice: ['Advice and ideas', 'Tipps und Ideen'],
  }),
  recommendation_basis: codeList({
    preferences: ['What I have stated', 'Meine Angaben'],
    purchases: ['What I bought', 'Meine Einkäufe'],
    browsing: ['What I looked at', 'Was ich angesehen habe'],
    location: ['Where I am', 'Mein Standort'],
  }),
};

const channels = {
  email: yesNo('By e-mail'),
  sms: yesNo('By text message'),
  phone: yesNo('By telephone'),
  post: yesNo('By letter'),
  push: yesNo('By notification of an app'),
};
// A channel is open when every statement that speaks of it leaves it open.
const strictestOfChannels = { email: 'and', sms: 'and', phone: 'and', post: 'and', push: 'and' } as const;

export const contact = [
  attribute({
    path: 'contact.marketing',
    labels: { en: 'Marketing contact', de: 'Werbung' },
    description: {
      en: 'Whether, how and how often you may be contacted with advertising. Write quiet hours as a time context.',
      de: 'Ob, wie und wie oft Sie Werbung erhalten möchten. Ruhezeiten schreiben Sie als Zeitkontext.',
    },
    value_schema: object({
      ...channels,
      social: yesNo('Through social media'),
      in_person: yesNo('Being addressed in the store, by people or devices'),
      topics: codes(contactLists.marketing_topic),
      max_per_week: integer(0, 100, 'The most contacts in a week, over all channels'),
    }),
    code_lists: { '/topics': 'marketing_topic' },
    merge: {
      ...strictestOfChannels,
      social: 'and',
      in_person: 'and',
      topics: 'intersect',
      max_per_week: 'min',
    },
    strengths: ['must', 'want'],
    sensitivity: 'personal',
    inferable: false,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'social', 'beacon', 'survey'],
    example: { email: true, sms: false, phone: false, topics: ['offers', 'events'], max_per_week: 1 },
    mappings: {
      dpv: 'pd:PrivacyPreference',
      ucp: 'dev.ucp.consent.marketing',
      xdm: 'consents.marketing',
      schema_org: 'schema:ContactPoint',
    },
  }),
  attribute({
    path: 'contact.service',
    labels: { en: 'Service contact', de: 'Servicenachrichten' },
    description: {
      en: 'How you may be told about your orders, deliveries and returns.',
      de: 'Wie Sie über Bestellungen, Lieferungen und Rückgaben informiert werden möchten.',
    },
    value_schema: object(channels),
    merge: strictestOfChannels,
    strengths: ['must', 'want'],
    sensitivity: 'personal',
    inferable: false,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'pickup', 'returns'],
    example: { email: true, sms: true, phone: false },
    mappings: { dpv: 'pd:PrivacyPreference', schema_org: 'schema:ContactPoint' },
  }),
  attribute({
    path: 'recommendations.personalised',
    labels: { en: 'Personal recommendations', de: 'Persönliche Empfehlungen' },
    description: {
      en: 'Whether products may be recommended to you personally, and from what.',
      de: 'Ob Ihnen Produkte persönlich empfohlen werden dürfen und woraus.',
    },
    value_schema: object({ allowed: yesNo(), based_on: codes(contactLists.recommendation_basis) }, ['allowed']),
    code_lists: { '/based_on': 'recommendation_basis' },
    merge: { allowed: 'and', based_on: 'intersect' },
    strengths: ['must', 'want'],
    sensitivity: 'ordinary',
    inferable: false,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'dressing_room', 'gift_registry', 'social'],
    example: { allowed: true, based_on: ['preferences', 'purchases'] },
    mappings: {
      dpv: 'pd:PrivacyPreference',
      ucp: 'dev.ucp.consent.preferences',
      xdm: 'consents.personalize.content',
    },
  }),
];
