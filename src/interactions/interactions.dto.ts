import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import type { FieldError } from '../platform/errors.js';

export class RetailerNameDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  name!: string;
}

export const outcomes = ['stored', 'duplicate', 'conflict', 'rejected', 'valid'] as const;
export type Outcome = (typeof outcomes)[number];

/** What became of one event. */
export class EventResultDto {
  @ApiProperty({ description: 'The place of the event in the batch, from 0.', example: 0 })
  index!: number;

  @ApiPropertyOptional({ description: 'The line of the body on which the event begins, from 1, where it has lines.' })
  line?: number;

  @ApiProperty({ type: 'string', nullable: true, description: 'The `id` of the event.', example: '536365' })
  id!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'The `source` of the event.', example: '/tills/17' })
  source!: string | null;

  @ApiProperty({
    enum: outcomes,
    'x-extensible-enum': outcomes,
    description:
      '`stored`: kept now. `duplicate`: known already, with the same content. `conflict`: known with other content; ' +
      'the first is kept. `rejected`: not kept, `code` says why. `valid`: it would be looked at; nothing is kept.',
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

  @ApiPropertyOptional({
    type: [String],
    description: 'What was ignored, corrected or withheld: for the people behind the system that sent it.',
  })
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

/** What would be said of events if they were reported, as far as they show it themselves. */
export class ValidationDto {
  @ApiProperty({ example: 1 })
  valid!: number;

  @ApiProperty({ example: 0 })
  rejected!: number;

  @ApiProperty({ type: [EventResultDto] })
  results!: EventResultDto[];

  static of(results: EventResultDto[]): ValidationDto {
    const valid = results.filter(({ outcome }) => outcome === 'valid').length;
    return { valid, rejected: results.length - valid, results };
  }
}
