import { Injectable } from '@nestjs/common';
import { type AdapterPayload, errors, type KoaContextWithOIDC, Provider } from 'oidc-provider';

import { RateLimitedError } from '../platform/errors.js';
import { CallerAddress } from '../platform/http/caller-address.js';
import { RateLimits } from '../platform/http/rate-limits.js';
import { ArtifactStore } from './artifact-store.js';
import { FormTokens } from './pages/form-token.js';

/** How often a device may ask, as it is told. */
export const POLL_EVERY_SECONDS = 5;
/** Two questions may come closer to each other than they were sent. */
const POLL_EARLY_MS = 1_000;

/** More codes have been typed from one address than anybody mistypes. */
export class TooManyCodes extends errors.OIDCProviderError {
  constructor(readonly headers: Readonly<Record<string, string>>) {
    super(429, 'temporarily_unavailable');
  }
}

/** The codes that devices show (RFC 8628): people type them, so that they are short and could be guessed. */
@Injectable()
export class DeviceCodes {
  constructor(
    private readonly artifacts: ArtifactStore,
    private readonly limits: RateLimits,
    private readonly addresses: CallerAddress,
    private readonly tokens: FormTokens,
  ) {}

  /**
   * Finds what a code stands for. Whoever types one is counted; whoever confirms one must have been shown what it
   * stands for.
   * @throws TooManyCodes
   */
  async find(userCode: string): Promise<AdapterPayload | undefined> {
    const ctx = contextOfEngine();
    const { confirm, abort } = ctx.oidc.params ?? {};
    const answer = confirm ?? abort;
    if (answer === undefined) await this.count(ctx);
    else if (!this.tokens.areSame(this.confirmation(ctx, userCode), answer)) {
      throw new errors.InvalidRequest('the form was not made for this code');
    }
    return this.artifacts.findDeviceByUserCode(userCode);
  }

  private async count(ctx: KoaContextWithOIDC): Promise<void> {
    try {
      await this.limits.consume('device-code', this.addresses.of(ctx.req));
    } catch (error) {
      throw error instanceof RateLimitedError ? new TooManyCodes({ ...error.headers }) : error;
    }
  }

  /** What the form that confirms a code carries: it was made for this code and this browser, by us. */
  confirmation(ctx: KoaContextWithOIDC, userCode: string): string {
    return this.tokens.make('device', secretOf(ctx), userCode);
  }

  /** Keeps a code as it stands now. Of any number of browsers that confirm it at once, one goes on with it. */
  async save(id: string, payload: AdapterPayload, ttl: number): Promise<void> {
    const { inFlight, accountId, error, clientId = '', exp = 0 } = payload;
    if (inFlight && accountId === undefined && error === undefined) {
      const first = await this.artifacts.isFirstUse(clientId, `confirmation of ${id}`, new Date(exp * 1000));
      if (!first) throw new errors.InvalidRequest('the code has already been used');
    }
    await this.artifacts.save('DeviceCode', id, payload, ttl);
  }

  /** Whether a device that asks may ask again so soon. */
  isPatient(deviceCode: string): Promise<boolean> {
    return this.artifacts.mayPoll(deviceCode, POLL_EVERY_SECONDS * 1000 - POLL_EARLY_MS);
  }
}

/** The engine's protection of its forms: a secret in its session, which each form repeats. */
export function secretOf(ctx: KoaContextWithOIDC): string {
  const secret = ctx.oidc.session?.state?.['secret'];
  return typeof secret === 'string' ? secret : '';
}

function contextOfEngine(): KoaContextWithOIDC {
  const ctx = Provider.ctx;
  if (!ctx) throw new Error('Codes are looked up in requests to the engine only.');
  return ctx;
}
