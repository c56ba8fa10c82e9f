import { type Customer, openFor } from './customer.entity.js';
import { strongEtag } from '../platform/http/etag.js';

/** What names a customer and how they are addressed, opened. */
export interface Profile {
  readonly customerId: string;
  readonly email: string;
  readonly displayName: string | null;
  /** BCP 47. */
  readonly language: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export function openProfile(customer: Customer, profileKey: Buffer): Profile {
  const { customerId, emailSealed, displayNameSealed, language, createdAt, updatedAt } = customer;
  return {
    customerId,
    email: openFor(customer, profileKey, 'email', emailSealed),
    displayName: displayNameSealed && openFor(customer, profileKey, 'display name', displayNameSealed),
    language,
    createdAt,
    updatedAt,
  };
}

/** The validator of a profile: equal profiles have equal ones. */
export function profileEtag({ customerId, email, displayName, language, updatedAt }: Profile): string {
  return strongEtag(customerId, email, displayName, language, updatedAt);
}
