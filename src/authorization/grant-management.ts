import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { errors } from 'oidc-provider';

import type { CustomerKey } from '../platform/customer-key.js';
import { EngineClients } from './engine-clients.js';
import { EngineContext } from './engine-context.js';
import { Grants } from './grants.js';
import { checkGrantParameters, namedGrantOf, type RequestParameters } from './request-parameters.js';

/** The grant that a client has named is not one that it can have changed. */
export class GrantMismatch extends errors.CustomOIDCProviderError {
  constructor(description: string) {
    super('invalid_grant_id', description);
  }
}

/** Grant Management for OAuth 2.0 (draft 03), as far as authorization requests are concerned. A grant is a consent. */
@Injectable()
export class GrantManagement {
  constructor(
    private readonly grants: Grants,
    private readonly clients: EngineClients,
    private readonly context: EngineContext,
  ) {}

  /**
   * What can be said of a request before anybody has signed in.
   * @throws errors.InvalidRequest, GrantMismatch
   */
  async check({ oidc }: KoaContextWithOIDC): Promise<void> {
    const params = oidc.params ?? {};
    checkGrantParameters(params);
    if (params['grant_management_action'] === undefined) return;
    if (oidc.client?.clientAuthMethod === 'none') {
      throw new errors.InvalidRequest('grant management is for clients that authenticate');
    }
    const named = namedGrantOf(params);
    const asking = named && (await this.clients.active(this.context.reader, oidc.client?.clientId ?? ''));
    const consent = asking && (await this.grants.heldBy(asking.retailer.id, named.id));
    if (named && consent?.use !== 'standing') {
      throw new GrantMismatch('grant_id does not name a standing consent that your retailer holds');
    }
  }

  /**
   * That the grant which a request names, if any, is the standing consent of the very customer who has signed in.
   * @throws GrantMismatch
   */
  async assertHolder(customer: CustomerKey, retailerId: string, params: RequestParameters): Promise<void> {
    const named = namedGrantOf(params);
    if (!named) return;
    const consent = await this.grants.heldBy(retailerId, named.id);
    if (consent?.customerId !== customer.customerId || consent.use !== 'standing') {
      throw new GrantMismatch('grant_id does not name a consent of the customer who has signed in');
    }
  }
}
