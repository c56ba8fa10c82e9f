import { Injectable } from '@nestjs/common';

import type { CustomerKey } from '../platform/customer-key.js';
import { Database } from '../platform/database/database.js';
import { contactTouchpoints, contactWindow, forgottenAt } from './contact.js';
import { STANDS } from './standing.js';

/** How often a customer was contacted of late, as far as what retailers reported of it stands. */
export interface Contacts {
  /** By the retailer that asks. */
  readonly own: number;
  /** By all others. No retailer may learn of it. */
  readonly others: number;
  /** When `own` next becomes less by itself; null when there are none. */
  readonly ownFewerAt: Date | null;
}

/** Nobody can allow more than a hundred a week: what goes beyond is not counted. */
const MOST_COUNTED = 101;
/** Events may be dated so far ahead. */
const AHEAD_MS = 86_400_000;

const COUNT = `
with contacts as not materialized (
  select i.occurred_at, i.retailer_id
    from interactions i
   where i.bucket = $1 and i.customer_id = $2 and i.type = 'promotion.offered'
     and i.occurred_at >= $5 and i.occurred_at < $6
     and (i.data ? 'channel' or i.touchpoint = any($7))
     and ${STANDS}
)
select own.count as own, own.oldest, others.count as others
  from (select count(*)::int as count, min(occurred_at) as oldest
          from (select occurred_at from contacts where retailer_id = $3 and occurred_at > $4
                 order by occurred_at desc limit ${MOST_COUNTED}) as mine) as own,
       (select count(*)::int as count
          from (select from contacts where retailer_id <> $3 limit ${MOST_COUNTED}) as theirs) as others`;

/** Counts the contacts that retailers report. */
@Injectable()
export class ContactsService {
  constructor(private readonly database: Database) {}

  /** How often the customer was contacted in the seven days before. */
  async of(customer: CustomerKey, retailerId: string, at: Date): Promise<Contacts> {
    const since = contactWindow(at);
    const ahead = new Date(at.getTime() + AHEAD_MS);
    const [counted] = await this.database.named<{ own: number; oldest: Date | null; others: number }>(
      'interactions.contacts',
      COUNT,
      [customer.bucket, customer.customerId, retailerId, since.own, since.others, ahead, contactTouchpoints],
    );
    const { own = 0, oldest = null, others = 0 } = counted ?? {};
    return { own, others, ownFewerAt: oldest && forgottenAt(oldest) };
  }
}
