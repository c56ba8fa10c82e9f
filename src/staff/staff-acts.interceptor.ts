import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Observable } from 'rxjs';

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
export class StaffActsInterceptor implements NestInterceptor {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const handler = context.getHandler();
    const audience = accessRule(handler)?.audience;
    if (audience && STAFF.includes(audience) && !recordsAct(handler)) {
      await this.record(context.switchToHttp().getRequest<FastifyRequest>(), handler);
    }
    return next.handle();
  }

  private async record({ principal, params }: FastifyRequest, handler: object): Promise<void> {
    if (!principal) return;
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
  }
}
