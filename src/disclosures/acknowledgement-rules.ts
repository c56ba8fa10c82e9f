import { OutsideConsentError } from '../consents/consents.errors.js';
import { type FieldError, InvalidRequestError } from '../platform/errors.js';
import { underTodaysNames } from '../retailers/menu.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { AcknowledgedItem } from './acknowledgement.js';
import { OutsideViewError } from './disclosures.errors.js';
import type { Admitted } from './standings.service.js';
import { whyNotShared } from './view.js';

/**
 * Lets only those items pass that can be said of what is shared with the retailer at their touchpoint, for whatever
 * purpose, at whatever stage, and however it reaches it.
 *
 * @throws InvalidRequestError OutsideConsentError OutsideViewError
 */
export function assertAcknowledgeable(
  items: readonly AcknowledgedItem[],
  vocabulary: Vocabulary,
  { consent, standing }: Pick<Admitted, 'consent' | 'standing'>,
): void {
  const faults = items.flatMap((item, index) => faultsOf(item, index, items, vocabulary));
  if (faults.length > 0) throw new InvalidRequestError(faults);

  const { touchpoints, checkedAt } = standing;
  const menu = underTodaysNames(standing.menu, vocabulary);
  const permission = { details: consent.details, touchpoints, menu, withheld: [] };
  for (const { attribute, touchpoint } of items) {
    const because = whyNotShared(vocabulary.attribute(attribute)!, permission, { touchpoint }, checkedAt);
    const reasons = because.filter((reason) => reason !== 'delivery');
    if (reasons.length === 0) continue;
    if (reasons.every((reason) => reason === 'view')) throw new OutsideViewError(touchpoint, [attribute]);
    const isElsewhere = reasons.includes('touchpoint');
    throw new OutsideConsentError({ attributes: [attribute], ...(isElsewhere && { touchpoint }) });
  }
}

function faultsOf(
  { attribute: name, key, touchpoint, status, reason }: AcknowledgedItem,
  index: number,
  items: readonly AcknowledgedItem[],
  vocabulary: Vocabulary,
): FieldError[] {
  const attribute = vocabulary.attribute(name);
  const base = `/items/${index}`;
  if (!attribute) return [{ pointer: `${base}/attribute`, detail: 'is not an attribute of ccx-core' }];
  const first = items.findIndex(
    (other) => other.attribute === name && other.key === key && other.touchpoint === touchpoint,
  );
  return [
    ...(first < index ? [{ pointer: base, detail: 'says something of what an item before it is about' }] : []),
    ...(key !== null && attribute.cardinality === 'one'
      ? [{ pointer: `${base}/key`, detail: `must be left out: ${name} has one value` }]
      : []),
    ...(status === 'cannot' && reason === null
      ? [{ pointer: `${base}/reason`, detail: 'is required: the customer wants to know why' }]
      : []),
  ];
}
