import { Injectable } from '@nestjs/common';

import { ForbiddenError } from '../platform/errors.js';
import type { RetailerPrincipal } from '../platform/http/access.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { TillNotServedError } from './snapshots.errors.js';

/** Who may act for tills: a client that serves them, by itself. */
@Injectable()
export class TillClients {
  constructor(private readonly retailers: RetailersService) {}

  /**
   * @throws ForbiddenError for the token of a customer's consent, which speaks of that one customer
   * @throws TillNotServedError
   */
  async assertTheyServeTills({ retailerId, clientId, consent }: RetailerPrincipal): Promise<void> {
    if (consent) throw new ForbiddenError('This takes the client’s own token.');
    const { touchpoints } = await this.retailers.clientOf(retailerId, clientId);
    if (!touchpoints.includes('till')) throw new TillNotServedError();
  }
}
