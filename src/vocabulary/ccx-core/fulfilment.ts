import { attribute } from '../attribute.js';
import { codeList } from '../code-lists.js';
import { code, codes, integer, object, yesNo } from '../schemas.js';

export const fulfilmentLists = {
  delivery_method: codeList({
    home: ['To my home', 'Nach Hause'],
    workplace: ['To my workplace', 'An den Arbeitsplatz'],
    pickup: ['Pick up in the store', 'Abholung im Laden'],
    locker: ['Parcel locker', 'Paketstation'],
    post_office: ['Post office', 'Postfiliale'],
    take_away: ['Take it with me', 'Gleich mitnehmen'],
  }),
  delivery_priority: codeList({
    fast: ['As fast as possible', 'So schnell wie möglich'],
    cheap: ['As cheap as possible', 'So günstig wie möglich'],
    green: ['With least impact', 'So umweltschonend wie möglich'],
    bundled: ['In one delivery', 'In einer Lieferung'],
  }),
  drop_off: codeList({
    hand_over: ['Hand it to me', 'Persönlich übergeben'],
    at_door: ['Leave it at the door', 'Vor der Tür abstellen'],
    neighbour: ['Leave it with a neighbour', 'Beim Nachbarn abgeben'],
    safe_place: ['Leave it at the agreed place', 'Am vereinbarten Ort ablegen'],
  }),
  substitution_trait: codeList({
    brand: ['Brand', 'Marke'],
    size: ['Size', 'Größe'],
    organic: ['Organic', 'Bio'],
    diet: ['Fits my diet', 'Passt zu meiner Ernährung'],
    origin: ['Origin', 'Herkunft'],
    fair_trade: ['Fair trade', 'Fairer Handel'],
  }),
  receipt_form: codeList({
    paper: ['Paper', 'Papier'],
    email: ['E-mail', 'E-Mail'],
    app: ['App', 'App'],
    none: ['None', 'Keiner'],
  }),
  return_method: codeList({
    store: ['In the store', 'Im Laden'],
    parcel: ['By parcel', 'Per Paket'],
    locker: ['Parcel locker', 'Paketstation'],
    collection: ['Collected from me', 'Abholung bei mir'],
  }),
  refund: codeList({
    original_payment: ['Back the way I paid', 'Auf dem Zahlungsweg zurück'],
    store_credit: ['Store credit', 'Guthaben'],
    exchange: ['Exchange', 'Umtausch'],
  }),
};

export const fulfilment = [
  attribute({
    path: 'fulfilment.delivery',
    labels: { en: 'Delivery', de: 'Lieferung' },
    description: { en: 'How you like to get what you buy.', de: 'Wie Sie Ihre Einkäufe erhalten möchten.' },
    value_schema: object(
      {
        method: code(fulfilmentLists.delivery_method),
        priority: code(fulfilmentLists.delivery_priority),
        drop_off: code(fulfilmentLists.drop_off),
        little_packaging: yesNo('With as little packaging as possible'),
      },
      ['method'],
    ),
    code_lists: { '/method': 'delivery_method', '/priority': 'delivery_priority', '/drop_off': 'drop_off' },
    merge: 'replace',
    strengths: ['must', 'want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'pickup', 'gift_registry', 'returns'],
    example: { method: 'pickup', priority: 'green', little_packaging: true },
    mappings: { schema_org: 'schema:DeliveryMethod', dpv: 'pd:Preference' },
  }),
  attribute({
    path: 'fulfilment.substitution',
    labels: { en: 'Substitution', de: 'Ersatzartikel' },
    description: {
      en: 'Whether something else may be delivered when what you ordered is not there, and what must stay the same.',
      de: 'Ob bei fehlender Ware etwas anderes geliefert werden darf und was gleich bleiben muss.',
    },
    value_schema: object(
      {
        allowed: yesNo(),
        without_asking: yesNo('Whether nobody needs to ask first'),
        keep: codes(fulfilmentLists.substitution_trait),
        max_extra_percent: integer(0, 100, 'How much more it may cost, in per cent'),
      },
      ['allowed'],
    ),
    code_lists: { '/keep': 'substitution_trait' },
    merge: { allowed: 'and', without_asking: 'and', keep: 'union', max_extra_percent: 'min' },
    strengths: ['must', 'want'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints: ['kiosk', 'call_centre', 'web', 'app', 'pickup'],
    example: { allowed: true, without_asking: false, keep: ['brand', 'diet'], max_extra_percent: 10 },
    mappings: { dpv: 'pd:Preference' },
  }),
  attribute({
    path: 'receipt.delivery',
    labels: { en: 'Receipt', de: 'Kassenbon' },
    description: { en: 'How you like to get your receipt.', de: 'Wie Sie Ihren Kassenbon erhalten möchten.' },
    value_schema: object(
      { form: code(fulfilmentLists.receipt_form), gift: yesNo('A gift receipt as well, without prices') },
      ['form'],
    ),
    code_lists: { '/form': 'receipt_form' },
    merge: 'replace',
    strengths: ['must', 'want'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'pickup', 'returns'],
    example: { form: 'email' },
    mappings: { dpv: 'pd:Preference' },
  }),
  attribute({
    path: 'returns.method',
    labels: { en: 'Returns', de: 'Rückgabe' },
    description: { en: 'How you like to give things back.', de: 'Wie Sie Waren zurückgeben möchten.' },
    value_schema: object({ method: code(fulfilmentLists.return_method), refund: code(fulfilmentLists.refund) }, [
      'method',
    ]),
    code_lists: { '/method': 'return_method', '/refund': 'refund' },
    merge: 'replace',
    strengths: ['must', 'want'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'returns'],
    example: { method: 'store', refund: 'original_payment' },
    mappings: { schema_org: 'schema:ReturnMethodEnumeration', dpv: 'pd:Preference' },
  }),
];
