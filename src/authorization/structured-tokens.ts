import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { AuditService } from '../audit/audit.service.js';
import { withinToken } from '../consents/intersection.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import type { Tx } from '../platform/database/database.js';
import { EngineClients } from './engine-clients.js';
import { EngineContext } from './engine-context.js';
import { type Granted, grantIdOf, Grants, holderOf } from './grants.js';
import { type RetailerToken, RetailerTokens } from './retailer-tokens.js';

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of access tokens. The engine authenticates the client, then
 * refuses every JWT because it keeps none; at that point we take over.
 */
@Injectable()
export class StructuredTokens {
  constructor(
    private readonly tokens: RetailerTokens,
    private readonly clients: EngineClients,
    private readonly grants: Grants,
    private readonly context: EngineContext,
    private readonly audit: AuditService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  /** Answers an introspection that the engine has declined. */
  async introspect(ctx: KoaContextWithOIDC): Promise<void> {
    if (!declined(ctx)) return;
    const token = await this.ofOwnRetailer(ctx);
    const granted = token?.consent && (await this.liveGrant(token));
    const active = token && (token.consent ? granted?.consent.status === 'active' : true);
    ctx.status = 200;
    ctx.body = active ? this.describe(token, granted) : { active: false };
  }

  /**
   * Revokes an access token that the engine has declined: with it go all tokens of the client under that consent. A
   * token without a consent cannot be revoked; it ends within minutes.
   */
  async revoke(ctx: KoaContextWithOIDC): Promise<void> {
    if (!declined(ctx)) return;
    const token = await this.ofOwnRetailer(ctx);
    if (token && !token.consent) return;
    ctx.status = 200;
    ctx.body = '';
    const granted = token && (await this.liveGrant(token));
    if (!token || !granted || token.clientId !== ctx.oidc.client?.clientId) return;
    await this.context.transaction((tx) => this.context.run({ tx }, () => this.end(tx, token, granted)));
  }

  private async end(tx: Tx, { retailerId, clientId }: RetailerToken, { consent }: Granted): Promise<void> {
    const customer = holderOf(consent);
    await this.grants.endTokens(customer, consent.id, clientId);
    await this.audit.append(tx, {
      type: 'token.revoked',
      at: this.clock.now(),
      actor: { kind: 'retailer', id: retailerId, client: clientId },
      retailerId,
      customer,
      consent: { id: consent.id, version: consent.version },
      data: { token: 'AccessToken' },
    });
  }

  private async ofOwnRetailer(ctx: KoaContextWithOIDC): Promise<RetailerToken | null> {
    const asking = await this.clients.active(this.context.reader, ctx.oidc.client?.clientId ?? '');
    const token = await this.tokens.verify(String(ctx.oidc.params?.['token']));
    const holder = token && (await this.clients.active(this.context.reader, token.clientId));
    return token && holder && token.retailerId === asking?.retailer.id ? token : null;
  }

  private async liveGrant({ consent, clientId }: RetailerToken): Promise<Granted | undefined> {
    const granted = consent && (await this.grants.find(grantIdOf(consent.id, clientId)));
    return granted?.epoch === consent?.epoch ? granted : undefined;
  }

  private describe(token: RetailerToken, granted: Granted | undefined): Record<string, unknown> {
    return {
      active: true,
      iss: this.config.issuer,
      aud: this.config.issuer,
      sub: token.consent?.subject ?? token.clientId,
      client_id: token.clientId,
      scope: token.scopes.join(' '),
      jti: token.jti,
      iat: token.issuedAt,
      exp: token.expiresAt,
      token_type: token.thumbprint ? 'DPoP' : 'Bearer',
      ...(token.thumbprint && { cnf: { jkt: token.thumbprint } }),
      ...(granted && {
        consent_id: granted.consent.id,
        // What the token is good for now: the customer may have taken something back since it was made.
        authorization_details: withinToken(granted.consent.details, token),
      }),
    };
  }
}

function declined(ctx: KoaContextWithOIDC): boolean {
  const { error } = (ctx.body ?? {}) as { error?: string };
  return ctx.status === 400 && error === 'unsupported_token_type' && ctx.oidc.client !== undefined;
}
