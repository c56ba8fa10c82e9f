import { attribute } from '../attribute.js';
import { gs1ClaimLists } from '../gs1-claims.js';
import { code, object } from '../schemas.js';

const touchpoints = ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'pickup'] as const;

/** What products say of themselves. A category of its own, so that all of `food` stays special. */
export const product = [
  attribute({
    path: 'product.growing_method',
    labels: { en: 'Growing and farming', de: 'Anbau und Haltung' },
    description: {
      en: 'How what you buy should, or should not, have been grown or raised.',
      de: 'Wie das, was Sie kaufen, angebaut oder gehalten worden sein soll oder nicht.',
    },
    value_schema: object({ code: code(gs1ClaimLists.gs1_growing_method) }, ['code']),
    key_from: '/code',
    code_lists: { '/code': 'gs1_growing_method' },
    merge: 'union',
    strengths: ['must', 'want', 'avoid', 'never'],
    sensitivity: 'ordinary',
    inferable: true,
    touchpoints,
    example: { code: 'FREE_RANGE' },
    mappings: { gs1: 'gs1:GrowingMethodCode', dpv: 'pd:Interest' },
  }),
  attribute({
    path: 'product.free_from',
    labels: { en: 'Marked free from', de: 'Als frei von gekennzeichnet' },
    description: {
      en: 'What the packaging should say a product is free from.',
      de: 'Wovon ein Produkt laut Packung frei sein soll.',
    },
    value_schema: object({ code: code(gs1ClaimLists.gs1_packaging_free_from) }, ['code']),
    key_from: '/code',
    code_lists: { '/code': 'gs1_packaging_free_from' },
    merge: 'union',
    strengths: ['must', 'want'],
    // Gluten, lactose or peanuts tell of an illness.
    sensitivity: 'special:health',
    inferable: false,
    touchpoints,
    example: { code: 'FREE_FROM_LACTOSE' },
    mappings: { gs1: 'gs1:PackagingMarkedFreeFromCode', dpv: 'pd:MedicalHealth' },
  }),
  attribute({
    path: 'product.nutrition_claim',
    labels: { en: 'Nutrition claim', de: 'Nährwertangabe' },
    description: {
      en: 'What a product should, or should not, claim about its nutrition.',
      de: 'Welche Nährwertangaben ein Produkt tragen soll oder nicht.',
    },
    value_schema: object({ code: code(gs1ClaimLists.gs1_nutritional_claim) }, ['code']),
    key_from: '/code',
    code_lists: { '/code': 'gs1_nutritional_claim' },
    merge: 'union',
    strengths: ['must', 'want', 'avoid', 'never'],
    sensitivity: 'special:health',
    inferable: false,
    touchpoints,
    example: { code: 'HIGH_FIBRE' },
    mappings: { gs1: 'gs1:NutritionalClaimTypeCode', dpv: 'pd:MedicalHealth' },
  }),
];
