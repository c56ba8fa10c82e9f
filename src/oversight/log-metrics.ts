import { Injectable, type OnModuleInit } from '@nestjs/common';

import { lastCheckpoint } from '../audit/checkpoints.queries.js';
import { LogAlarms, logAlarmCodes } from '../audit/log-alarms.js';
import { readLogState } from '../audit/log-tiles.queries.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { recently } from '../platform/metrics/recently.js';
import { MonitorState } from './monitor.entity.js';
import { Monitor } from './monitor.service.js';

/** More are not counted: it is a backlog then, whatever its length. */
const COUNTED_PENDING = 10_000;

/** What is told of the log in numbers: how long it is, how fresh, and what is wrong with it. */
@Injectable()
export class LogMetrics implements OnModuleInit {
  constructor(
    private readonly metrics: Metrics,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly alarms: LogAlarms,
    private readonly monitor: Monitor,
  ) {}

  onModuleInit(): void {
    const { reader } = this.database;
    const age = (since: Date | null | undefined) => since && (this.clock.now().getTime() - since.getTime()) / 1_000;
    const pending = recently(1_000, () => this.pending());
    const checkpoint = recently(1_000, () => lastCheckpoint(reader));
    const state = recently(1_000, () => this.state());
    this.metrics.add({
      name: 'ccx_log_entries',
      help: 'Entries that the log has numbered',
      across: 'same',
      measure: async () => (await readLogState(reader)).size,
    });
    this.metrics.add({
      name: 'ccx_log_pending_entries',
      help: `Entries that wait for their number, counted up to ${COUNTED_PENDING}`,
      across: 'same',
      measure: async () => (await pending()).count,
    });
    this.metrics.add({
      name: 'ccx_log_pending_age_seconds',
      help: 'For how long the oldest of them has waited',
      across: 'same',
      measure: async () => age((await pending()).oldest) ?? 0,
    });
    this.metrics.add({
      name: 'ccx_log_checkpoint_entries',
      help: 'Entries that the last published checkpoint covers',
      across: 'same',
      measure: async () => (await checkpoint())?.size ?? null,
    });
    this.metrics.add({
      name: 'ccx_log_checkpoint_age_seconds',
      help: 'How long ago the last published checkpoint was signed',
      across: 'same',
      measure: async () => age((await checkpoint())?.signedAt) ?? null,
    });
    this.metrics.add({
      name: 'ccx_log_alarm',
      help: 'Whether this process has found this to be wrong with the log',
      label: 'code',
      across: 'max',
      measure: () => this.activeAlarms(),
    });
    this.metrics.add({
      name: 'ccx_audit_findings',
      help: 'What the monitor has found, by its rules: must be 0',
      label: 'rule',
      across: 'same',
      measure: () => this.monitor.known(),
    });
    this.metrics.add({
      name: 'ccx_audit_checked_entries',
      help: 'How many entries of the log the monitor has looked at',
      across: 'same',
      measure: async () => (await state()).size,
    });
    this.metrics.add({
      name: 'ccx_audit_check_age_seconds',
      help: 'How long ago the monitor looked',
      across: 'same',
      measure: async () => age((await state()).checkedAt) ?? null,
    });
  }

  private state(): Promise<MonitorState> {
    return this.database.reader.findOneByOrFail(MonitorState, { id: 1 });
  }

  private activeAlarms(): Record<string, number> {
    const active = this.alarms.active();
    return Object.fromEntries(logAlarmCodes.map((code) => [code, active.some((alarm) => alarm.code === code) ? 1 : 0]));
  }

  private async pending(): Promise<Pending> {
    const [row] = await this.database.reader.query<[Pending]>(
      'select count(*)::int as count, min(at) as oldest from (select at from audit_pending limit $1) waiting',
      [COUNTED_PENDING],
    );
    return row;
  }
}

interface Pending {
  readonly count: number;
  readonly oldest: Date | null;
}
