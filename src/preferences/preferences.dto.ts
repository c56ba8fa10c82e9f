import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, Matches } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import type { JsonValue } from '../platform/json.js';
import { type Strength, strengths } from '../vocabulary/attribute.js';
import {
  AppliesToEveryoneDto,
  AppliesToRetailerDto,
  AppliesToSectorDto,
  appliesToSchema,
  ContextDto,
} from './context.dto.js';
import { example, preferenceId } from './examples.js';
import {
  type AppliesTo,
  type Context,
  type Level,
  levels,
  type Origin,
  type Preference,
  type Provenance,
  provenances,
  type Status,
  statuses,
} from './preference.js';
import type { PreferenceFilter } from './listing.js';

const attributePath = /^[a-z][a-z0-9_]*(\.[a-z0-9_]+)*$/;

export class PreferencesQuery extends PageQuery {
  @ApiPropertyOptional({ description: 'An attribute, or a category for all of it.', maxLength: 100, example: 'food' })
  @Matches(attributePath, { message: '$property must be a path of the vocabulary' })
  @Omittable()
  attribute?: string;

  @ApiPropertyOptional({ description: 'Only those that apply at this level.', enum: levels, example: 'retailer' })
  @IsIn(levels)
  @Omittable()
  applies_to?: Level;

  @ApiPropertyOptional({ description: 'Only those in this state.', enum: statuses, example: 'active' })
  @IsIn(statuses)
  @Omittable()
  status?: Status;

  @ApiPropertyOptional({
    description: 'Only those whose `review_after` has passed. Confirm or revise them.',
    enum: ['due'],
  })
  @IsIn(['due'])
  @Omittable()
  review?: 'due';

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'What was stated at this instant, changes at that very instant included; now where left out.',
    example: '2026-11-01T12:00:00Z',
  })
  @IsInstant()
  @Omittable()
  as_of?: Date;

  toFilter(): PreferenceFilter {
    const { attribute, applies_to: level, status, review } = this;
    return { attribute, level, status, onlyDue: review === 'due' };
  }
}

class OriginDto implements Origin {
  @ApiProperty({ ...openCode(provenances), example: 'stated' })
  kind!: Origin['kind'];

  @ApiProperty({ description: 'Who or what it came from.', example: 'customer' })
  source!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  at!: string;
}

class ProvenanceDto extends OriginDto implements Provenance {
  @ApiPropertyOptional({ description: 'Of an imported one: what it was before it came here.' })
  original?: OriginDto;
}

@ApiExtraModels(AppliesToEveryoneDto, AppliesToSectorDto, AppliesToRetailerDto)
export class PreferenceDto implements Preference {
  @ApiProperty({ format: 'uuid', example: preferenceId })
  id!: string;

  @ApiProperty({ example: 'food.allergen' })
  attribute!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What tells it from others of an attribute that may have many, derived from the value.',
    example: 'AP',
  })
  key!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { code: 'AP' } })
  value!: JsonValue;

  @ApiProperty({ enum: strengths, example: 'never' })
  strength!: Strength;

  @ApiPropertyOptional({ type: 'integer', minimum: 1, maximum: 100, example: 80 })
  weight?: number;

  @ApiProperty(appliesToSchema)
  applies_to!: AppliesTo;

  @ApiPropertyOptional({ type: ContextDto })
  context?: Context;

  @ApiPropertyOptional({ enum: [true], type: 'boolean' })
  override?: true;

  @ApiProperty()
  provenance!: ProvenanceDto;

  @ApiProperty({ ...openCode(statuses), description: 'A pending one has no effect yet.', example: 'active' })
  status!: Status;

  @ApiPropertyOptional({ format: 'date-time' })
  valid_from?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  valid_until?: string;

  @ApiPropertyOptional({ format: 'date-time' })
  review_after?: string;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1 })
  version!: number;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  recorded_at!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T09:30:00.000Z' })
  updated_at!: string;
}

export class ConfirmedPreferencesDto {
  @ApiProperty({ type: [PreferenceDto], example: [example] })
  items!: PreferenceDto[];
}

export class RecordedPreferencesDto {
  @ApiProperty({ type: [PreferenceDto], description: 'In the order of the request.', example: [example] })
  items!: PreferenceDto[];
}
