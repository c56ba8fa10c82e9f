import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsArray, IsIn, IsOptional, IsUUID } from 'class-validator';

import type { FieldError } from '../platform/errors.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import type { JsonObject } from '../platform/json.js';
import { type Stage, stages, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { eventTypes } from './event-types.js';
import type { StoredInteraction } from './interactions.queries.js';

const typeNames = eventTypes.map(({ name }) => name);

/** Which interactions a customer asks for. */
export class InteractionsQuery extends PageQuery {
  @ApiPropertyOptional({ format: 'uuid', description: 'Who reported it.' })
  @IsUUID()
  @IsOptional()
  retailer_id?: string;

  @ApiPropertyOptional({ enum: typeNames, isArray: true, description: 'What happened; repeat it for several kinds.' })
  @Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]))
  @IsArray()
  @IsIn(typeNames, { each: true })
  @IsOptional()
  type?: string[];

  @ApiPropertyOptional({ enum: touchpoints, description: 'Where.' })
  @IsIn(touchpoints)
  @IsOptional()
  touchpoint?: Touchpoint;

  @ApiPropertyOptional({ enum: stages, description: 'At which stage of the journey.' })
  @IsIn(stages)
  @IsOptional()
  stage?: Stage;

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before; 400 days ago where left out.' })
  @IsInstant()
  @IsOptional()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before; now where left out.' })
  @IsInstant()
  @IsOptional()
  to?: Date;
}

export class RetailerNameDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  name!: string;
}

/** Something that a retailer reported, as the customer sees it. */
export class InteractionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: RetailerNameDto, description: 'Who reported it.' })
  retailer!: RetailerNameDto;

  @ApiProperty({ enum: typeNames, 'x-extensible-enum': typeNames, example: 'transaction.completed' } as never)
  type!: string;

  @ApiProperty({ enum: touchpoints, 'x-extensible-enum': touchpoints, example: 'till' } as never)
  touchpoint!: string;

  @ApiProperty({ enum: stages, 'x-extensible-enum': stages, example: 'shopping' } as never)
  stage!: string;

  @ApiProperty({ format: 'date-time', description: 'When it happened, by our clock.' })
  occurred_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was reported.' })
  received_at!: string;

  @ApiProperty({ description: "Which of the retailer's systems reported it.", example: '/tills/17' })
  source!: string;

  @ApiProperty({ description: "The retailer's own id of the event.", example: '536365' })
  event_id!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'What ties events of one visit or one offer together.' })
  correlation!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What exactly was reported.' })
  data!: JsonObject;

  @ApiProperty({ description: 'Whether the retailer has taken it back.', example: false })
  voided!: boolean;

  @ApiProperty({ format: 'uuid', description: 'The consent that let it in.' })
  consent_id!: string;

  @ApiProperty({ description: 'And its version.', example: 1 })
  consent_version!: number;

  static of(stored: StoredInteraction, retailerName: string): InteractionDto {
    return {
      id: stored.id,
      retailer: { id: stored.retailerId, name: retailerName },
      type: stored.type,
      touchpoint: stored.touchpoint,
      stage: stored.stage,
      occurred_at: stored.occurredAt.toISOString(),
      received_at: stored.receivedAt.toISOString(),
      source: stored.source,
      event_id: stored.eventId,
      correlation: stored.correlation,
      data: stored.data,
      voided: stored.voided,
      consent_id: stored.consentId,
      consent_version: stored.consentVersion,
    };
  }
}

export const outcomes = ['stored', 'duplicate', 'conflict', 'rejected'] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of one event. */
export class EventResultDto {
  @ApiProperty({ description: 'The place of the event in the batch, from 0.', example: 0 })
  index!: number;

  @ApiProperty({ type: 'string', nullable: true, description: 'The `id` of the event.', example: '536365' })
  id!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'The `source` of the event.', example: '/tills/17' })
  source!: string | null;

  @ApiProperty({
    enum: outcomes,
    'x-extensible-enum': outcomes,
    description:
      '`stored`: kept now. `duplicate`: known already, with the same content. `conflict`: known with other content; ' +
      'the first is kept. `rejected`: not kept, `code` says why.',
    example: 'stored',
  } as never)
  outcome!: Outcome;

  @ApiPropertyOptional({
    description: 'The code of a problem; /problems/{code} explains it.',
    example: 'invalid-event',
  })
  code?: string;

  @ApiPropertyOptional({ description: 'What is wrong, in words.' })
  detail?: string;

  @ApiPropertyOptional({ description: 'Whether sending the same event again later may help.' })
  retryable?: boolean;

  @ApiPropertyOptional({
    type: 'array',
    items: { $ref: '#/components/schemas/FieldError' },
    description: 'Each fault, by a JSON pointer into the event.',
  })
  errors?: FieldError[];

  @ApiPropertyOptional({ type: [String], description: 'What was ignored.' })
  warnings?: string[];
}

/** What became of a report, event by event, in the order in which they were sent. */
export class ReportDto {
  @ApiProperty({ description: 'How many events were kept now.', example: 1 })
  stored!: number;

  @ApiProperty({ example: 0 })
  duplicate!: number;

  @ApiProperty({ example: 0 })
  conflict!: number;

  @ApiProperty({ example: 0 })
  rejected!: number;

  @ApiProperty({ type: [EventResultDto] })
  results!: EventResultDto[];

  static of(results: EventResultDto[]): ReportDto {
    const count = (outcome: Outcome) => results.filter((result) => result.outcome === outcome).length;
    return {
      stored: count('stored'),
      duplicate: count('duplicate'),
      conflict: count('conflict'),
      rejected: count('rejected'),
      results,
    };
  }
}
