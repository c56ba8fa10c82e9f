import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { ConsentsService } from '../consents/consents.service.js';
import { CustomersService } from '../customers/customers.service.js';
import { DelegationRights } from '../customers/delegation-rights.service.js';
import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { Database } from '../platform/database/database.js';
import { ForbiddenError, InvalidProofError, InvalidRequestError, UnauthenticatedError } from '../platform/errors.js';
import {
  type AccessRule,
  accessRule,
  checksClientInStatement,
  isDelegable,
  type Principal,
  recordsProof,
  type RetailerPrincipal,
} from '../platform/http/access.js';
import { DelegationNotValidError, NotDelegableError } from '../platform/http/delegation.errors.js';
import { RetailersService } from '../retailers/retailers.service.js';
import { StaffService } from '../staff/staff.service.js';
import { recordOnce } from './artifacts.queries.js';
import { checkProof } from './dpop-proof.js';
import { type RetailerToken, RetailerTokens } from './retailer-tokens.js';

const ACTING_FOR = 'ccx-acting-for';

interface Credentials {
  readonly scheme: 'bearer' | 'dpop';
  readonly token: string;
}

/**
 * Lets a call pass only when its route says who may call it and the caller is one of them. Who cannot be told from
 * their token is 401; who can, but may not do this, is 403.
 */
@Injectable()
export class AccessGuard implements CanActivate {
  constructor(
    private readonly customers: CustomersService,
    private readonly delegations: DelegationRights,
    private readonly staff: StaffService,
    private readonly retailers: RetailersService,
    private readonly consents: ConsentsService,
    private readonly tokens: RetailerTokens,
    private readonly database: Database,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const handler = context.getHandler();
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const rule = accessRule(handler);
    if (!rule) throw new ForbiddenError('Nobody may call this: the route does not say who.');
    request.principal =
      rule.audience === 'public' ? { kind: 'public' } : await this.principalOf(request, rule, handler);
    if (request.principal.kind !== 'customer') refuseActing(request);
    return true;
  }

  private async principalOf(request: FastifyRequest, rule: AccessRule, handler: object): Promise<Principal> {
    const credentials = credentialsOf(request);
    const token = await this.retailerToken(credentials);
    const caller = token ? this.retailer(request, credentials, token) : await this.person(credentials);
    if (!caller) throw new UnauthenticatedError();
    isFor(caller, rule);
    const principal = await this.acting(request, caller, handler);
    hasScopes(principal, rule);
    if (principal.kind === 'retailer') await this.stands(principal, handler);
    return principal;
  }

  /** The caller as whoever they act for, when they say that they do. */
  private async acting({ headers }: FastifyRequest, caller: Principal, handler: object): Promise<Principal> {
    const delegationId = headers[ACTING_FOR];
    if (delegationId === undefined || caller.kind !== 'customer') return caller;
    if (!isDelegable(handler)) throw new NotDelegableError();
    const acting = await this.delegations.actingFor(caller, String(delegationId));
    if (!acting) throw new DelegationNotValidError();
    return acting;
  }

  private async person({ scheme, token }: Credentials): Promise<Principal | null> {
    if (scheme !== 'bearer') return null;
    return (await this.customers.authenticate(token)) ?? (await this.staff.authenticate(token));
  }

  private async retailerToken({ token }: Credentials): Promise<RetailerToken | null> {
    // Customers' and staff's tokens are opaque; only a retailer's is a JWT.
    if (!token.includes('.')) return null;
    const verified = await this.tokens.verify(token);
    if (!verified) throw new UnauthenticatedError();
    return verified;
  }

  private retailer(request: FastifyRequest, { scheme }: Credentials, verified: RetailerToken): RetailerPrincipal {
    const { retailerId, clientId, scopes, consent, narrowedTo, thumbprint, hash } = verified;
    if ((scheme === 'dpop') !== (thumbprint !== undefined)) {
      throw new UnauthenticatedError(
        thumbprint ? 'The token is bound to a key: send it as DPoP, with a proof.' : 'The token is a bearer token.',
      );
    }
    const proof = thumbprint
      ? checkProof(request.headers.dpop as string | undefined, {
          method: request.method,
          url: this.config.issuer + request.originalUrl,
          tokenHash: hash,
          thumbprint,
          now: this.clock.now(),
        })
      : undefined;
    return {
      kind: 'retailer',
      retailerId,
      clientId,
      scopes,
      tokenHash: hash,
      ...(consent && { consent }),
      ...(narrowedTo && { narrowedTo }),
      ...(proof && { proof }),
    };
  }

  /** What the route does not see to itself: that the proof is new, that client and retailer are active, and the consent. */
  private async stands(principal: RetailerPrincipal, handler: object): Promise<void> {
    const { proof, clientId } = principal;
    if (proof && !recordsProof(handler)) {
      const first = await recordOnce(this.database.reader, 'dpop_proofs', proof.jtiHash, proof.expiresAt);
      if (!first) throw new InvalidProofError('This DPoP proof has been used before.');
    }
    if (checksClientInStatement(handler)) return;
    await this.retailers.assertActive(clientId);
    await this.consents.assertTokenHolds(principal);
  }
}

function credentialsOf({ headers }: FastifyRequest): Credentials {
  const [, scheme, token] = /^(bearer|dpop) +([\x21-\x7e]+) *$/i.exec(headers.authorization ?? '') ?? [];
  if (!scheme || !token) throw new UnauthenticatedError();
  return { scheme: scheme.toLowerCase() as Credentials['scheme'], token };
}

/** Only customers act for each other. Anybody else who says so is told, rather than answered about something else. */
function refuseActing({ headers }: FastifyRequest): void {
  if (headers[ACTING_FOR] === undefined) return;
  throw new InvalidRequestError([
    { pointer: 'header/CCX-Acting-For', detail: 'means something with the token of a customer only' },
  ]);
}

function isFor(principal: Principal, { audience }: AccessRule): void {
  const isStaff = principal.kind === 'auditor' || principal.kind === 'operator';
  if (principal.kind !== audience && !(audience === 'staff' && isStaff))
    throw new ForbiddenError(`Only a token of a ${audience} allows this.`);
}

function hasScopes(principal: Principal, { scopes }: AccessRule): void {
  const held = principal.kind === 'public' ? [] : principal.scopes;
  if (scopes.every((scope) => held.includes(scope))) return;
  const isActing = principal.kind === 'customer' && principal.delegation;
  throw new ForbiddenError(`The ${isActing ? 'token or the delegation' : 'token'} lacks a scope that this needs.`, {
    extensions: { required_scopes: [...scopes] },
  });
}
