import { Injectable } from '@nestjs/common';
import type { AuthorizationDetail, Client, KoaContextWithOIDC } from 'oidc-provider';
import { errors } from 'oidc-provider';

import { InvalidAuthorizationDetailsError, SpecialAttributesError } from '../consents/consents.errors.js';
import { ConsentRequestsService } from '../consents/consent-requests.service.js';
import { ConsentsService } from '../consents/consents.service.js';
import type { ConsentUse } from '../consents/consent.entity.js';
import { type AskedDetail, type ConsentDetail, detailTypes } from '../consents/detail.js';
import { differenceOf } from '../consents/difference.js';
import { Clock } from '../platform/clock.js';
import { customerKey } from '../platform/customer-key.js';
import type { ClientWithRetailer } from '../retailers/retailers.service.js';
import { EngineClients } from './engine-clients.js';
import { EngineContext } from './engine-context.js';
import { type Granted, grantIdOf, Grants } from './grants.js';

/** What a retailer asks for in an authorization request, beside the details themselves. */
export interface AskedTerms {
  readonly use: ConsentUse;
  readonly lifetimeDays: number;
}

export const DEFAULT_LIFETIME_DAYS = 365;
export const LONGEST_LIFETIME_DAYS = 366;

interface EngineToken {
  kind?: string;
  clientId?: string;
  grantId?: string;
  rar?: AuthorizationDetail[];
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
    private readonly context: EngineContext,
    private readonly clock: Clock,
  ) {
    // The engine hands over one detail after the other; they are read as a list, so that faults name their place in it.
    const checked = new WeakSet<KoaContextWithOIDC>();
    const validate = async (ctx: KoaContextWithOIDC): Promise<void> => {
      if (checked.has(ctx)) return;
      checked.add(ctx);
      await this.read(askedIn(ctx), clientIdOf(ctx));
    };
    this.types = Object.fromEntries(detailTypes.map((type) => [type, { validate }]));
  }

  /** The details as they are asked for, checked and completed. @throws errors.InvalidAuthorizationDetails */
  async read(details: unknown, clientId: string): Promise<AskedDetail[]> {
    const { client } = await this.activeClient(clientId);
    try {
      return this.requests.read(details, client);
    } catch (error) {
      if (error instanceof InvalidAuthorizationDetailsError || error instanceof SpecialAttributesError) {
        throw new errors.InvalidAuthorizationDetails(inEnglishLetters(error.message));
      }
      throw error;
    }
  }

  checkUse({ oidc }: KoaContextWithOIDC, use: string | undefined): void {
    if (!oidc.params?.['authorization_details']) {
      throw new errors.InvalidRequest('authorization_details is required: it says what the customer is asked for');
    }
    if (use !== undefined && use !== 'standing' && use !== 'once') {
      throw new errors.InvalidRequest('ccx_use must be standing or once');
    }
  }

  checkLifetime(days: string | undefined): void {
    if (days === undefined) return;
    if (!/^\d{1,3}$/.test(days) || Number(days) < 1 || Number(days) > LONGEST_LIFETIME_DAYS) {
      throw new errors.InvalidRequest(`ccx_lifetime_days must be 1 to ${LONGEST_LIFETIME_DAYS}`);
    }
  }

  /** The consent that was just decided, or one that gives all of this already: then nobody is asked again. */
  async existingGrant(ctx: KoaContextWithOIDC): Promise<InstanceType<typeof ctx.oidc.provider.Grant> | undefined> {
    const decided = (ctx.oidc.result?.consent as { grantId?: string } | undefined)?.grantId;
    const grantId = decided ?? (await this.coveringGrantId(ctx));
    return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
  }

  /** What the customer has given, for the authorization response's code. */
  async ofGrant(ctx: KoaContextWithOIDC): Promise<AuthorizationDetail[]> {
    const granted = await this.grantedOf(ctx.oidc.grant?.jti);
    return asEngineDetails(granted.consent.details);
  }

  /** What a token allows: what is given now, at fewer touchpoints if the token request says so. */
  async ofToken(ctx: KoaContextWithOIDC, token: EngineToken): Promise<AuthorizationDetail[]> {
    if (!token.grantId) {
      throw new errors.InvalidAuthorizationDetails('only customers grant authorization details; ask one of them');
    }
    const { consent } = await this.grantedOf(token.grantId);
    const touchpoints = await this.narrowedTo(ctx, consent.details);
    return asEngineDetails(touchpoints ? atTouchpoints(consent.details, touchpoints) : consent.details);
  }

  /** Claims of access tokens beyond RFC 9068. */
  async claimsOf(ctx: KoaContextWithOIDC, token: EngineToken): Promise<Record<string, unknown>> {
    const { retailer } = await this.activeClient(token.clientId ?? '');
    if (!token.grantId) return { retailer_id: retailer.id };
    const { consent, epoch } = await this.grantedOf(token.grantId);
    const touchpoints = await this.narrowedTo(ctx, consent.details);
    return {
      retailer_id: retailer.id,
      consent_id: consent.id,
      epoch,
      ...(touchpoints && { touchpoints }),
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
    if (!accountId || ctx.oidc.params?.['ccx_use'] === 'once') return undefined;
    const clientId = clientIdOf(ctx);
    const { retailer } = await this.activeClient(clientId);
    const details = await this.read(askedIn(ctx), clientId);
    const customer = customerKey(accountId);
    return this.context.transaction(async (tx) => {
      const consent = await this.consents.covering(tx, customer, retailer.id, details);
      if (!consent) return undefined;
      await this.consents.enrolClient(tx, consent, clientId);
      return grantIdOf(consent.id, clientId);
    });
  }

  private async narrowedTo(ctx: KoaContextWithOIDC, given: readonly ConsentDetail[]): Promise<string[] | undefined> {
    const asked = askedIn(ctx);
    if (ctx.oidc.route !== 'token' || asked === undefined) return undefined;
    const details = await this.read(asked, clientIdOf(ctx));
    if (!differenceOf(details, given, this.clock.now()).complete) {
      throw new errors.InvalidAuthorizationDetails('the customer has not given all of this');
    }
    return [...new Set(details.flatMap(({ touchpoints }) => touchpoints))].sort();
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

/** What was asked for beside the details; the values have been checked. */
export function termsOf(params: Readonly<Record<string, unknown>>): AskedTerms {
  return {
    use: params['ccx_use'] === 'once' ? 'once' : 'standing',
    lifetimeDays: Number(params['ccx_lifetime_days'] ?? DEFAULT_LIFETIME_DAYS),
  };
}

function atTouchpoints(details: readonly ConsentDetail[], touchpoints: readonly string[]): ConsentDetail[] {
  return details
    .map((detail) => ({ ...detail, touchpoints: detail.touchpoints.filter((name) => touchpoints.includes(name)) }))
    .filter((detail) => detail.touchpoints.length > 0);
}

function asEngineDetails(details: readonly ConsentDetail[]): AuthorizationDetail[] {
  return details.map((detail) => ({ ...detail }));
}

/** The details of a request; the engine has found them to be JSON. */
function askedIn({ oidc }: KoaContextWithOIDC): unknown {
  const asked = oidc.params?.['authorization_details'];
  return typeof asked === 'string' ? (JSON.parse(asked) as unknown) : undefined;
}

function clientIdOf({ oidc }: KoaContextWithOIDC): string {
  return oidc.client?.clientId ?? '';
}

/** `error_description` takes ASCII without quotes and backslashes (RFC 6749 §5.2). */
function inEnglishLetters(text: string): string {
  return text.replaceAll(/["\\]/g, "'").replaceAll(/[^\x20-\x7e]/g, '?');
}
