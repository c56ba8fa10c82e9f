import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';

import type { RenderedFormat } from '../../src/preferences/rendering.js';

/**
 * What the targets of the renderings demand, written from their own documents and kept to what a rendering may use:
 * anything else is refused, so that a rendering cannot say more by accident.
 */

const closed = (properties: Record<string, object>, required: readonly string[] = []) => ({
  type: 'object',
  properties,
  required: [...required],
  additionalProperties: false,
});

/** The pattern of reverse-domain names of UCP (common/types/reverse_domain_name.json). */
const REVERSE_DOMAIN = '^[a-z][a-z0-9]*(?:\\.[a-z][a-z0-9_]*)+$';

/** Requests leave `description` and `links` out (`ucp_request: omit`). */
const segment = closed({ granted: { type: 'boolean' }, source: { enum: ['business', 'platform'] } }, [
  'granted',
  'source',
]);
const purpose = closed(
  {
    granted: { type: 'boolean' },
    source: { enum: ['business', 'platform'] },
    segments: { type: 'object', propertyNames: { pattern: REVERSE_DOMAIN }, additionalProperties: segment },
  },
  ['granted', 'source'],
);

/** https://ucp.dev/2026-08-25/schemas/shopping/buyer_consent.json: the four well-known purposes. */
const ucp = closed(
  {
    buyer: closed({
      consent: closed({
        'dev.ucp.consent.analytics': purpose,
        'dev.ucp.consent.marketing': purpose,
        'dev.ucp.consent.preferences': purpose,
        'dev.ucp.consent.sale_or_sharing': purpose,
      }),
    }),
  },
  ['buyer'],
);

/** https://ucp.dev/2026-04-08/schemas/shopping/buyer_consent.json */
const ucpBooleans = closed(
  {
    buyer: closed({
      consent: closed({
        analytics: { type: 'boolean' },
        preferences: { type: 'boolean' },
        marketing: { type: 'boolean' },
        sale_of_data: { type: 'boolean' },
      }),
    }),
  },
  ['buyer'],
);

/** consent-preferences.schema.json of adobe/xdm: choice-value, marketing-with-subscriptions, metadata. */
const val = { enum: ['y', 'n', 'p', 'u', 'dy', 'dn', 'LI', 'CT', 'CP', 'VI', 'PI'] };
const consentField = closed({ val }, ['val']);
const marketingField = closed(
  {
    val,
    time: { type: 'string' },
    reason: { type: 'string', maxLength: 16 },
    subscriptions: { type: 'object', additionalProperties: closed({ val, type: { type: 'string', maxLength: 15 } }) },
  },
  ['val'],
);
const xdm = closed({
  consents: closed({
    collect: consentField,
    share: consentField,
    adID: consentField,
    personalize: closed({ content: consentField }),
    marketing: closed({
      preferred: { enum: ['email', 'push', 'inApp', 'sms', 'phone', 'phyMail', 'social', 'other', 'none', 'unknown'] },
      any: closed({ val }, ['val']),
      email: marketingField,
      push: marketingField,
      sms: marketingField,
    }),
    metadata: closed({ time: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z$' } }),
  }),
  // The pattern of `xdm:preferredLanguage`, less its irregular tags.
  preferredLanguage: { type: 'string', pattern: '^[a-z]{2,3}(-[A-Z][a-z]{3})?(-([A-Z]{2}|[0-9]{3}))?$' },
});

/** CommSubscriptionConsent, CommSubscriptionChannelType and EngagementChannelType of the Salesforce object reference. */
const salesforce = closed(
  {
    records: {
      type: 'array',
      items: closed(
        {
          attributes: closed({ type: { const: 'CommSubscriptionConsent' } }, ['type']),
          Name: { type: 'string', minLength: 1, maxLength: 255 },
          CommSubscriptionChannelType: closed(
            {
              Name: { type: 'string', minLength: 1, maxLength: 255 },
              CommunicationSubscription: closed({ Name: { type: 'string', minLength: 1 } }, ['Name']),
              EngagementChannelType: closed(
                {
                  Name: { type: 'string', minLength: 1 },
                  ContactPointType: {
                    enum: ['Email', 'InPerson', 'MailingAddress', 'Phone', 'Social', 'Video', 'Web'],
                  },
                },
                ['Name'],
              ),
            },
            ['Name', 'CommunicationSubscription', 'EngagementChannelType'],
          ),
          PrivacyConsentStatus: { enum: ['OptIn', 'OptOut', 'Seen', 'NotSeen'] },
          ConsentCapturedDateTime: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$' },
          ConsentCapturedSource: { type: 'string', minLength: 1, maxLength: 255 },
          EffectiveFromDate: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d$' },
        },
        [
          'attributes',
          'Name',
          'CommSubscriptionChannelType',
          'PrivacyConsentStatus',
          'ConsentCapturedDateTime',
          'ConsentCapturedSource',
          'EffectiveFromDate',
        ],
      ),
    },
  },
  ['records'],
);

const typed = (type: string, properties: Record<string, object>, required: readonly string[] = []) =>
  closed({ '@type': { const: type }, ...properties }, ['@type', ...required]);
const text = { type: 'string', minLength: 1 };
const member = (...names: string[]) => ({ enum: names.map((name) => `https://schema.org/${name}`) });

/** https://schema.org/Person and the types that it leads to, with the members of their enumerations. */
const schemaOrg = closed(
  {
    '@context': { const: 'https://schema.org' },
    '@type': { const: 'Person' },
    knowsLanguage: { type: 'array', minItems: 1, items: text },
    memberOf: {
      type: 'array',
      minItems: 1,
      items: typed('ProgramMembership', { programName: text, membershipNumber: text }, ['programName']),
    },
    seeks: {
      type: 'array',
      minItems: 1,
      items: typed('Demand', {
        availableDeliveryMethod: member('OnSitePickup', 'LockerDelivery', 'ParcelService'),
        acceptedPaymentMethod: typed('PaymentMethod', {
          paymentMethodType: member(
            'ByBankTransferInAdvance',
            'ByInvoice',
            'COD',
            'Cash',
            'CheckInAdvance',
            'DirectDebit',
            'InStorePrepay',
            'PhoneCarrierPayment',
          ),
        }),
        itemOffered: {
          oneOf: [
            typed('Product', {
              category: text,
              brand: typed('Brand', { name: text }),
              size: typed('SizeSpecification', {
                name: text,
                sizeSystem: member(
                  ...['AU', 'BR', 'CN', 'Continental', 'DE', 'EN13402', 'Europe', 'FR', 'GS1', 'IT', 'JP', 'MX'].map(
                    (system) => `WearableSizeSystem${system}`,
                  ),
                  'WearableSizeSystemUK',
                  'WearableSizeSystemUS',
                ),
              }),
              hasMerchantReturnPolicy: typed('MerchantReturnPolicy', {
                returnMethod: member('KeepProduct', 'ReturnAtKiosk', 'ReturnByMail', 'ReturnInStore'),
              }),
            }),
            typed('MenuItem', {
              suitableForDiet: member(
                'DiabeticDiet',
                'GlutenFreeDiet',
                'HalalDiet',
                'HinduDiet',
                'KosherDiet',
                'LowCalorieDiet',
                'LowFatDiet',
                'LowLactoseDiet',
                'LowSaltDiet',
                'VeganDiet',
                'VegetarianDiet',
              ),
            }),
            typed('CreativeWork', {
              accessibilityFeature: {
                type: 'array',
                minItems: 1,
                items: { enum: ['captions', 'highContrastDisplay', 'largePrint', 'signLanguage'] },
              },
            }),
          ],
        },
      }),
    },
  },
  ['@context', '@type'],
);

const schemas: Record<RenderedFormat, object> = {
  schema_org: schemaOrg,
  ucp,
  ucp_2026_04_08: ucpBooleans,
  xdm,
  salesforce,
};

const ajv = new Ajv2020({ allErrors: true, strict: true, strictRequired: false, strictTypes: false });
const validators = new Map<RenderedFormat, ValidateFunction>();

/** What a target would refuse of a rendering; empty when nothing. */
export function refusedBy(format: RenderedFormat, rendering: unknown): string[] {
  let validate = validators.get(format);
  if (!validate) validators.set(format, (validate = ajv.compile(schemas[format])));
  return validate(rendering) ? [] : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}
