import type { ConsentStatus } from '../consents/consent.entity.js';
import { isCurrent, mismatches } from '../consents/covers.js';
import type { ConsentDetail } from '../consents/detail.js';
import type { Purpose, Stage, Touchpoint } from '../vocabulary/code-lists.js';
import type { Disclosure } from './disclosure.js';

/** In what a disclosure is wrong. `unknown_version`: there is no such version of the consent. */
export const disclosureFaults = ['unknown_version', 'not_active', 'expired', 'not_covered'] as const;
export type DisclosureFault = (typeof disclosureFaults)[number];

/** The version of the consent that a disclosure names, as it was recorded. */
export interface NamedVersion {
  readonly status: ConsentStatus;
  readonly details: readonly ConsentDetail[];
  readonly expiresAt: Date;
}

/**
 * A disclosure is wrong exactly when the version that it names was not active, covered less, or had expired at the time
 * that the database gave the read. A refused one told nothing, and is never wrong.
 *
 * @param nameOf What an attribute is called now: a rename changes nothing but the name.
 */
export function faultsOf(
  disclosure: Pick<Disclosure, 'attributes' | 'purpose' | 'touchpoint' | 'stage' | 'checkedAt' | 'refused'>,
  version: NamedVersion | null,
  nameOf: (attribute: string) => string,
): DisclosureFault[] {
  if (disclosure.refused !== null) return [];
  if (!version) return ['unknown_version'];
  const { checkedAt, purpose, touchpoint, stage } = disclosure;
  const circumstances = {
    purpose: (purpose ?? '') as Purpose,
    touchpoint: (touchpoint ?? '') as Touchpoint,
    stage: stage as Stage | null,
  };
  const names = version.details.flatMap((line) =>
    isCurrent(line, checkedAt) && mismatches(line, circumstances).length === 0 ? line.attributes.map(nameOf) : [],
  );
  const isCovered = disclosure.attributes.every((attribute) => names.includes(nameOf(attribute)));
  return [
    ...(version.status === 'active' ? [] : ['not_active' as const]),
    ...(version.expiresAt <= checkedAt ? ['expired' as const] : []),
    ...(isCovered ? [] : ['not_covered' as const]),
  ];
}
