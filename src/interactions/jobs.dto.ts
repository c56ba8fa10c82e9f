import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, Matches, Max, Min } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { LongJobErrorDto, LongJobProgressDto } from '../platform/http/long-job.dto.js';
import { Omittable } from '../platform/http/omittable.js';
import { longJobStatuses } from '../platform/jobs/long-job.entity.js';
import type { JsonObject } from '../platform/json.js';
import { uploadStatuses } from './job.entity.js';
import { type JobOutcome, jobOutcomes } from './job-results.js';
import type { JobRecord } from './jobs.queries.js';
import { MappingOptionsDto } from './mapping.dto.js';
import { type FileFormat, fileFormats } from './mapping-stretch.js';

/** In bytes: 128 MiB. */
export const LARGEST_FILE = 134_217_728;

/** A file of events that is to be reported. */
export class NewInteractionJobDto extends MappingOptionsDto {
  @ApiProperty({
    enum: fileFormats,
    description:
      '`ndjson`: a CloudEvent on each line. `csv`: a row for each line of a receipt. `poslog`: ARTS POSLog 6 in XML.',
    example: 'csv',
  })
  @IsIn(fileFormats)
  format!: FileFormat;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: LARGEST_FILE,
    description: 'Of the file, in bytes.',
    example: 4711,
  })
  @IsInt()
  @Min(0)
  @Max(LARGEST_FILE, { message: `$property must not be greater than ${LARGEST_FILE}: split the file` })
  size!: number;

  @ApiProperty({
    description: 'The SHA-256 of the file, as the field `Repr-Digest` writes it (RFC 9530).',
    pattern: '^sha-256=:[A-Za-z0-9+/]{43}=:$',
    example: 'sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:',
  })
  @Matches(/^sha-256=:[A-Za-z0-9+/]{43}=:$/, { message: '$property must be sha-256=:, 32 bytes in base64, and :' })
  checksum!: string;

  @ApiPropertyOptional({
    description: 'Whether it is only to be said what would be wrong. Nothing is kept then.',
    default: false,
  })
  @IsBoolean()
  @Omittable()
  dry_run?: boolean;
}

class JobTotalsDto {
  @ApiProperty({ type: 'integer', description: 'How many lines of the file have been read.', example: 1500 })
  readonly lines!: number;

  @ApiProperty({ type: 'integer', description: 'Kept now.', example: 240 })
  readonly stored!: number;

  @ApiProperty({ type: 'integer', description: 'Known already, with the same content.', example: 0 })
  readonly duplicate!: number;

  @ApiProperty({ type: 'integer', description: 'Known already with other content; the first is kept.', example: 0 })
  readonly conflict!: number;

  @ApiProperty({ type: 'integer', description: 'Not kept; `by_code` says why.', example: 3 })
  readonly rejected!: number;

  @ApiProperty({ type: 'integer', description: 'Passed over, such as a sale without a customer.', example: 812 })
  readonly ignored!: number;

  @ApiProperty({ type: 'integer', description: 'In a dry run: nothing is wrong with them.', example: 0 })
  readonly valid!: number;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many were not kept, by the code of a problem.',
    example: { 'invalid-event': 2, 'no-consent-at-time': 1 },
  })
  readonly by_code!: JsonObject;
}

const statuses = [...new Set([...uploadStatuses.filter((status) => status !== 'uploaded'), ...longJobStatuses])];

/** A file of events: first it arrives, then it is worked off. */
export class InteractionJobDto {
  @ApiProperty({ format: 'uuid', example: '019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e' })
  readonly id!: string;

  @ApiProperty({ ...openCode(fileFormats), example: 'csv' })
  readonly format!: string;

  @ApiProperty({ example: false })
  readonly dry_run!: boolean;

  @ApiProperty({
    ...openCode(statuses),
    description: '`uploading` until all of the file is here; `expired` when that took longer than a day.',
    example: 'running',
  })
  readonly status!: string;

  @ApiProperty({ type: 'integer', description: 'Of the file, in bytes.', example: 4711 })
  readonly size!: number;

  @ApiProperty({ type: 'integer', description: 'How many bytes of it are here.', example: 4711 })
  readonly received!: number;

  @ApiProperty({ description: 'How many bytes have been worked off, of how many.' })
  readonly progress!: LongJobProgressDto;

  @ApiProperty({ type: JobTotalsDto, nullable: true, description: 'What came of it so far; null before it was begun.' })
  readonly result!: JsonObject | null;

  @ApiProperty({ type: [LongJobErrorDto], description: 'Why it failed; empty otherwise.', example: [] })
  readonly errors!: readonly LongJobErrorDto[];

  @ApiProperty({
    description: 'Where the file is sent.',
    example: '/v1/interactions/jobs/019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e/content',
  })
  readonly content_url!: string;

  @ApiProperty({
    description: 'What became of each line.',
    example: '/v1/interactions/jobs/019a9f41-5d20-7a3e-8d10-5f6a7b8c9d0e/results',
  })
  readonly results_url!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T05:00:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until then all of the file has to be here.',
    example: '2026-11-22T05:00:00.000Z',
  })
  readonly expires_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'A job and its results are kept for 30 days after it was made.',
    example: null,
  })
  readonly finished_at!: string | null;

  static of({ upload, work }: JobRecord, now: Date): InteractionJobDto {
    const { id, format, dryRun, size, received, error, createdAt, expiresAt } = upload;
    return {
      id,
      format,
      dry_run: dryRun,
      status: work?.status ?? upload.statusAt(now),
      size,
      received,
      progress: { done: work?.done ?? 0, total: size },
      result: work?.result ?? null,
      errors: error ? [error] : (work?.errors ?? []),
      content_url: `${jobAddress(id)}/content`,
      results_url: `${jobAddress(id)}/results`,
      created_at: createdAt.toISOString(),
      expires_at: expiresAt.toISOString(),
      finished_at: work?.finishedAt?.toISOString() ?? null,
    };
  }
}

export function jobAddress(id: string): string {
  return `/v1/interactions/jobs/${id}`;
}

export class JobResultsQuery {
  @ApiPropertyOptional({ enum: jobOutcomes, description: 'Only what came to this.', example: 'rejected' })
  @IsIn(jobOutcomes)
  @Omittable()
  outcome?: JobOutcome;
}
