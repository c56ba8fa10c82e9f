import { Injectable } from '@nestjs/common';
import { decodeProtectedHeader, errors, jwtVerify, type JWTPayload } from 'jose';
import { LRUCache } from 'lru-cache';

import { Clock } from '../platform/clock.js';
import { Config } from '../platform/config/config.js';
import { sha256 } from '../platform/crypto/seal.js';
import { SigningKeys } from '../platform/crypto/signing-keys.js';
import type { CustomerKey } from '../platform/customer-key.js';
import { RetailersService } from '../retailers/retailers.service.js';

/** An access token of a retailer's client whose signature and claims have been verified. */
export interface RetailerToken {
  readonly hash: string;
  readonly jti: string;
  readonly retailerId: string;
  readonly clientId: string;
  readonly scopes: readonly string[];
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** The thumbprint of the key to which it is bound; a bearer token has none. */
  readonly thumbprint?: string;
  readonly consent?: {
    readonly id: string;
    readonly customer: CustomerKey;
    readonly epoch: number;
    readonly subject: string;
  };
  /** The lines that it is good for, when it was made for a part of the consent only. */
  readonly narrowedTo?: readonly object[];
}

interface Claims extends JWTPayload {
  client_id: string;
  retailer_id: string;
  scope?: string;
  cnf?: { jkt?: string };
  consent_id?: string;
  epoch?: number;
  narrowed?: true;
  authorization_details?: object[];
}

const CACHED = 50_000;
const CACHED_FOR_MS = 60_000;
const LONGEST_TOKEN = 16_000;

const noneVerified = () => new LRUCache<string, RetailerToken>({ max: CACHED, ttl: CACHED_FOR_MS });

/**
 * Verifies retailers' access tokens (RFC 9068). What was verified is remembered for a minute: a signature costs more
 * than all else that a read does. Whether consent, client and retailer still stand is never remembered.
 */
@Injectable()
export class RetailerTokens {
  private verified = noneVerified();

  constructor(
    private readonly keys: SigningKeys,
    private readonly retailers: RetailersService,
    private readonly config: Config,
    private readonly clock: Clock,
  ) {
    // A key may have been revoked. In a new cache there is nothing of it, nor will what is being verified get there.
    keys.onChange(() => {
      this.verified = noneVerified();
    });
  }

  /** The token, or null when it is forged, expired, or not an access token of this service. */
  async verify(token: string): Promise<RetailerToken | null> {
    if (token.length > LONGEST_TOKEN) return null;
    const hash = sha256(token).toString('base64url');
    const { verified } = this;
    let known: RetailerToken | null | undefined = verified.get(hash);
    if (!known) {
      known = await this.read(token, hash);
      if (known) verified.set(hash, known);
    }
    return known && this.clock.now().getTime() < known.expiresAt * 1000 ? known : null;
  }

  private async read(token: string, hash: string): Promise<RetailerToken | null> {
    const claims = await this.claimsOf(token);
    if (!claims) return null;
    const consent = await this.consentOf(claims);
    if (consent === null) return null;
    return {
      hash,
      jti: String(claims.jti),
      retailerId: claims.retailer_id,
      clientId: claims.client_id,
      scopes: claims.scope ? claims.scope.split(' ') : [],
      issuedAt: claims.iat ?? 0,
      expiresAt: claims.exp ?? 0,
      ...(claims.cnf?.jkt && { thumbprint: claims.cnf.jkt }),
      ...(consent && { consent }),
      ...(claims.narrowed && { narrowedTo: claims.authorization_details ?? [] }),
    };
  }

  private async claimsOf(token: string): Promise<Claims | null> {
    try {
      const { kid } = decodeProtectedHeader(token);
      const key = kid === undefined ? undefined : await this.keys.verificationKey(kid);
      if (!key) return null;
      const { payload } = await jwtVerify<Claims>(token, key, {
        algorithms: ['ES256'],
        typ: 'at+jwt',
        issuer: this.config.issuer,
        audience: this.config.issuer,
        requiredClaims: ['exp', 'sub', 'client_id', 'retailer_id', 'jti'],
        currentDate: this.clock.now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JOSEError || error instanceof TypeError) return null;
      throw error;
    }
  }

  /** undefined for a token without a customer, null when its subject is none of this retailer's. */
  private async consentOf({ consent_id, epoch, sub, retailer_id }: Claims): Promise<RetailerToken['consent'] | null> {
    if (consent_id === undefined) return undefined;
    const customer = await this.retailers.customerOf(retailer_id, String(sub));
    if (!customer || epoch === undefined) return null;
    return { id: consent_id, customer, epoch, subject: String(sub) };
  }
}
