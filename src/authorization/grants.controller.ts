import { Controller, Delete, Get, Param } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';

import { givenExample } from '../consents/consent-examples.js';
import type { Consent } from '../consents/consent.entity.js';
import { ConsentLifecycle } from '../consents/consent-lifecycle.service.js';
import { ConsentPausedError } from '../consents/consents.errors.js';
import { Config } from '../platform/config/config.js';
import { Access, actorOf, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { RetailerSuspendedError } from '../retailers/retailers.errors.js';
import { GRANTS_PATH } from './engine-routes.js';
import { GrantDto } from './grants.dto.js';
import { GrantNotFoundError } from './grants.errors.js';
import { Grants, holderOf } from './grants.js';

const tag = 'Grants (retailer)';
const id = '01995f9e-6a3c-7c4e-9a52-3f0d8f1f2b61';
const example = {
  grant_id: id,
  status: 'active',
  scopes: [{ scope: 'preferences.read preferences.propose consents.read', resource: ['https://ccx.example'] }],
  claims: [],
  authorization_details: [givenExample[0]],
  ccx_max_reads_per_day: 20,
  created_at: '2026-11-01T09:30:00.000Z',
  last_updated_at: '2026-11-01T09:30:00.000Z',
  expires_at: '2027-11-01T09:30:00.000Z',
};

/** Grant Management for OAuth 2.0 (draft 03): what OAuth calls a grant is the consent that the retailer holds. */
@Controller(GRANTS_PATH)
export class GrantsController {
  constructor(
    private readonly grants: Grants,
    private readonly lifecycle: ConsentLifecycle,
    private readonly config: Config,
  ) {}

  @Get(':id')
  @Access('retailer', 'grant_management_query')
  @ApiParam({ name: 'id', description: 'The `grant_id` of a token answer.', example: id })
  @Operation({
    id: 'getGrant',
    tag,
    summary: 'See what a customer has given',
    description:
      'With a token of any client of the retailer, or with one that belongs to this very consent. Once the consent has ended there is no grant.',
    ok: { status: 200, type: GrantDto, description: 'The grant as it stands.', example },
    errors: [GrantNotFoundError, ConsentPausedError, RetailerSuspendedError],
  })
  async get(@CurrentRetailer() retailer: RetailerPrincipal, @Param('id') grantId: string): Promise<GrantDto> {
    return GrantDto.of(await this.held(retailer, grantId), this.config.issuer);
  }

  @Delete(':id')
  @Access('retailer', 'grant_management_revoke')
  @ApiParam({ name: 'id', description: 'The `grant_id` of a token answer.', example: id })
  @Operation({
    id: 'revokeGrant',
    tag,
    summary: 'Give a consent back',
    description:
      'Ends the customer’s consent at once, with all tokens under it; the customer sees that you ended it. To end your tokens and keep the consent, revoke them at `/oauth/revoke`.',
    ok: { status: 204, description: 'The consent has ended.' },
    errors: [GrantNotFoundError, ConsentPausedError, RetailerSuspendedError],
  })
  async revoke(@CurrentRetailer() retailer: RetailerPrincipal, @Param('id') grantId: string): Promise<void> {
    const consent = await this.held(retailer, grantId);
    await this.lifecycle.withdraw(holderOf(consent), consent.id, { actor: actorOf(retailer) });
  }

  /** A token that belongs to a consent reaches no other. */
  private async held({ retailerId, consent: own }: RetailerPrincipal, grantId: string): Promise<Consent> {
    const consent = own && own.id !== grantId ? undefined : await this.grants.heldBy(retailerId, grantId);
    if (!consent) throw new GrantNotFoundError(grantId);
    return consent;
  }
}
