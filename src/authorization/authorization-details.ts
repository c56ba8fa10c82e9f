import { Injectable } from '@nestjs/common';
import type { AuthorizationDetail, Client, KoaContextWithOIDC } from 'oidc-provider';
import { errors } from 'oidc-provider';

import type { Consent } from '../consents/consent.entity.js';
import { InvalidAuthorizationDetailsError, SpecialAttributesError } from '../consents/consents.errors.js';
import { ConsentRequestsService } from '../consents/consent-requests.service.js';
import { ConsentsService } from '../consents/consents.service.js';
import { type AskedDetail, type ConsentDetail, detailTypes, isSpecialDetail } from '../consents/detail.js';
import { assertOnePart } from '../consents/details.js';
import { differenceOf } from '../consents/difference.js';
import { intersectionOf } from '../consents/intersection.js';
import { Clock } from '../platform/clock.js';
import { customerKey } from '../platform/customer-key.js';
import type { ClientWithRetailer } from '../retailers/retailers.service.js';
import { EngineClients } from './engine-clients.js';
import { EngineContext } from './engine-context.js';
import { GrantManagement } from './grant-management.js';
import { type Granted, grantIdOf, Grants } from './grants.js';
import { namedGrantOf, termsOf } from './request-parameters.js';

interface EngineToken {
  clientId?: string;
  grantId?: string;
}

/** What the engine has to ask us about authorization details (RFC 9396) and the consents that they become. */
@Injectable()
export class AuthorizationDetails {
  /** The types that can be asked for, and how they are checked. */
  readonly types: Record<string, { validate: (ctx: KoaContextWithOIDC) => Promise<void> }>;

  constructor(
    private readonly consents: ConsentsService,
    private readonly requests: ConsentRequestsService,
    private readonly clients: EngineClients,
    private readonly grants: Grants,
    private readonly management: GrantManagement,
    private readonly context: EngineContext,
    private readonly clock: Clock,
  ) {
    // The engine hands over one detail after the other; they are read as a list, so that faults name their place in it.
    const checked = new WeakSet<KoaContextWithOIDC>();
    const validate = async (ctx: KoaContextWithOIDC): Promise<void> => {
      if (checked.has(ctx)) return;
      checked.add(ctx);
      this.checkParts(ctx, await this.read(askedIn(ctx), clientIdOf(ctx)));
    };
    this.types = Object.fromEntries(detailTypes.map((type) => [type, { validate }]));
  }

  /** The details as they are asked for, checked and completed. @throws errors.InvalidAuthorizationDetails */
  async read(details: unknown, clientId: string): Promise<AskedDetail[]> {
    const { client } = await this.activeClient(clientId);
    return inTermsOfOAuth(() => this.requests.read(details, client));
  }

  /** The consent that was just decided, or one that gives all of this already: then nobody is asked again. */
  async existingGrant(ctx: KoaContextWithOIDC): Promise<InstanceType<typeof ctx.oidc.provider.Grant> | undefined> {
    const decided = (ctx.oidc.result?.consent as { grantId?: string } | undefined)?.grantId;
    // What the client held under a grant that has changed ends: it gets tokens for the grant as it is now.
    if (decided !== undefined && namedGrantOf(ctx.oidc.params ?? {})) await this.grants.endTokensOf(decided);
    const grantId = decided ?? (await this.coveringGrantId(ctx));
    return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
  }

  /** What the customer has given, for the authorization response's code. */
  async ofGrant(ctx: KoaContextWithOIDC): Promise<AuthorizationDetail[]> {
    const granted = await this.grantedOf(ctx.oidc.grant?.jti);
    return asEngineDetails(granted.consent.details);
  }

  /**
   * What a token allows that is about to be issued for so many seconds: what is given now, or less if the token request
   * says so. A consent that is good for one token ends with it.
   */
  async ofToken(ctx: KoaContextWithOIDC, token: EngineToken, seconds: number): Promise<AuthorizationDetail[]> {
    if (!token.grantId) {
      throw new errors.InvalidAuthorizationDetails('only customers grant authorization details; ask one of them');
    }
    const granted = await this.grantedOf(token.grantId);
    const { details } = granted.consent.use === 'once' ? await this.usedUp(granted, seconds) : granted.consent;
    return asEngineDetails((await this.narrowed(ctx, details)) ?? details);
  }

  /** What a refresh token is good for: what is given now. */
  async ofRefreshToken({ grantId }: EngineToken): Promise<AuthorizationDetail[]> {
    return asEngineDetails((await this.grantedOf(grantId)).consent.details);
  }

  /** Claims of access tokens beyond RFC 9068. */
  async claimsOf(ctx: KoaContextWithOIDC, token: EngineToken): Promise<Record<string, unknown>> {
    const { retailer } = await this.activeClient(token.clientId ?? '');
    if (!token.grantId) return { retailer_id: retailer.id };
    const { consent, epoch } = await this.grantedOf(token.grantId);
    return {
      retailer_id: retailer.id,
      consent_id: consent.id,
      epoch,
      ...(asksForLess(ctx) && { narrowed: true }),
    };
  }

  /** One clock for the one who issues and the one who verifies. */
  dateByClock(jwt: { payload: Record<string, unknown> }, seconds: number): void {
    const iat = Math.floor(this.clock.now().getTime() / 1000);
    Object.assign(jwt.payload, { iat, exp: iat + seconds });
  }

  async isStanding(ctx: KoaContextWithOIDC): Promise<boolean> {
    const { consent } = await this.grantedOf(ctx.oidc.grant?.jti);
    return consent.use === 'standing';
  }

  /** A client may ask about tokens of its own retailer. Those of a paused consent are not active meanwhile. */
  async mayInspect(client: Client, token: EngineToken): Promise<boolean> {
    const asking = await this.activeClient(client.clientId);
    const holder = await this.clients.active(this.context.reader, token.clientId ?? '');
    if (holder?.retailer.id !== asking.retailer.id) return false;
    if (!token.grantId) return true;
    const granted = await this.grants.find(token.grantId);
    return granted?.consent.status === 'active';
  }

  private async coveringGrantId(ctx: KoaContextWithOIDC): Promise<string | undefined> {
    const { accountId } = ctx.oidc.session ?? {};
    if (!accountId) return undefined;
    const params = ctx.oidc.params ?? {};
    const clientId = clientIdOf(ctx);
    const { retailer } = await this.activeClient(clientId);
    const customer = customerKey(accountId);
    await this.management.assertHolder(customer, retailer.id, params);
    const { use, action, maxReadsPerDay } = termsOf(params);
    if (use === 'once' || action === 'replace') return undefined;
    const details = await this.read(askedIn(ctx), clientId);
    const asked = { details, ...(maxReadsPerDay !== undefined && { maxReadsPerDay }) };
    return this.context.transaction(async (tx) => {
      const consent = await this.consents.covering(tx, customer, retailer.id, asked);
      if (!consent) return undefined;
      await this.consents.enrolClient(tx, consent, clientId);
      return grantIdOf(consent.id, clientId);
    });
  }

  /** Also when the token is refused in the end: the code was good for this one attempt. */
  private async usedUp(granted: Granted, seconds: number): Promise<Consent> {
    const used = await this.grants.useUp(granted, new Date(this.clock.now().getTime() + seconds * 1000));
    if (!used) throw new errors.InvalidGrant('the consent has ended');
    return used;
  }

  /** Some requests are one decision, and a device is never told anything special. */
  private checkParts({ oidc }: KoaContextWithOIDC, details: readonly AskedDetail[]): void {
    if (oidc.route === 'device_authorization' && details.some(isSpecialDetail)) {
      throw new errors.InvalidAuthorizationDetails('what is special cannot be asked for by a device');
    }
    if (oidc.params?.['ccx_use'] === 'once') inTermsOfOAuth(() => assertOnePart(details));
  }

  /** What a token request leaves of what is given; undefined when it leaves everything. */
  private async narrowed(
    ctx: KoaContextWithOIDC,
    given: readonly ConsentDetail[],
  ): Promise<ConsentDetail[] | undefined> {
    if (!asksForLess(ctx)) return undefined;
    const details = await this.read(askedIn(ctx), clientIdOf(ctx));
    if (!differenceOf({ details }, { details: given }, this.clock.now()).complete) {
      throw new errors.InvalidAuthorizationDetails('the customer has not given all of this');
    }
    return intersectionOf(given, details);
  }

  private async grantedOf(grantId: string | undefined): Promise<Granted> {
    const granted = grantId === undefined ? undefined : await this.grants.find(grantId);
    if (!granted) throw new errors.InvalidGrant('the consent has ended');
    return granted;
  }

  private async activeClient(clientId: string): Promise<ClientWithRetailer> {
    const found = await this.clients.active(this.context.reader, clientId);
    if (!found) throw new errors.InvalidClient('client is invalid', 'client not found');
    return found;
  }
}

function asEngineDetails(details: readonly ConsentDetail[]): AuthorizationDetail[] {
  return details.map((detail) => ({ ...detail }));
}

/** Whether a token request says that the token is to be good for a part of what is given. */
function asksForLess({ oidc }: KoaContextWithOIDC): boolean {
  return oidc.route === 'token' && oidc.params?.['authorization_details'] !== undefined;
}

/** The details of a request; the engine has found them to be JSON. */
function askedIn({ oidc }: KoaContextWithOIDC): unknown {
  const asked = oidc.params?.['authorization_details'];
  return typeof asked === 'string' ? (JSON.parse(asked) as unknown) : undefined;
}

function clientIdOf({ oidc }: KoaContextWithOIDC): string {
  return oidc.client?.clientId ?? '';
}

/** Faults of details as the engine tells them. */
function inTermsOfOAuth<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidAuthorizationDetailsError || error instanceof SpecialAttributesError) {
      throw new errors.InvalidAuthorizationDetails(inEnglishLetters(error.message));
    }
    throw error;
  }
}

/** `error_description` takes ASCII without quotes and backslashes (RFC 6749 §5.2). */
function inEnglishLetters(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}
