import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMinSize, IsArray, IsIn, IsString, MaxLength, MinLength } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import type { JsonObject } from '../platform/json.js';
import { stages, touchpoints } from '../vocabulary/code-lists.js';
import { keptTypeNames } from './event-types.js';
import { clockDoubts } from './occurrence.js';
import type { ReadBack } from './reported.queries.js';
import { LONGEST_PERIOD_DAYS } from './reported-period.js';
import { type Standing, standings } from './standing.js';

/** Which of its events a retailer asks for. */
export class ReportedQuery extends PageQuery {
  @ApiPropertyOptional({
    description: 'The `sub` by which you know the customer; left out with a token of a consent, which names them.',
    maxLength: 64,
    example: 'p1Zk3vQy0mBq9cJ2hT5xWnLg',
  })
  @Omittable()
  @IsString()
  @MinLength(1)
  @MaxLength(64)
  subject?: string;

  @ApiPropertyOptional({
    format: 'date-time',
    description: `Not before; ${LONGEST_PERIOD_DAYS} days before \`to\` where left out.`,
  })
  @Omittable()
  @IsInstant()
  from?: Date;

  @ApiPropertyOptional({
    format: 'date-time',
    description: `Before, and at most ${LONGEST_PERIOD_DAYS} days after \`from\`; the present where both are left out.`,
  })
  @Omittable()
  @IsInstant()
  to?: Date;

  @ApiPropertyOptional({
    enum: keptTypeNames,
    isArray: true,
    description: 'What happened; repeat it for several kinds.',
  })
  @Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]))
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(keptTypeNames, { each: true })
  type?: string[];
}

/** An event that a retailer reported, as it is kept. */
export class ReportedInteractionDto {
  @ApiProperty({ description: 'Its `id`.', example: '536365' })
  id!: string;

  @ApiProperty({ description: 'Its `source`.', example: '/tills/17' })
  source!: string;

  @ApiProperty({ ...openCode(keptTypeNames), example: 'transaction.completed' })
  type!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ ...openCode(stages), example: 'shopping' })
  stage!: string;

  @ApiProperty({ format: 'date-time', description: 'When it happened, by our clock.' })
  occurred_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it arrived.' })
  received_at!: string;

  @ApiProperty({
    ...openCode(clockDoubts),
    nullable: true,
    description: 'Whether your clock was off: `corrected` by what you told us of it, or `suspect`. Null otherwise.',
    example: null,
  })
  clock!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'Its `ccxcorrelation`.', example: null })
  correlation!: string | null;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'Its data. What would tell of health or intimacy is left out, also where the customer lets us keep it.',
  })
  data!: JsonObject;

  @ApiProperty({
    ...openCode(standings),
    description:
      '`standing`: it counts. `voided` or `corrected`: by you. `disputed`: by the customer; see the list of disputes.',
    example: 'standing',
  })
  standing!: Standing;

  static of(event: Omit<ReadBack, 'id'>): ReportedInteractionDto {
    return {
      id: event.eventId,
      source: event.source,
      type: event.type,
      touchpoint: event.touchpoint,
      stage: event.stage,
      occurred_at: event.occurredAt.toISOString(),
      received_at: event.receivedAt.toISOString(),
      clock: event.clock,
      correlation: event.correlation,
      data: event.data,
      standing: event.standing,
    };
  }
}
