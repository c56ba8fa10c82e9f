import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import type { Tx } from '../platform/database/database.js';
import { engineRoutes } from './engine-routes.js';
import { EngineClients } from './engine-clients.js';
import { Grants, holderOf } from './grants.js';

/** Tells the audit log which tokens were issued and revoked, in the transaction in which that happens. */
@Injectable()
export class TokenJournal {
  constructor(
    private readonly audit: AuditService,
    private readonly clients: EngineClients,
    private readonly grants: Grants,
    private readonly clock: Clock,
  ) {}

  /** Records what the engine has just done for this request; a refusal changes nothing that matters to anyone. */
  async record(tx: Tx, ctx: KoaContextWithOIDC): Promise<void> {
    if (ctx.status !== 200) return;
    const { AccessToken, ClientCredentials, RefreshToken, Client } = ctx.oidc.entities;
    const token = AccessToken ?? ClientCredentials ?? RefreshToken;
    if (!token || !Client) return;
    const holder = await this.clients.active(tx, Client.clientId);
    if (!holder) return;
    const revoked = ctx.path === engineRoutes.revocation;
    const grantId = 'grantId' in token ? token.grantId : undefined;
    const granted = grantId ? await this.grants.find(grantId) : undefined;
    await this.audit.append(tx, {
      type: revoked ? 'token.revoked' : 'token.issued',
      at: this.clock.now(),
      actor: { kind: 'retailer', id: holder.retailer.id, client: Client.clientId },
      retailerId: holder.retailer.id,
      ...(granted && {
        customer: holderOf(granted.consent),
        consent: { id: granted.consent.id, version: granted.consent.version },
      }),
      data: revoked
        ? { token: token.kind }
        : {
            grant_type: String(ctx.oidc.params?.['grant_type']),
            scope: token.scope ?? '',
            ...(granted?.consent.use === 'once' && { consent_expires_at: granted.consent.expiresAt.toISOString() }),
          },
    });
  }
}
