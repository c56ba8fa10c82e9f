import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';

import { DeviceCodes, POLL_EVERY_SECONDS } from './device-codes.js';
import { engineRoutes } from './engine-routes.js';
import { Grants } from './grants.js';

/** What answers hold that the engine does not know of. */
@Injectable()
export class EngineAnswers {
  constructor(
    private readonly devices: DeviceCodes,
    private readonly grants: Grants,
  ) {}

  async complete(ctx: KoaContextWithOIDC): Promise<void> {
    if (ctx.method !== 'POST') return;
    if (ctx.path === engineRoutes.device_authorization && ctx.status === 200) {
      Object.assign(ctx.body as object, { interval: POLL_EVERY_SECONDS });
    }
    if (ctx.path === engineRoutes.token) await this.completeTokens(ctx);
  }

  private async completeTokens(ctx: KoaContextWithOIDC): Promise<void> {
    const { client, params, entities } = ctx.oidc;
    const grantId = entities.AccessToken?.grantId;
    const granted = ctx.status === 200 && grantId ? await this.grants.find(grantId) : undefined;
    if (granted) {
      const { id, maxReadsPerDay } = granted.consent;
      Object.assign(ctx.body as object, {
        // Grant management is for clients that authenticate (draft 03, §5.1).
        ...(client?.clientAuthMethod !== 'none' && { grant_id: id }),
        ...(maxReadsPerDay !== null && { ccx_max_reads_per_day: maxReadsPerDay }),
      });
    }
    if (isPending(ctx.body) && !(await this.devices.isPatient(String(params?.['device_code'])))) {
      ctx.body = { error: 'slow_down', error_description: 'wait longer between two requests: five seconds more' };
    }
  }
}

function isPending(body: unknown): boolean {
  return (body as { error?: string } | undefined)?.error === 'authorization_pending';
}
