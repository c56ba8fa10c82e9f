import type { JsonObject, JsonValue } from '../platform/json.js';
import type { Rendered } from './rendering.js';

type Preference = Rendered['preferences'][number];

const SCHEMA = 'https://schema.org/';

/** What is asked of an offer: a part of a schema.org `Demand`, or null where schema.org has no word for it. */
type Translation = (value: Record<string, JsonValue>) => JsonObject | null;

const sizeSystems: Readonly<Record<string, string>> = {
  AUSTRALIA: 'AU',
  CONTINENTAL: 'Continental',
  EUROPE: 'Europe',
  JAPAN: 'JP',
  MEXICO: 'MX',
  UK: 'UK',
  US: 'US',
};
const diets: Readonly<Record<string, string>> = {
  COELIAC: 'GlutenFreeDiet',
  FREE_FROM_GLUTEN: 'GlutenFreeDiet',
  HALAL: 'HalalDiet',
  KOSHER: 'KosherDiet',
  VEGAN: 'VeganDiet',
  VEGETARIAN: 'VegetarianDiet',
};
const deliveryMethods: Readonly<Record<string, string>> = { pickup: 'OnSitePickup', locker: 'LockerDelivery' };
const paymentMethods: Readonly<Record<string, string>> = {
  cash: 'Cash',
  direct_debit: 'DirectDebit',
  invoice: 'ByInvoice',
};
const returnMethods: Readonly<Record<string, string>> = { store: 'ReturnInStore', parcel: 'ReturnByMail' };
const displayFeatures: Readonly<Record<string, string>> = {
  large_text: 'largePrint',
  high_contrast: 'highContrastDisplay',
  captions: 'captions',
  sign_language: 'signLanguage',
};

const translations: Readonly<Record<string, Translation>> = {
  'accessibility.display': ({ needs }) => {
    const features = (needs as string[]).flatMap((need) => displayFeatures[need] ?? []);
    return features.length > 0 ? offered({ '@type': 'CreativeWork', accessibilityFeature: features }) : null;
  },
  'brand.affinity': ({ brand }) => product({ brand: { '@type': 'Brand', name: brand! } }),
  'category.interest': ({ name }) => product({ category: name! }),
  'food.diet': ({ code }) => term(diets, code, (suitableForDiet) => offered({ '@type': 'MenuItem', suitableForDiet })),
  'fulfilment.delivery': ({ method }) =>
    term(deliveryMethods, method, (availableDeliveryMethod) => ({ availableDeliveryMethod })),
  'payment.preference': ({ method }) =>
    term(paymentMethods, method, (paymentMethodType) => ({
      acceptedPaymentMethod: { '@type': 'PaymentMethod', paymentMethodType },
    })),
  'returns.method': ({ method }) =>
    term(returnMethods, method, (returnMethod) =>
      product({ hasMerchantReturnPolicy: { '@type': 'MerchantReturnPolicy', returnMethod } }),
    ),
  'size.apparel': ({ garment, system, size }) => product({ category: garment!, size: sizeOf(system, size) }),
  'size.footwear': ({ system, size }) => product({ category: 'footwear', size: sizeOf(system, size) }),
};

/**
 * The customer as a schema.org `Person` in JSON-LD: the languages that they speak (`knowsLanguage`, BCP 47), the loyalty
 * programmes that they are members of (`memberOf`), and what they look for (`seeks`), one `Demand` for each preference.
 *
 * A demand says what is sought, never what is avoided, and schema.org has no word for being contacted: refusals,
 * allergens and channels are therefore not in it.
 *
 * @see https://schema.org/Person https://schema.org/Demand https://schema.org/SizeSpecification
 * @see https://schema.org/RestrictedDiet https://schema.org/PaymentMethodType https://schema.org/ReturnMethodEnumeration
 */
export function renderSchemaOrg({ preferences }: Rendered): JsonObject {
  const sought = preferences.filter(({ strength }) => strength === 'must' || strength === 'want');
  return {
    '@context': 'https://schema.org',
    '@type': 'Person',
    ...listed(
      'knowsLanguage',
      sought.flatMap(({ attribute, key }) => (attribute === 'language.spoken' && key !== null ? [key] : [])),
    ),
    ...listed('memberOf', sought.flatMap(membership)),
    ...listed('seeks', sought.flatMap(demand)),
  };
}

/** Whoever names no number wants to join, or does not say. */
function membership({ attribute, value }: Preference): JsonObject[] {
  if (attribute !== 'loyalty.membership') return [];
  const { programme, member_id } = value as Record<string, JsonValue>;
  if (member_id === undefined) return [];
  return [{ '@type': 'ProgramMembership', programName: programme!, membershipNumber: member_id }];
}

function demand({ attribute, value }: Preference): JsonObject[] {
  const asked = translations[attribute]?.(value as Record<string, JsonValue>);
  return asked ? [{ '@type': 'Demand', ...asked }] : [];
}

function product(properties: JsonObject): JsonObject {
  return offered({ '@type': 'Product', ...properties });
}

function offered(item: JsonObject): JsonObject {
  return { itemOffered: item };
}

function sizeOf(system: JsonValue | undefined, size: JsonValue | undefined): JsonObject {
  const sizeSystem = `${SCHEMA}WearableSizeSystem${sizeSystems[system as string]}`;
  return { '@type': 'SizeSpecification', name: size!, sizeSystem };
}

/** The term of schema.org for one of our codes, put to use; null when it has none. */
function term(
  terms: Readonly<Record<string, string>>,
  code: JsonValue | undefined,
  use: (term: string) => JsonObject,
): JsonObject | null {
  const name = terms[code as string];
  return name === undefined ? null : use(SCHEMA + name);
}

function listed(property: string, items: JsonValue[]): JsonObject {
  return items.length > 0 ? { [property]: items } : {};
}
