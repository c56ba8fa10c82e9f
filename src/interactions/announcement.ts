import type { Actor, AuditEvent } from '../audit/audit.service.js';
import { batchTree } from '../audit/batch-tree.js';
import { leafHashOf } from '../audit/tree.js';
import type { NewOutboxEvent } from '../outbox/outbox.service.js';
import { daysOf } from './days.js';
import type { NewInteraction } from './interactions.queries.js';

/** When another event of a customer happened that may stand, or no longer stand, because of what was kept. */
export interface Touched {
  readonly customerId: string;
  readonly occurredAt: Date;
}

/**
 * What the log and the outbox are told of events that came together: for each customer how many, and the root of the
 * tree over their contents. The outbox learns as well on which days another set of events may stand now.
 */
export function announcementsOf(
  kept: readonly NewInteraction[],
  touched: readonly Touched[],
  told: { at: Date; actor: Actor; retailerId: string },
): { entries: AuditEvent[]; events: NewOutboxEvent[] } {
  const entries: AuditEvent[] = [];
  const events: NewOutboxEvent[] = [];
  for (const ofCustomer of byCustomer(kept)) {
    const [{ id, customer, consentId, consentVersion }] = ofCustomer;
    // One after the other, several consents may have let parts of a batch in: then each event's own row says which.
    const isOfOne = ofCustomer.every((one) => one.consentId === consentId);
    const { root } = batchTree(ofCustomer.map(({ contentHash }) => leafHashOf(contentHash)));
    const data = { count: ofCustomer.length, root: root.toString('base64url') };
    const others = touched.filter(({ customerId }) => customerId === customer.customerId);
    const days = daysOf([...ofCustomer, ...others].map(({ occurredAt }) => occurredAt));

    const reported = { type: 'interactions.reported', customer, ...told };
    entries.push({ ...reported, ...(isOfOne && { consent: { id: consentId, version: consentVersion } }), data });
    events.push({
      type: reported.type,
      customer,
      at: told.at,
      retailerId: told.retailerId,
      subject: id,
      data: { ...data, days },
    });
  }
  return { entries, events };
}

function byCustomer(kept: readonly NewInteraction[]): [NewInteraction, ...NewInteraction[]][] {
  const groups = new Map<string, [NewInteraction, ...NewInteraction[]]>();
  for (const one of kept) {
    const group = groups.get(one.customer.customerId);
    if (group) group.push(one);
    else groups.set(one.customer.customerId, [one]);
  }
  return [...groups.values()];
}
