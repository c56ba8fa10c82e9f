import type { Actor, AuditReference } from '../audit/audit.service.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { isSpecial } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { Consent } from './consent.entity.js';
import { type AskedDetail, isReporting, isReportingType, isSpecialDetail, itemsOf, recipientsOf } from './detail.js';
import { durationMs } from './duration.js';
import { receiptContext } from './receipt-context.js';
import type { RuleRef } from './rule.js';
import type { ReceiptEvent } from './stored-receipt.entity.js';

export const RECEIPT_SCHEMA_VERSION = 'ccx-27560-1';
export const RECEIPT_SCHEMA_PATH = '/schemas/consent-receipt.json';

/** Who gets a receipt, and as whom it knows the customer. */
export interface Holder {
  kind: 'customer' | 'retailer';
  subject: string;
}

/** All that there is to say of a change, to whomever. */
export interface ReceiptFacts {
  id: string;
  issuer: string;
  event: ReceiptEvent;
  /** When it happened, which can be before it was recorded. */
  happenedAt: Date;
  recordedAt: Date;
  actor: Actor;
  /** The standing rule that decided. */
  rule: RuleRef | null;
  retailer: { id: string; legalName: string; website: string; privacyUrl: string; country: string };
  vocabulary: Vocabulary;
  /** What is given from now on; what was asked for, where it was refused. */
  details: readonly AskedDetail[];
  notice: { hash: Buffer; language: string } | null;
  audit: AuditReference;
  /** The consent as the change has left it; null where it is about a request alone. */
  consent: Pick<
    Consent,
    'id' | 'version' | 'use' | 'status' | 'maxReadsPerDay' | 'givenAt' | 'expiresAt' | 'reportedData'
  > | null;
  /** The request that was decided, where one was. */
  requestId: string | null;
}

/**
 * A receipt's payload, for one of its two holders. The customer is told everything. The retailer is told what it may
 * rely on: what it got or did not get, when, until when, under which notice. It is not told which rule of the customer
 * decided, nor, of a refusal, whether they were there to refuse, nor whether somebody acted for them.
 */
export function receiptFor({ kind, subject }: Holder, facts: ReceiptFacts): JsonObject {
  const { id, issuer, recordedAt, audit, consent, requestId, rule } = facts;
  return {
    '@context': receiptContext,
    '@type': 'dpv:ConsentReceipt',
    $schema: issuer + RECEIPT_SCHEMA_PATH,
    iss: issuer,
    sub: subject,
    jti: id,
    iat: Math.floor(recordedAt.getTime() / 1000),
    schema_version: RECEIPT_SCHEMA_VERSION,
    receipt_id: id,
    holder: kind,
    consent_record: {
      '@type': 'dpv:ConsentRecord',
      schema_version: RECEIPT_SCHEMA_VERSION,
      record_id: consent?.id ?? requestId,
      pii_principal_id: subject,
      pii_processing: processingOf(kind, facts),
      party_identification: [controllerOf(facts)],
      event: eventOf({ kind, subject }, facts),
    },
    ...(consent && { consent: consentOf(consent) }),
    ...(requestId !== null && { request_id: requestId }),
    ...(rule && kind === 'customer' && { rule: { id: rule.id, name: rule.name } }),
    audit: { entry: audit.id, leaf_hash: audit.leafHash.toString('hex') },
  };
}

function consentOf(consent: NonNullable<ReceiptFacts['consent']>): JsonObject {
  const { id, version, use, status, maxReadsPerDay, givenAt, expiresAt, reportedData } = consent;
  return {
    id,
    version,
    previous_version: version > 1 ? version - 1 : null,
    use,
    status,
    max_reads_per_day: maxReadsPerDay,
    given_at: givenAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    ...(reportedData && { reported_data: reportedData }),
  };
}

function processingOf(kind: Holder['kind'], facts: ReceiptFacts): JsonObject {
  const { issuer, retailer, vocabulary, details, notice, consent } = facts;
  return {
    ...(notice && {
      privacy_notice: { '@type': 'dpv:ConsentNotice', ...linkOf(kind, facts), sha256: notice.hash.toString('hex') },
      language: notice.language,
    }),
    pii_controllers: [partyId(issuer, retailer.id)],
    jurisdiction: `loc:${retailer.country}`,
    ...(consent &&
      isOpen(consent) && {
        withdrawal_method: { '@type': 'dpv:WithdrawConsent', exercised_at: `${issuer}/account/consents` },
      }),
    purposes: details.map((detail) => purposeOf(detail, vocabulary)),
  };
}

/** Where the notice is found again. A retailer that was refused has no way to it. */
function linkOf(kind: Holder['kind'], { issuer, notice, consent }: ReceiptFacts): { link?: string } {
  const hash = notice?.hash.toString('hex');
  if (kind === 'customer') return { link: `${issuer}/v1/me/notices/${hash}` };
  return consent ? { link: `${issuer}/v1/consents/${consent.id}/notices/${hash}` } : {};
}

/** One line is one element: what is read for what, where and when belongs together and is never combined. */
function purposeOf(detail: AskedDetail, vocabulary: Vocabulary): JsonObject {
  const { id, type, purposes, touchpoints } = detail;
  const recipients = recipientsOf(detail);
  return {
    '@type': 'dpv:Process',
    line: id,
    line_type: type,
    purpose: purposes,
    lawful_basis: isSpecialDetail(detail) ? 'dpv:ExplicitlyExpressedConsent' : 'dpv:Consent',
    pii_information: itemsOf(detail).map((item) => informationOf(detail, item, vocabulary)),
    touchpoints,
    ...(isReporting(detail)
      ? {
          collection_method: 'dpv:DataControllerDataSource',
          processing_method: ['dpv:Transmit'],
          ...(detail.type === 'ccx_interactions_special' && { event_types: detail.event_types }),
          late_reporting: detail.late_reporting,
          ...('since' in detail && { since: detail.since as string }),
        }
      : {
          collection_method: 'dpv:DataSubjectDataSource',
          processing_method: [
            'dpv:Retrieve',
            'dpv:Use',
            ...(durationMs(detail.retention) ? ['dpv:Store'] : []),
            ...(recipients.length > 0 ? ['dpv:Share'] : []),
          ],
          retention_period: { '@type': 'dpv:StorageDuration', duration: detail.retention },
          recipient_third_parties: [...recipients],
          stages: detail.stages,
          delivery: detail.delivery,
        }),
    ...('expires_at' in detail && { expires_at: detail.expires_at as string }),
    ...('statement' in detail && { statement: detail.statement as string }),
  };
}

/** The kind of data in the vocabulary's own mapping. What a retailer reports is what it observed. */
function informationOf({ type }: AskedDetail, item: string, vocabulary: Vocabulary): JsonObject {
  const attribute = isReportingType(type) ? undefined : vocabulary.attribute(item);
  const special = type === 'ccx_interactions_special' || (attribute !== undefined && isSpecial(attribute));
  return {
    '@type': special ? 'dpv:SpecialCategoryPersonalData' : 'dpv:PersonalData',
    pii_type: isReportingType(type) ? 'dpv:ObservedPersonalData' : (attribute?.mappings.dpv ?? 'dpv:PersonalData'),
    pii_attribute_id: item,
    special_pii_category: special,
  };
}

function controllerOf({ issuer, retailer }: ReceiptFacts): JsonObject {
  return {
    party_id: partyId(issuer, retailer.id),
    party_role: 'dpv:DataController',
    party_name: retailer.legalName,
    party_address: retailer.country,
    party_url: retailer.website,
    party_contact: retailer.privacyUrl,
  };
}

function eventOf({ kind, subject }: Holder, facts: ReceiptFacts): JsonObject {
  const { issuer, event, happenedAt, actor, retailer, details, consent, rule } = facts;
  const hidesMethod = kind === 'retailer' && event === 'refused';
  const authors: Partial<Record<Actor['kind'], string>> = {
    customer: subject,
    retailer: partyId(issuer, retailer.id),
  };
  return {
    change: event,
    event_state: stateOf(facts),
    event_type: details.some(isSpecialDetail) ? 'dpv:ExplicitlyExpressedConsent' : 'dpv:ExpressedConsent',
    event_time: happenedAt.toISOString(),
    // A rule is the customer's own word, given beforehand.
    entity_id: (rule ? subject : authors[actor.kind]) ?? issuer,
    ...(!hidesMethod && { indication_method: methodOf(kind, facts) }),
    ...(consent &&
      isOpen(consent) && {
        validity_duration: { '@type': 'dpv:UntilTimeDuration', until: consent.expiresAt.toISOString() },
      }),
  };
}

function methodOf(holder: Holder['kind'], { event, rule, actor }: ReceiptFacts): JsonValue {
  if (event === 'expired') return 'lapse_of_time';
  if (rule) return 'standing_rule';
  return actor.delegation && holder === 'customer' ? 'delegate' : 'direct';
}

/**
 * The state that the change has led to. The vocabulary has no term for a pause: what is paused may come back and has
 * not been withdrawn, so the nearest that is true is the class of all states that do not allow processing. The same
 * goes for what was approved before anybody asked.
 */
function stateOf({ event, actor, consent }: ReceiptFacts): string {
  switch (event) {
    case 'refused':
      return 'dpv:ConsentRefused';
    case 'pre_approved':
      return 'dpv:ConsentStatusInvalidForProcessing';
    case 'expired':
      return 'dpv:ConsentExpired';
    case 'withdrawn':
      return actor.kind === 'customer' ? 'dpv:ConsentWithdrawn' : 'dpv:ConsentRevoked';
    default:
      if (consent?.status === 'paused') return 'dpv:ConsentStatusInvalidForProcessing';
      return event === 'renewed' ? 'dpv:RenewedConsentGiven' : 'dpv:ConsentGiven';
  }
}

function isOpen({ status }: Pick<Consent, 'status'>): boolean {
  return status === 'active' || status === 'paused';
}

/** The retailer's place in the public directory. */
function partyId(issuer: string, retailerId: string): string {
  return `${issuer}/v1/retailers/${retailerId}`;
}
