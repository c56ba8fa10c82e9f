import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import type { FieldError } from '../errors.js';
import { type LongJob, longJobStatuses } from '../jobs/long-job.entity.js';
import type { JsonObject } from '../json.js';
import { openCode } from './extensible.js';

export class LongJobProgressDto {
  @ApiProperty({ type: 'integer', example: 1500 })
  readonly done!: number;

  @ApiProperty({ type: 'integer', nullable: true, description: 'Null while it is not known.', example: 4200 })
  readonly total!: number | null;
}

export class LongJobErrorDto {
  @ApiProperty({ description: 'The code of a problem; /problems/{code} explains it.', example: 'job-failed' })
  readonly code!: string;

  @ApiProperty({ description: 'What is wrong, in words.' })
  readonly detail!: string;

  @ApiPropertyOptional({ type: 'array', items: { $ref: '#/components/schemas/FieldError' } })
  readonly errors?: readonly FieldError[];
}

/** Work that takes longer than a request. */
export class LongJobDto {
  @ApiProperty({ format: 'uuid', example: '0199e6a0-4d55-7b3a-9c21-5f0a7d3c1b42' })
  readonly id!: string;

  @ApiProperty({ description: 'What is done.', example: 'snapshot' })
  readonly kind!: string;

  @ApiProperty({ ...openCode(longJobStatuses), example: 'running' })
  readonly status!: string;

  @ApiProperty()
  readonly progress!: LongJobProgressDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    nullable: true,
    description: 'What came of it, or has come of it so far.',
    example: null,
  })
  readonly result!: JsonObject | null;

  @ApiProperty({ type: [LongJobErrorDto], description: 'Why it failed; empty otherwise.', example: [] })
  readonly errors!: LongJobErrorDto[];

  @ApiProperty({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: '2026-11-21T05:00:00.250Z' })
  readonly started_at!: string | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'A finished job is kept for 30 days.',
    example: null,
  })
  readonly finished_at!: string | null;

  static of({ id, kind, status, done, total, result, errors, createdAt, startedAt, finishedAt }: LongJob): LongJobDto {
    return {
      id,
      kind,
      status,
      progress: { done, total },
      result,
      errors,
      created_at: createdAt.toISOString(),
      started_at: startedAt?.toISOString() ?? null,
      finished_at: finishedAt?.toISOString() ?? null,
    };
  }
}
