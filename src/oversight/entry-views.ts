import type { JsonObject } from '../platform/json.js';
import type { Engagement } from '../staff/engagement.js';
import type { OpenedEntry } from './entry-reader.service.js';
import type { EntryDto } from './entries.dto.js';
import { consentRef, subjectFor } from './pseudonyms.js';

/** An entry as the auditors of an engagement see it. */
export function entryDto(engagement: Engagement, { entry, state, opening }: OpenedEntry): EntryDto {
  return {
    index: entry.index,
    id: entry.id,
    type: entry.type,
    at: entry.at.toISOString(),
    leaf_hash: entry.leafHash.toString('hex'),
    subject: entry.pseudonym && subjectFor(engagement.key, entry.pseudonym),
    retailer_id: entry.retailerId,
    purposes: entry.purposes,
    attributes: entry.attributes,
    consent_version: entry.consentVersion,
    state,
    intact: opening ? opening.intact : state === 'sealed' ? false : null,
    event: opening && withoutIds(engagement, opening.event),
  };
}

/** The event with the consent named by a reference of the engagement, as the customer is. */
function withoutIds(engagement: Engagement, event: JsonObject): JsonObject {
  const { consent } = event;
  if (typeof consent !== 'object' || consent === null || Array.isArray(consent)) return event;
  const { id, ...rest } = consent;
  return { ...event, consent: { ...rest, ref: consentRef(engagement.key, id as string) } };
}

/** The id of the consent that an opened entry names. */
export function consentIn({ opening }: OpenedEntry): string | null {
  const consent = opening?.event.consent;
  if (typeof consent !== 'object' || consent === null || Array.isArray(consent)) return null;
  return typeof consent.id === 'string' ? consent.id : null;
}
