import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { accessRule, actorOf, type Audience, recordsAct } from '../platform/http/access.js';
import { operationOf } from '../platform/http/operation.js';

const STAFF: readonly Audience[] = ['staff', 'operator', 'auditor'];
const LONGEST_PARAMETER = 100;

/**
 * Makes an entry of every request of staff before it is answered, so that a new route cannot be forgotten: also one
 * that only looks, and one that is refused by what it asks for. What a request changes is an entry besides.
 */
@Injectable()
export class StaffActsGuard implements CanActivate {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  canActivate(context: ExecutionContext): boolean | Promise<boolean> {
    const handler = context.getHandler();
    const audience = accessRule(handler)?.audience;
    if (!audience || !STAFF.includes(audience) || recordsAct(handler)) return true;
    return this.record(context.switchToHttp().getRequest<FastifyRequest>(), handler);
  }

  private async record({ principal, params }: FastifyRequest, handler: object): Promise<boolean> {
    if (!principal) return true;
    const named = Object.entries(params as Record<string, string>);
    const data = {
      operation: operationOf(handler)?.id ?? null,
      ...(named.length > 0 && {
        names: Object.fromEntries(named.map(([name, value]) => [name, value.slice(0, LONGEST_PARAMETER)])),
      }),
    };
    const at = this.clock.now();
    await this.database.transaction((tx) =>
      this.audit.append(tx, { type: 'staff.requested', at, actor: actorOf(principal), data }),
    );
    return true;
  }
}
