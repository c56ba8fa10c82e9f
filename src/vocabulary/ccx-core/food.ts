import { attribute } from '../attribute.js';
import { gs1CodeLists } from '../gs1-codes.js';
import { code, object } from '../schemas.js';

export const food = [
  attribute({
    path: 'food.allergen',
    labels: { en: 'Allergen', de: 'Allergen' },
    description: {
      en: 'Something that you must not, or would rather not, eat or touch.',
      de: 'Etwas, das Sie nicht essen oder berühren dürfen oder lieber meiden.',
    },
    value_schema: object({ code: code(gs1CodeLists.gs1_allergen) }, ['code']),
    key_from: '/code',
    code_lists: { '/code': 'gs1_allergen' },
    merge: 'union',
    strengths: ['never', 'avoid'],
    sensitivity: 'special:health',
    inferable: false,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'pickup'],
    example: { code: 'AP' },
    mappings: { gs1: 'gs1:AllergenTypeCode', dpv: 'pd:MedicalHealth' },
  }),
  attribute({
    path: 'food.diet',
    labels: { en: 'Diet', de: 'Ernährungsweise' },
    description: { en: 'How you eat.', de: 'Wie Sie sich ernähren.' },
    value_schema: object({ code: code(gs1CodeLists.gs1_diet) }, ['code']),
    key_from: '/code',
    code_lists: { '/code': 'gs1_diet' },
    merge: 'union',
    strengths: ['must', 'want'],
    // Halal and kosher tell of a belief, coeliac of an illness.
    sensitivity: 'special:belief',
    inferable: false,
    touchpoints: ['till', 'kiosk', 'call_centre', 'web', 'app', 'email', 'pickup'],
    example: { code: 'VEGETARIAN' },
    mappings: { gs1: 'gs1:DietTypeCode', schema_org: 'schema:RestrictedDiet', dpv: 'pd:ReligiousBelief' },
  }),
];
