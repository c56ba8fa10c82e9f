import type { JsonObject } from '../platform/json.js';

const iri = (id: string) => ({ '@id': id, '@type': '@id' });
const term = (id: string) => ({ '@id': id, '@type': '@vocab' });
const typed = (id: string, type: string) => ({ '@id': id, '@type': type });

/**
 * What the members of a receipt mean, as a JSON-LD 1.1 context: their names are those of ISO/IEC TS 27560:2023, their
 * meanings terms of the W3C Data Privacy Vocabulary 2, put together as the vocabulary's guide for TS 27560 does. Every
 * receipt carries it, so that it can still be understood when nobody serves it any more. Members that are not here are
 * CCX's own; the schema describes them.
 */
export const receiptContext: JsonObject = {
  '@version': 1.1,
  dpv: 'https://w3id.org/dpv#',
  pd: 'https://w3id.org/dpv/pd#',
  loc: 'https://w3id.org/dpv/loc#',
  dct: 'http://purl.org/dc/terms/',
  rdf: 'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  schema: 'https://schema.org/',
  skos: 'http://www.w3.org/2004/02/skos/core#',
  xsd: 'http://www.w3.org/2001/XMLSchema#',

  schema_version: 'dct:conformsTo',
  receipt_id: 'dct:identifier',
  consent_record: 'dpv:hasRecordOfActivity',
  record_id: 'dct:identifier',
  pii_principal_id: 'dpv:hasDataSubject',

  pii_processing: '@nest',
  privacy_notice: 'dpv:hasNotice',
  link: '@id',
  language: 'dct:language',
  pii_controllers: iri('dpv:hasDataController'),
  jurisdiction: term('dpv:hasJurisdiction'),
  withdrawal_method: 'dpv:hasConsentControl',
  exercised_at: iri('dpv:isExercisedAt'),

  purposes: 'dpv:hasProcess',
  purpose: term('dpv:hasPurpose'),
  lawful_basis: term('dpv:hasLegalBasis'),
  pii_information: 'dpv:hasPersonalData',
  pii_type: term('skos:broader'),
  pii_attribute_id: 'dct:identifier',
  collection_method: term('dpv:hasDataSource'),
  processing_method: term('dpv:hasProcessing'),
  retention_period: 'dpv:hasStorageCondition',
  duration: typed('dpv:hasDuration', 'xsd:duration'),
  recipient_third_parties: 'dpv:hasRecipientThirdParty',

  party_identification: 'dpv:hasEntity',
  party_id: '@id',
  party_role: '@type',
  party_name: 'dpv:hasName',
  party_address: 'dpv:hasAddress',
  party_url: iri('schema:url'),
  party_contact: iri('dpv:hasContact'),

  event: 'dpv:hasConsentStatus',
  event_state: '@type',
  event_type: term('dpv:hasLegalBasis'),
  event_time: typed('dpv:isIndicatedAtTime', 'xsd:dateTime'),
  entity_id: 'dpv:isIndicatedBy',
  indication_method: 'dpv:hasIndicationMethod',
  validity_duration: 'dpv:hasDuration',
  until: typed('rdf:value', 'xsd:dateTime'),
};
