import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import { Clock } from '../platform/clock.js';
import { Database, type Reader, type Tx } from '../platform/database/database.js';
import { InvalidRequestError } from '../platform/errors.js';
import { requireIfMatch } from '../platform/http/etag.js';
import type { JsonObject } from '../platform/json.js';
import { VocabularyService } from '../vocabulary/vocabulary.service.js';
import type { Menu } from './menu.js';
import { faultsOfMenu, menuOf, type TouchpointMenu } from './menu-rules.js';
import type { Retailer } from './retailer.entity.js';
import { RetailerNotFoundError } from './retailers.errors.js';
import { findMenu, lockRetailer } from './retailers.queries.js';

/** What each retailer can honour at its touchpoints, as it publishes that itself. */
@Injectable()
export class MenusService {
  constructor(
    private readonly database: Database,
    private readonly vocabularies: VocabularyService,
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
    private readonly clock: Clock,
  ) {}

  /** @throws RetailerNotFoundError */
  async of(retailerId: string, reader: Reader = this.database.reader): Promise<Menu> {
    const menu = await findMenu(reader, retailerId);
    if (!menu) throw new RetailerNotFoundError(retailerId);
    return menu;
  }

  /**
   * Puts a menu into the place of the one before. A touchpoint that it does not name has its default view again.
   *
   * @param version what `If-Match` says, compared with `etagOf` of the menu while nobody else can change it
   * @throws InvalidRequestError PreconditionRequiredError PreconditionFailedError RetailerNotFoundError
   */
  publish(
    actor: Actor,
    retailerId: string,
    touchpoints: readonly TouchpointMenu[],
    version: { ifMatch: string | undefined; etagOf: (retailer: Retailer, menu: Menu) => string },
  ): Promise<Retailer> {
    return this.database.transaction(async (tx) => {
      const retailer = await lockRetailer(tx, retailerId);
      if (!retailer) throw new RetailerNotFoundError(retailerId);
      requireIfMatch(version.ifMatch, version.etagOf(retailer, await this.of(retailerId, tx)));
      const faults = faultsOfMenu(touchpoints, this.vocabularies.current().seenBy(retailerId), retailer.touchpoints);
      if (faults.length > 0) throw new InvalidRequestError(faults);
      retailer.publishMenu(menuOf(touchpoints), this.clock.now());
      await tx.save(retailer);
      await this.tell(tx, actor, retailer);
      return retailer;
    });
  }

  private async tell(tx: Tx, actor: Actor, { id, updatedAt, menuAttributes }: Retailer): Promise<void> {
    const data: JsonObject = { touchpoints: { ...menuAttributes } as JsonObject };
    const event = { type: 'retailer.menu_published', at: updatedAt, retailerId: id, data };
    await this.audit.append(tx, { ...event, actor });
    await this.outbox.enqueue(tx, { ...event, subject: id });
  }
}
