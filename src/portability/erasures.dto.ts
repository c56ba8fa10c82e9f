import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { type Erasure, erasureStatuses } from './erasure.entity.js';
import { legalGrounds, noticeStatuses } from './erasure-notice.entity.js';
import type { ErasureProgress } from './erasures.service.js';

const DAY_MS = 86_400_000;

export class ErasureQuery {
  @ApiPropertyOptional({
    description: 'For how long you may still change your mind: whole days, 30 at most. At once unless given.',
    pattern: '^P([0-9]|[12][0-9]|30)D$',
    default: 'P0D',
    example: 'P7D',
  })
  @Matches(/^P([0-9]|[12][0-9]|30)D$/, { message: 'must be P0D to P30D' })
  @IsOptional()
  cool_off?: string;

  coolOffMs(): number {
    return Number.parseInt(this.cool_off?.slice(1) ?? '0', 10) * DAY_MS;
  }
}

/** An erasure, without what only its token shows. */
export class ErasureDto {
  @ApiProperty({ format: 'uuid', description: 'The erasure number.' })
  readonly number!: string;

  @ApiProperty({
    ...openCode(erasureStatuses),
    description:
      '`waiting`: can be cancelled. `erasing`: the account has ended, nobody can read anything of it, and rows are ' +
      'being deleted. `settling`: nothing is left; what was under way then is waited for. `finished`: `receipt` says so.',
    example: 'waiting',
  })
  readonly status!: string;

  @ApiProperty({ format: 'date-time' })
  readonly requested_at!: string;

  @ApiProperty({ format: 'date-time', description: 'Until then everything goes on as before.' })
  readonly execute_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'uri',
    description: 'Where everything that is held of you can be fetched, as long as there is an account.',
    example: 'https://ccx.example/v1/me/export',
  })
  readonly export!: string;

  static of({ id, status, requestedAt, executeAt }: Erasure, issuer: string): ErasureDto {
    return {
      number: id,
      status,
      requested_at: requestedAt.toISOString(),
      execute_at: executeAt.toISOString(),
      export: `${issuer}/v1/me/export`,
    };
  }
}

export class AskedErasureDto extends ErasureDto {
  @ApiProperty({
    description:
      'Shown once. It is the only way to `GET /v1/erasures/current` once there is no account any more, and lets nobody ' +
      'do anything else. Keep it.',
    example: 'ccx_er_n9Y0wq3mS8bTzEw2pL6vK1xR4dF7gH5jC0aQ8uXiZtM',
  })
  readonly token!: string;

  static asked(erasure: Erasure, issuer: string, token: string): AskedErasureDto {
    return { ...ErasureDto.of(erasure, issuer), token };
  }
}

class ErasureStepsDto {
  @ApiProperty({ type: 'integer', example: 9 })
  readonly done!: number;

  @ApiProperty({ type: 'integer', example: 18 })
  readonly total!: number;
}

class ToldRetailerDto {
  @ApiProperty({ format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  readonly name!: string;

  @ApiProperty({
    ...openCode(noticeStatuses),
    description:
      '`confirmed`: it has noted whom it is about. `deleted`, `retained`: it attests that it has deleted what it held, ' +
      'or keeps something on a legal ground.',
    example: 'deleted',
  })
  readonly status!: string;

  @ApiProperty({ ...openCode(legalGrounds), nullable: true, example: null })
  readonly legal_ground!: string | null;

  @ApiProperty({ format: 'date-time', description: 'Until when it is to have deleted what it held.' })
  readonly due_at!: string;
}

/** How far an erasure has come. */
export class ErasureProgressDto {
  @ApiProperty({ format: 'uuid', description: 'The erasure number.' })
  readonly number!: string;

  @ApiProperty({ ...openCode(erasureStatuses), example: 'finished' })
  readonly status!: string;

  @ApiProperty({ format: 'date-time' })
  readonly requested_at!: string;

  @ApiProperty({ format: 'date-time' })
  readonly execute_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'From then on nobody can read anything of the account.',
  })
  readonly account_ended_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  readonly finished_at!: string | null;

  @ApiProperty()
  readonly progress!: ErasureStepsDto;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: 'How many records of what kind were deleted so far.',
    example: { preference_versions: 12, interactions: 301 },
  })
  readonly erased!: Record<string, number>;

  @ApiProperty({
    type: [ToldRetailerDto],
    description: 'Whoever had a consent of yours, and what has become of it there.',
  })
  readonly retailers!: ToldRetailerDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description:
      'A JWS (`typ: erasure-receipt+jwt`), verified with `/oauth/jwks`: what was erased and when, not of whom, and the ' +
      'leaf hash of the entry in the log that says the same.',
    example: null,
  })
  readonly receipt!: string | null;

  static of({ erasure, notices }: ErasureProgress): ErasureProgressDto {
    return {
      number: erasure.id,
      status: erasure.status,
      requested_at: erasure.requestedAt.toISOString(),
      execute_at: erasure.executeAt.toISOString(),
      account_ended_at: erasure.beganAt?.toISOString() ?? null,
      finished_at: erasure.finishedAt?.toISOString() ?? null,
      progress: { done: erasure.done(), total: erasure.total },
      erased: erasure.counts,
      retailers: notices.map(({ notice, retailer }) => ({
        id: notice.retailerId,
        name: retailer?.name ?? '',
        status: notice.status,
        legal_ground: notice.legalGround,
        due_at: notice.dueAt.toISOString(),
      })),
      receipt: erasure.receipt,
    };
  }
}
