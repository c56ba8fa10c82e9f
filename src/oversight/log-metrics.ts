import { Injectable, type OnModuleInit } from '@nestjs/common';

import { lastCheckpoint } from '../audit/checkpoints.queries.js';
import { LogAlarms, logAlarmCodes } from '../audit/log-alarms.js';
import { readLogState } from '../audit/log-tiles.queries.js';
import { Clock } from '../platform/clock.js';
import { Database } from '../platform/database/database.js';
import { Metrics } from '../platform/metrics/metrics.js';
import { MonitorState } from './monitor.entity.js';
import { Monitor } from './monitor.service.js';

/** More are not counted: it is a backlog then, whatever its length. */
const COUNTED_PENDING = 100_000;

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
    this.metrics.add({
      name: 'ccx_log_entries',
      help: 'Entries that the log has numbered',
      measure: async () => (await readLogState(reader)).size,
    });
    this.metrics.add({
      name: 'ccx_log_pending_entries',
      help: `Entries that wait for their number, counted up to ${COUNTED_PENDING}`,
      measure: () => this.pending(),
    });
    this.metrics.add({
      name: 'ccx_log_checkpoint_entries',
      help: 'Entries that the last published checkpoint covers',
      measure: async () => (await lastCheckpoint(reader))?.size ?? null,
    });
    this.metrics.add({
      name: 'ccx_log_checkpoint_age_seconds',
      help: 'How long ago the last published checkpoint was signed',
      measure: async () => age((await lastCheckpoint(reader))?.signedAt) ?? null,
    });
    this.metrics.add({
      name: 'ccx_log_alarm',
      help: 'Whether this process has found this to be wrong with the log',
      label: 'code',
      measure: () => Promise.resolve(this.activeAlarms()),
    });
    this.metrics.add({
      name: 'ccx_audit_findings',
      help: 'What the monitor has found, by its rules: must be 0',
      label: 'rule',
      measure: () => this.monitor.known(),
    });
    this.metrics.add({
      name: 'ccx_audit_checked_entries',
      help: 'How many entries of the log the monitor has looked at',
      measure: async () => (await this.state()).size,
    });
    this.metrics.add({
      name: 'ccx_audit_check_age_seconds',
      help: 'How long ago the monitor looked',
      measure: async () => age((await this.state()).checkedAt) ?? null,
    });
  }

  private state(): Promise<MonitorState> {
    return this.database.reader.findOneByOrFail(MonitorState, { id: 1 });
  }

  private activeAlarms(): Record<string, number> {
    const active = this.alarms.active();
    return Object.fromEntries(logAlarmCodes.map((code) => [code, active.some((alarm) => alarm.code === code) ? 1 : 0]));
  }

  private async pending(): Promise<number> {
    const [row] = await this.database.reader.query<{ count: number }[]>(
      'select count(*)::int as count from (select from audit_pending limit $1) waiting',
      [COUNTED_PENDING],
    );
    return row?.count ?? 0;
  }
}
