import type { JsonObject, JsonValue } from '../platform/json.js';
import { consentStatuses, consentUses } from './consent.entity.js';
import { deliveries, detailTypes } from './detail.js';
import { languages } from './phrases.js';
import { RECEIPT_SCHEMA_VERSION } from './receipt.js';
import { receiptContext } from './receipt-context.js';
import { receiptEvents, requestEvents } from './stored-receipt.entity.js';

/** Where the schema is committed, from the root of the repository. It is served at `RECEIPT_SCHEMA_PATH`. */
export const RECEIPT_SCHEMA_FILE = 'openapi/consent-receipt.schema.json';

type Members = Record<string, JsonValue>;

/** An object of these members and no others; those after the first are optional. */
function closed(description: string, required: Members, optional: Members = {}): JsonObject {
  return {
    description,
    type: 'object',
    required: Object.keys(required),
    properties: { ...required, ...optional },
    additionalProperties: false,
  };
}

const text = (description: string): JsonObject => ({ type: 'string', description });
const codes = (...values: string[]): JsonObject => ({ enum: values });
const list = (items: JsonObject, description?: string): JsonObject => ({
  type: 'array',
  items,
  ...(description !== undefined && { description }),
});
const termOf = (prefix: string): JsonObject => ({ type: 'string', pattern: `^${prefix}:[A-Za-z]+$` });
const uuid: JsonObject = { type: 'string', format: 'uuid' };
const uri: JsonObject = { type: 'string', format: 'uri' };
const instant: JsonObject = { type: 'string', format: 'date-time' };
const sha256: JsonObject = { type: 'string', pattern: '^[0-9a-f]{64}$' };
const duration: JsonObject = { type: 'string', pattern: '^P' };
const orNull = (schema: JsonObject): JsonObject => ({ anyOf: [schema, { type: 'null' }] });

const information = closed('One attribute, event type or class of special products (pii information).', {
  '@type': codes('dpv:PersonalData', 'dpv:SpecialCategoryPersonalData'),
  pii_type: { type: 'string', pattern: '^(dpv|pd):[A-Za-z]+$', description: 'What kind of data it is.' },
  pii_attribute_id: text('The attribute of the vocabulary, the type of event, or the class of special products.'),
  special_pii_category: { type: 'boolean' },
});

const purpose = closed(
  'One line of the consent: what, for what, where and when belong together and are never combined with other lines.',
  {
    '@type': { const: 'dpv:Process' },
    line: uuid,
    line_type: codes(...detailTypes),
    purpose: { ...list(termOf('dpv')), minItems: 1 },
    lawful_basis: codes('dpv:Consent', 'dpv:ExplicitlyExpressedConsent'),
    pii_information: { ...list(information), minItems: 1 },
    touchpoints: list(text('A touchpoint of the vocabulary.')),
    collection_method: codes('dpv:DataSubjectDataSource', 'dpv:DataControllerDataSource'),
    processing_method: list(termOf('dpv')),
  },
  {
    retention_period: closed('For how long the retailer may keep what it read.', {
      '@type': { const: 'dpv:StorageDuration' },
      duration,
    }),
    recipient_third_parties: list(text('The name of an organisation.'), 'To whom the retailer may pass it on.'),
    stages: list(text('A stage of the customer’s journey.')),
    delivery: list(codes(...deliveries)),
    event_types: list(text('A type of event.'), 'In reports of what special products are named.'),
    late_reporting: { ...duration, description: 'How long after the end what happened before may still be reported.' },
    since: text('How far back what is reported may reach: a date, or a duration before the decision.'),
    expires_at: { ...instant, description: 'Until when the line holds. A refused line has none.' },
    statement: {
      type: 'string',
      pattern: '^[\\w-]{43}$',
      description: 'The SHA-256, in base64url, of the words of the express consent. The notice has the words.',
    },
  },
);

const processing = closed(
  'PII processing.',
  {
    pii_controllers: { ...list(uri), minItems: 1, maxItems: 1 },
    jurisdiction: { type: 'string', pattern: '^loc:[A-Z]{2}$', description: 'Where the controller is established.' },
    purposes: { ...list(purpose), minItems: 1 },
  },
  {
    privacy_notice: closed(
      'What the customer was shown, or would have been where a standing rule decided.',
      { '@type': { const: 'dpv:ConsentNotice' }, sha256 },
      { link: { ...uri, description: 'Its exact bytes, for the holder of this receipt.' } },
    ),
    language: { ...codes(...languages), description: 'The language of the notice.' },
    withdrawal_method: closed('How to end it; only while there is something to end.', {
      '@type': { const: 'dpv:WithdrawConsent' },
      exercised_at: uri,
    }),
  },
);

const event = closed(
  'The one event of which this is the receipt. Each earlier one of the record has a receipt of its own.',
  {
    change: { ...codes(...receiptEvents), description: 'What happened, in CCX’s own words.' },
    event_state: {
      ...codes(
        'dpv:ConsentGiven',
        'dpv:RenewedConsentGiven',
        'dpv:ConsentRefused',
        'dpv:ConsentWithdrawn',
        'dpv:ConsentRevoked',
        'dpv:ConsentExpired',
        'dpv:ConsentStatusInvalidForProcessing',
      ),
      description:
        'The state that it led to. A pause has no term: it is named as a state in which nothing may be processed, as is ' +
        'what was approved before anybody asked. ' +
        '`ConsentRevoked`: ended by somebody other than the customer.',
    },
    event_type: codes('dpv:ExpressedConsent', 'dpv:ExplicitlyExpressedConsent'),
    event_time: instant,
    entity_id: text('Who did it: the `sub`, the controller’s `party_id`, or the `iss`.'),
  },
  {
    indication_method: {
      ...codes('direct', 'standing_rule', 'delegate', 'lapse_of_time'),
      description:
        'A retailer is not told how it was refused, nor that somebody acted for the customer: that is `direct` to it.',
    },
    validity_duration: closed('Until when it holds, unless it is ended before.', {
      '@type': { const: 'dpv:UntilTimeDuration' },
      until: instant,
    }),
  },
);

const controller = closed('A party, in the role of the controller.', {
  party_id: { ...uri, description: 'The retailer’s entry in the public directory.' },
  party_role: { const: 'dpv:DataController' },
  party_name: text('The legal name.'),
  party_address: { type: 'string', pattern: '^[A-Z]{2}$', description: 'The country; CCX keeps no more of it.' },
  party_url: uri,
  party_contact: { ...uri, description: 'The privacy policy, which names all other ways.' },
});

const consent = closed(
  'The consent as the event has left it.',
  {
    id: uuid,
    version: { type: 'integer', minimum: 1 },
    previous_version: { ...orNull({ type: 'integer', minimum: 1 }), description: 'It has a receipt of its own.' },
    use: codes(...consentUses),
    status: codes(...consentStatuses),
    max_reads_per_day: orNull({ type: 'integer', minimum: 1 }),
    given_at: instant,
    expires_at: instant,
  },
  { reported_data: { ...codes('keep', 'delete'), description: 'What was chosen for reported events at its end.' } },
);

const record = closed('The consent record: the consent, or the request that has led to none.', {
  '@type': { const: 'dpv:ConsentRecord' },
  schema_version: { const: RECEIPT_SCHEMA_VERSION },
  record_id: { ...uuid, description: 'The id of the consent; of the request, where that has led to none.' },
  pii_principal_id: text('The `sub`.'),
  pii_processing: processing,
  party_identification: { ...list(controller), minItems: 1, maxItems: 1 },
  event,
});

const isOfRequest: JsonObject = {
  properties: { consent_record: { properties: { event: { properties: { change: { enum: [...requestEvents] } } } } } },
};

/** What a receipt's payload is, for whoever verifies one. */
export const receiptSchema: JsonObject = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'CCX consent receipt',
  ...closed(
    'The payload of a consent receipt: a JWS (RFC 7515) with `typ` `consent-receipt+jwt`, signed with ES256 by a key ' +
      'that stays in `/oauth/jwks` of its `iss` for ever. Names are those of ISO/IEC TS 27560:2023; `@context` gives ' +
      'them their meaning in the W3C Data Privacy Vocabulary 2. What is the same for all purposes (controller, ' +
      'jurisdiction, withdrawal) is said once. TS 27560’s storage locations are missing: CCX does not know where a ' +
      'retailer stores; its privacy policy (`party_contact`) says so. There is one receipt for each event and holder: ' +
      'the retailer’s calls the customer by the pairwise `sub` that it knows (a refusal by the id of the request) and ' +
      'names no rule.',
    {
      '@context': { const: receiptContext },
      '@type': { const: 'dpv:ConsentReceipt' },
      $schema: { ...uri, description: 'Where this schema is served.' },
      iss: uri,
      sub: text('Whose consent it is, as the holder knows them.'),
      jti: uuid,
      iat: { type: 'integer' },
      schema_version: { const: RECEIPT_SCHEMA_VERSION },
      receipt_id: { ...uuid, description: 'The `jti`.' },
      holder: codes('customer', 'retailer'),
      consent_record: record,
      audit: closed('The log’s promise: this leaf is in its tree, or will be at once.', {
        entry: uuid,
        leaf_hash: { ...sha256, description: 'The RFC 6962 leaf hash.' },
      }),
    },
    {
      consent,
      request_id: { ...uuid, description: 'The request that was decided.' },
      rule: closed('The customer’s standing rule that decided, as it was called then.', {
        id: uuid,
        name: { type: 'string' },
      }),
    },
  ),
  allOf: [
    {
      oneOf: [
        { ...isOfRequest, required: ['request_id'], not: { required: ['consent'] } },
        { not: isOfRequest, required: ['consent'] },
      ],
    },
    { anyOf: [{ properties: { holder: { const: 'customer' } } }, { not: { required: ['rule'] } }] },
  ],
};
