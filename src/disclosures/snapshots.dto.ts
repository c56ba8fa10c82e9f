import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsInt, IsString, Matches, Max, MaxLength, Min } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { LongJobDto } from '../platform/http/long-job.dto.js';
import { Omittable } from '../platform/http/omittable.js';
import { type Purpose, purposes, type Stage, stages, touchpoints } from '../vocabulary/code-lists.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import { LONGEST_SNAPSHOT_HOURS } from './snapshot.entity.js';
import type { SnapshotRecord } from './snapshots.service.js';

const LONGEST_TEXT = 64;

export class NewSnapshotDto {
  @ApiProperty({
    enum: ['till'],
    description: 'Where it is used. Customers are asked for copies for tills, and for nowhere else.',
    example: 'till',
  })
  @IsIn(['till'])
  touchpoint!: 'till';

  @ApiProperty({ enum: purposes, description: 'What for.', example: 'dpv:ServicePersonalisation' })
  @IsIn(purposes)
  purpose!: Purpose;

  @ApiPropertyOptional({
    enum: stages,
    description: 'At which stage of the journey; left out, the only one that a consent names, or none in particular.',
    example: 'shopping',
  })
  @IsIn(stages)
  @Omittable()
  stage?: Stage;

  @ApiPropertyOptional({ description: 'A store, as you call it.', maxLength: LONGEST_TEXT, example: '0417' })
  @IsString()
  @MaxLength(LONGEST_TEXT)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: '$property must be one line of text' })
  @Omittable()
  store?: string;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_SNAPSHOT_HOURS,
    default: LONGEST_SNAPSHOT_HOURS,
    description: 'After how many hours it must not be used any more.',
    example: 12,
  })
  @IsInt()
  @Min(1)
  @Max(LONGEST_SNAPSHOT_HOURS)
  @Omittable()
  lifetime_hours?: number;
}

export class SnapshotDto {
  @ApiProperty({ format: 'uuid', example: '019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e' })
  readonly id!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  readonly touchpoint!: string;

  @ApiProperty({ ...openCode(purposes), example: 'dpv:ServicePersonalisation' })
  readonly purpose!: string;

  @ApiProperty({ ...openCode(stages), nullable: true, example: 'shopping' })
  readonly stage!: string | null;

  @ApiProperty({ type: 'string', nullable: true, example: '0417' })
  readonly store!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'From then on it must not be used; it is deleted here.',
    example: '2026-11-21T17:00:00.000Z',
  })
  readonly expires_at!: string;

  @ApiProperty({ description: 'How far it has come.' })
  readonly job!: LongJobDto;

  @ApiProperty({
    type: [String],
    description: 'Where its parts are; none before the job has succeeded.',
    example: ['https://ccx.example/v1/snapshots/019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e/parts/1'],
  })
  readonly parts!: string[];

  @ApiProperty({
    description: 'Says which of its entries still hold: fetch it whenever a till has a connection.',
    example: 'https://ccx.example/v1/status-lists/019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e',
  })
  readonly status_list!: string;

  static of({ snapshot, job, parts, statusList }: SnapshotRecord): SnapshotDto {
    const { id, touchpoint, purpose, stage, place, createdAt, expiresAt } = snapshot;
    return {
      id,
      touchpoint,
      purpose,
      stage,
      store: place?.store ?? null,
      created_at: createdAt.toISOString(),
      expires_at: expiresAt.toISOString(),
      job: LongJobDto.of(job),
      parts: [...parts],
      status_list: statusList,
    };
  }
}
