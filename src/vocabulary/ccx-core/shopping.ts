import { attribute } from '../attribute.js';
import { codeList } from '../code-lists.js';
import { currencies } from '../currencies.js';
import { code, integer, object, text } from '../schemas.js';

export const shoppingLists = {
  price_style: codeList({
    lowest_price: ['Lowest price', 'Niedrigster Preis'],
    best_value: ['Best value for money', 'Bestes Verhältnis von Preis und Leistung'],
    quality_first: ['Quality first', 'Qualität zuerst'],
    indifferent: ['Price matters little', 'Preis ist nicht so wichtig'],
  }),
  budget_period: codeList({
    purchase: ['Per purchase', 'Je Einkauf'],
    week: ['Per week', 'Je Woche'],
    month: ['Per month', 'Je Monat'],
  }),
  payment_method: codeList({
    cash: ['Cash', 'Bargeld'],
    debit_card: ['Debit card', 'Debitkarte'],
    credit_card: ['Credit card', 'Kreditkarte'],
    mobile_wallet: ['Mobile wallet', 'Bezahlen mit dem Handy'],
    online_payment: ['Online payment service', 'Online-Bezahldienst'],
    direct_debit: ['Direct debit', 'Lastschrift'],
    bank_transfer: ['Bank transfer', 'Überweisung'],
    invoice: ['Invoice', 'Rechnung'],
    instalments: ['Instalments', 'Ratenzahlung'],
    gift_card: ['Gift card', 'Geschenkkarte'],
  }),
};

export const shopping = [
  attribute({
    path: 'brand.affinity',
    labels: { en: 'Brand', de: 'Marke' },
    description: { en: 'A brand that you like or dislike.', de: 'Eine Marke, die Sie mögen oder nicht mögen.' },
    value_schema: object({ brand: text(100) }, ['brand']),
    key_from: '/brand',
    key_folded: true,
    merge: 'union',
    strengths: ['must', 'want', 'avoid', 'never'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints: ['kiosk', 'call_centre', 'web', 'app', 'email', 'dressing_room', 'gift_registry', 'survey', 'social'],
    example: { brand: 'Weleda' },
    mappings: { schema_org: 'schema:Brand', dpv: 'pd:Interest' },
  }),
  attribute({
    path: 'category.interest',
    labels: { en: 'Product category', de: 'Warengruppe' },
    description: {
      en: 'A kind of product that interests you or does not.',
      de: 'Eine Art von Produkten, die Sie interessiert oder nicht.',
    },
    value_schema: object(
      {
        name: text(100),
        gpc: {
          type: 'string',
          pattern: '^[0-9]{8}$',
          description: 'The code of the category in the GS1 Global Product Classification, where known',
        },
      },
      ['name'],
    ),
    key_from: '/name',
    key_folded: true,
    merge: 'union',
    strengths: ['want', 'avoid', 'never'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints: ['kiosk', 'call_centre', 'web', 'app', 'email', 'dressing_room', 'gift_registry', 'survey', 'social'],
    example: { name: 'Garden tools' },
    mappings: { schema_org: 'schema:category', gs1: 'gs1:gpcCategoryCode', dpv: 'pd:Interest' },
  }),
  attribute({
    path: 'price.sensitivity',
    labels: { en: 'Price', de: 'Preis' },
    description: {
      en: 'What price means to you. No retailer ever sees it; it serves you alone.',
      de: 'Was der Preis für Sie bedeutet. Kein Händler sieht das; es dient nur Ihnen.',
    },
    value_schema: object(
      {
        style: code(shoppingLists.price_style),
        budget: object(
          {
            amount: integer(0, 1_000_000_000, 'In the smallest unit of the currency'),
            currency: { type: 'string', enum: [...currencies], description: 'ISO 4217' },
            period: code(shoppingLists.budget_period),
          },
          ['amount', 'currency', 'period'],
        ),
      },
      ['style'],
    ),
    code_lists: { '/style': 'price_style', '/budget/period': 'budget_period' },
    merge: 'replace',
    strengths: ['want'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: [],
    example: { style: 'best_value', budget: { amount: 12000, currency: 'EUR', period: 'week' } },
    mappings: { dpv: 'pd:PurchasesAndSpendingHabit' },
  }),
  attribute({
    path: 'payment.preference',
    labels: { en: 'Payment', de: 'Bezahlung' },
    description: { en: 'A way of paying that you like or avoid.', de: 'Eine Zahlungsart, die Sie mögen oder meiden.' },
    value_schema: object({ method: code(shoppingLists.payment_method) }, ['method']),
    key_from: '/method',
    code_lists: { '/method': 'payment_method' },
    merge: 'union',
    strengths: ['must', 'want', 'avoid', 'never'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'pickup', 'returns'],
    example: { method: 'debit_card' },
    mappings: { gs1: 'gs1:PaymentMethod', schema_org: 'schema:PaymentMethod', dpv: 'pd:Preference' },
  }),
  attribute({
    path: 'loyalty.membership',
    labels: { en: 'Loyalty programme', de: 'Treueprogramm' },
    description: {
      en: 'A loyalty programme that you belong to, want to join or never want to be asked about.',
      de: 'Ein Treueprogramm, dem Sie angehören, beitreten möchten oder nach dem niemand fragen soll.',
    },
    value_schema: object(
      {
        programme: text(100),
        member_id: text(64, 'Your number in the programme'),
      },
      ['programme'],
    ),
    key_from: '/programme',
    key_folded: true,
    merge: 'union',
    strengths: ['must', 'want', 'avoid', 'never'],
    sensitivity: 'personal',
    inferable: true,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'pickup', 'returns'],
    example: { programme: 'Green Points', member_id: '4711 0815' },
    mappings: { schema_org: 'schema:ProgramMembership', dpv: 'pd:GroupMembership' },
  }),
];
