import { ApiProperty } from '@nestjs/swagger';
import { IsString, ValidateIf } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { durationOf, monthsOf, SHORTEST_MONTHS } from './retention.js';

const durationSchema = {
  type: 'string',
  nullable: true,
  pattern: '^P(\\d{1,2}Y)?(\\d{1,3}M)?$',
  example: 'P12M',
} as const;

/** For how long events are to be kept. */
export class NewRetentionDto {
  @ApiProperty({
    ...durationSchema,
    description:
      'An ISO 8601 duration in years and months, from `P3M` to what `longest` says. Null: for as long as CCX may keep it.',
  })
  @ValidateIf(({ interactions }: NewRetentionDto) => interactions !== null)
  @IsString()
  interactions!: string | null;

  /** @throws InvalidRequestError when it is none, or beyond what is possible */
  toMonths(longest: number): number | null {
    if (this.interactions === null) return null;
    const months = monthsOf(this.interactions);
    if (months !== null && months >= SHORTEST_MONTHS && months <= longest) return months;
    const range = `${durationOf(SHORTEST_MONTHS)} to ${durationOf(longest)}`;
    throw new InvalidRequestError([{ pointer: '/interactions', detail: `must be a duration from ${range}, or null` }]);
  }
}

export class RetentionDto {
  @ApiProperty({ ...durationSchema, description: 'What you chose; null for as long as CCX may keep it.' })
  interactions!: string | null;

  @ApiProperty({ description: 'For how long CCX keeps it at most, whatever is chosen.', example: 'P36M' })
  longest!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'What happened before this is deleted, if it is not yet: within an hour.',
    example: '2025-11-22T10:00:00.000Z',
  })
  deleted_before!: string;
}
