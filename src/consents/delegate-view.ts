import type { SelectQueryBuilder, ObjectLiteral } from 'typeorm';

import type { ActingFor } from '../platform/http/access.js';
import { OutsideDelegationError } from '../platform/http/delegation.errors.js';
import type { ConsentDto } from './consents.dto.js';
import { type AskedDetail, attributesOf, isSpecialDetail } from './detail.js';

/*
 * What somebody who acts for the customer sees of consents and requests: ordinary lines as they are, whatever attributes
 * the delegation names, since they say with whom the customer deals; lines of special attributes only where it names
 * these, and lines of special products never. A consent of which they see no line is not there for them.
 */

/** A line, or the description of one. */
interface DescribedLine {
  readonly type: string;
  readonly attributes?: readonly string[] | undefined;
}

/** The lines that the caller may know of. */
export function visibleLines<Line extends DescribedLine>(
  lines: readonly Line[],
  delegation: ActingFor | undefined,
): Line[] {
  return lines.filter(
    ({ type, attributes = [] }) =>
      !delegation ||
      (type !== 'ccx_interactions_special' &&
        (type !== 'ccx_preferences_special' || attributes.every((attribute) => delegation.covers(attribute)))),
  );
}

/**
 * For what would be given by lines of which the caller may not know all: that whoever acts for the customer could have
 * given each of them. The refusal is the same whatever the reason: it does not tell what there is.
 *
 * @throws OutsideDelegationError
 */
export function assertMayGive(details: readonly AskedDetail[], delegation: ActingFor | undefined): void {
  if (!delegation) return;
  const isWithin = attributesOf(details).every((attribute) => delegation.covers(attribute));
  if (!isWithin || details.some(isSpecialDetail)) throw new OutsideDelegationError();
}

/** Whether the caller may know of a consent with these lines. */
export function isConsentVisible(
  { details }: { readonly details: readonly AskedDetail[] },
  delegation: ActingFor | undefined,
): boolean {
  return !delegation || visibleLines(details, delegation).length > 0;
}

/**
 * Whether the caller may know of a request. One that would take the place of a consent is for the customer alone: it
 * says what would be lost, which may be special.
 */
export function isRequestVisible(
  { details, action }: { readonly details: readonly AskedDetail[]; readonly action: string },
  delegation: ActingFor | undefined,
): boolean {
  return !delegation || (action !== 'replace' && visibleLines(details, delegation).length === details.length);
}

/** A description of a consent as the caller may have it; null when there is nothing for them. */
export function visibleConsent(described: ConsentDto, delegation: ActingFor | undefined): ConsentDto | null {
  if (!delegation) return described;
  const details = visibleLines(described.details, delegation);
  return details.length > 0 ? { ...described, details } : null;
}

/** Leaves out of a query what the caller may not know of: `rows` have `details`. */
export function onlyVisible<Row extends ObjectLiteral>(
  query: SelectQueryBuilder<Row>,
  rows: string,
  delegation: ActingFor | undefined,
): SelectQueryBuilder<Row> {
  if (!delegation) return query;
  return query.andWhere(
    `exists (select from jsonb_array_elements(${rows}.details) line
              where line ->> 'type' in ('ccx_preferences', 'ccx_interactions')
                 or line ->> 'type' = 'ccx_preferences_special' and line -> 'attributes' ->> 0 <> all(:hidden))`,
    { hidden: delegation.hidden },
  );
}
