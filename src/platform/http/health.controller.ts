import { setTimeout as delay } from 'node:timers/promises';

import { Controller, Get } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';

import { Database } from '../database/database.js';
import { UnavailableError } from '../errors.js';
import { Access } from './access.js';
import { Drain } from './drain.js';
import { Operation } from './operation.js';
import { Unlimited } from './rate-limit.js';
import { Readiness } from './readiness.js';

const PATIENCE_MS = 2_000;

class HealthDto {
  @ApiProperty({ enum: ['ok'], example: 'ok' })
  readonly status!: 'ok';
}

@Controller('health')
export class HealthController {
  private asking?: Promise<boolean>;

  constructor(
    private readonly database: Database,
    private readonly drain: Drain,
    private readonly readiness: Readiness,
  ) {}

  @Get('live')
  @Access('public')
  @Unlimited()
  @Operation({
    id: 'getLiveness',
    tag: 'Service',
    summary: 'Whether the process runs',
    ok: { status: 200, description: 'It does.', type: HealthDto, example: { status: 'ok' } },
    errors: [],
  })
  live(): HealthDto {
    return { status: 'ok' };
  }

  @Get('ready')
  @Access('public')
  @Unlimited()
  @Operation({
    id: 'getReadiness',
    tag: 'Service',
    summary: 'Whether the service takes requests',
    description:
      'It does while its database answers, its log continues what has been signed, and it is not about to stop.',
    ok: { status: 200, description: 'It does.', type: HealthDto, example: { status: 'ok' } },
    errors: [UnavailableError],
  })
  async ready(): Promise<HealthDto> {
    if (this.drain.draining) throw new UnavailableError('The service is about to stop.');
    if (!(await this.databaseAnswers())) throw new UnavailableError('The database does not answer.');
    const fault = this.readiness.fault();
    if (fault !== undefined) throw new UnavailableError(fault);
    return { status: 'ok' };
  }

  /** One question is under way at most, since whoever asks here stands in no line. */
  private databaseAnswers(): Promise<boolean> {
    this.asking ??= this.askDatabase().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async askDatabase(): Promise<boolean> {
    const answered = this.database.reader.query('select 1').then(
      () => true,
      () => false,
    );
    return Promise.race([answered, delay(PATIENCE_MS, false, { ref: false })]);
  }
}
