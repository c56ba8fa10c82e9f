import { Injectable } from '@nestjs/common';

import { type Actor, AuditService } from '../audit/audit.service.js';
import { OutboxService } from '../outbox/outbox.service.js';
import type { Tx } from '../platform/database/database.js';
import type { JsonObject } from '../platform/json.js';
import type { StaffMember } from './staff-member.entity.js';

export type StaffEventType =
  | 'staff.invited'
  | 'staff.joined'
  | 'staff-factor.confirmed'
  | 'staff-factor.reset'
  | 'staff-session.started'
  | 'staff-session.ended';

/** What happens to staff, told to the log and to the outbox alike. */
@Injectable()
export class StaffJournal {
  constructor(
    private readonly audit: AuditService,
    private readonly outbox: OutboxService,
  ) {}

  async record(
    tx: Tx,
    type: StaffEventType,
    { staffId, actor, at, data }: { staffId: string; actor: Actor; at: Date; data: JsonObject },
  ): Promise<void> {
    await this.audit.append(tx, { type, at, actor, data });
    await this.outbox.enqueue(tx, { type, at, subject: staffId, data });
  }

  /** Recorded for unknown addresses, too: it takes as long, and guessing shows in the log whoever it is aimed at. */
  async recordRefusal(tx: Tx, member: Pick<StaffMember, 'id'> | null, at: Date): Promise<void> {
    const type = 'staff-session.refused';
    const data: JsonObject = member ? { staff_id: member.id } : {};
    await this.audit.append(tx, { type, at, actor: { kind: 'system' }, data });
    await this.outbox.enqueue(tx, { type, at, subject: member?.id ?? 'unknown', data });
  }
}
