import { Injectable } from '@nestjs/common';
import type { AdapterPayload } from 'oidc-provider';

import type { Consent } from '../consents/consent.entity.js';
import type { ConsentDetail } from '../consents/detail.js';
import { ConsentsService } from '../consents/consents.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { type CustomerKey, customerKey } from '../platform/customer-key.js';
import { EngineContext } from './engine-context.js';

/** A consent as far as one client's tokens are concerned. */
export interface Granted {
  consent: Consent;
  clientId: string;
  /** Tokens of an earlier epoch are dead. */
  epoch: number;
}

/**
 * What the engine calls a grant is a consent seen by one client: `<consent id>.<client id>`. It is read, never written:
 * consents change through the consents module alone.
 */
@Injectable()
export class Grants {
  constructor(
    private readonly consents: ConsentsService,
    private readonly context: EngineContext,
    private readonly clock: Clock,
    private readonly config: Config,
  ) {}

  /** The consent behind a grant's id while it holds, be it paused or not. */
  async find(grantId: string): Promise<Granted | undefined> {
    const { consentId, clientId } = partsOf(grantId);
    const find = () => this.consents.byToken(this.context.reader, consentId, clientId);
    const found = await this.context.once(nameOf(consentId, clientId), find);
    if (!found || found.consent.hasEnded() || found.consent.isOverdue(this.clock.now())) return undefined;
    return { consent: found.consent, clientId, epoch: found.epoch };
  }

  /** A consent that the retailer holds, be it paused or not, by its id. */
  async heldBy(retailerId: string, consentId: string): Promise<Consent | undefined> {
    const holder = await this.consents.holderOf(this.context.reader, consentId);
    const consent = holder && (await this.consents.get(holder, consentId));
    if (consent?.retailerId !== retailerId) return undefined;
    return consent.hasEnded() || consent.isOverdue(this.clock.now()) ? undefined : consent;
  }

  /** Ends every token that the client holds under the consent. The consent stays. */
  async endTokens(customer: CustomerKey, consentId: string, clientId: string): Promise<void> {
    await this.context.transaction((tx) => this.consents.raiseEpoch(tx, customer, consentId, clientId));
    this.context.forget(nameOf(consentId, clientId));
  }

  /** Lets a consent that is good for this client's one token end with it, and answers it; null when it has ended already. */
  async useUp({ consent, clientId }: Granted, end: Date): Promise<Consent | null> {
    const used = await this.context.transaction((tx) => this.consents.useUp(tx, holderOf(consent), consent.id, end));
    this.context.forget(nameOf(consent.id, clientId));
    return used;
  }

  async endTokensOf(grantId: string): Promise<void> {
    const granted = await this.find(grantId);
    if (granted) await this.endTokens(holderOf(granted.consent), granted.consent.id, granted.clientId);
  }

  /** The grant as the engine's own model has it. */
  payloadOf({ consent, clientId }: Granted): AdapterPayload {
    return {
      kind: 'Grant',
      jti: grantIdOf(consent.id, clientId),
      iat: seconds(consent.givenAt),
      exp: seconds(consent.expiresAt),
      accountId: consent.customerId,
      clientId,
      openid: { scope: 'openid offline_access' },
      resources: { [this.config.issuer]: scopesOf(consent.details).join(' ') },
      rar: consent.details.map((detail) => ({ ...detail })),
    };
  }
}

/** Under which the engine's context remembers a grant; an id of a client has no colon. */
function nameOf(consentId: string, clientId: string): string {
  return `grant:${consentId}.${clientId}`;
}

export function grantIdOf(consentId: string, clientId: string): string {
  return `${consentId}.${clientId}`;
}

/** Whose tokens a grant's id is about. */
export function partsOf(grantId: string): { consentId: string; clientId: string } {
  const dot = grantId.indexOf('.');
  return { consentId: grantId.slice(0, dot), clientId: grantId.slice(dot + 1) };
}

export function holderOf({ customerId }: Consent): CustomerKey {
  return customerKey(customerId);
}

/** What tokens of the consent may do: what its lines are about, and to see how the consent stands. */
export function scopesOf(details: readonly ConsentDetail[]): string[] {
  const types = new Set(details.map(({ type }) => type));
  return [
    ...(types.has('ccx_preferences') || types.has('ccx_preferences_special')
      ? ['preferences.read', 'preferences.propose']
      : []),
    ...(types.has('ccx_interactions') || types.has('ccx_interactions_special')
      ? ['interactions.write', 'interactions.read']
      : []),
    'consents.read',
    'grant_management_query',
    'grant_management_revoke',
  ];
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
