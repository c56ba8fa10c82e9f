import { attribute } from '../attribute.js';
import { codeList } from '../code-lists.js';
import { code, object, text } from '../schemas.js';

export const habitLists = {
  brand_kind: codeList({
    store: ['Store brand', 'Eigenmarke'],
    national: ['Brand of a maker', 'Herstellermarke'],
  }),
  contact_channel: codeList({
    email: ['E-mail', 'E-Mail'],
    sms: ['Text message', 'SMS'],
    phone: ['Telephone', 'Telefon'],
    post: ['Letter', 'Brief'],
    push: ['Notification of an app', 'Mitteilung einer App'],
    social: ['Social media', 'Soziale Medien'],
    in_person: ['In person', 'Persönlich'],
  }),
  part_of_day: codeList({
    morning: ['Morning (6 to 12)', 'Vormittag (6 bis 12 Uhr)'],
    afternoon: ['Afternoon (12 to 17)', 'Nachmittag (12 bis 17 Uhr)'],
    evening: ['Evening (17 to 22)', 'Abend (17 bis 22 Uhr)'],
    night: ['Night (22 to 6)', 'Nacht (22 bis 6 Uhr)'],
  }),
};

/** What people usually do, and mean to go on doing. A category of its own: who asks for `contact` does not get it. */
export const habit = [
  attribute({
    path: 'brand.kind',
    labels: { en: 'Store brand or not', de: 'Eigenmarke oder nicht' },
    description: {
      en: 'Whether you like the brand of the store itself for one kind of product.',
      de: 'Ob Sie bei einer Art von Produkten die Eigenmarke des Händlers mögen.',
    },
    value_schema: object({ category: text(100), kind: code(habitLists.brand_kind) }, ['category', 'kind']),
    key_from: '/category',
    key_folded: true,
    code_lists: { '/kind': 'brand_kind' },
    merge: 'union',
    strengths: ['must', 'want', 'avoid'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints: ['kiosk', 'call_centre', 'web', 'app', 'email'],
    example: { category: 'Milk', kind: 'store' },
    mappings: { dpv: 'pd:Interest' },
  }),
  attribute({
    path: 'habit.purchase',
    labels: { en: 'Regular purchase', de: 'Regelmäßiger Einkauf' },
    description: {
      en: 'A product that you buy again and again, so that it can wait for you in your list.',
      de: 'Ein Produkt, das Sie immer wieder kaufen, damit es schon auf Ihrer Liste steht.',
    },
    value_schema: object(
      {
        product: text(80, 'The GTIN, or the number of the article at the retailer'),
        name: text(100),
      },
      ['product'],
    ),
    key_from: '/product',
    merge: 'union',
    strengths: ['want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: ['kiosk', 'call_centre', 'web', 'app', 'pickup'],
    example: { product: '4006381333931', name: 'Oat drink' },
    mappings: { gs1: 'gs1:gtin', dpv: 'pd:PurchasesAndSpendingHabit' },
  }),
  attribute({
    path: 'habit.contact_channel',
    labels: { en: 'Channel that reaches you', de: 'Weg, auf dem man Sie erreicht' },
    description: {
      en: 'By which way messages reach you best. Allows nobody to write to you: that is said in marketing contact.',
      de: 'Auf welchem Weg Nachrichten Sie am besten erreichen. Erlaubt niemandem Werbung: das sagt Werbung.',
    },
    value_schema: object({ channel: code(habitLists.contact_channel) }, ['channel']),
    code_lists: { '/channel': 'contact_channel' },
    merge: 'replace',
    strengths: ['want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: ['call_centre', 'web', 'app', 'email'],
    example: { channel: 'email' },
    mappings: { schema_org: 'schema:ContactPoint', dpv: 'pd:Preference' },
  }),
  attribute({
    path: 'habit.contact_time',
    labels: { en: 'Time that suits you', de: 'Zeit, die Ihnen passt' },
    description: {
      en: 'At which time of day you usually answer. Allows nobody to write to you: that is said in marketing contact.',
      de: 'Zu welcher Tageszeit Sie meist antworten. Erlaubt niemandem Werbung: das sagt Werbung.',
    },
    value_schema: object({ part: code(habitLists.part_of_day) }, ['part']),
    code_lists: { '/part': 'part_of_day' },
    merge: 'replace',
    strengths: ['want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: ['call_centre', 'app', 'email'],
    example: { part: 'evening' },
    mappings: { dpv: 'pd:Preference' },
  }),
];
