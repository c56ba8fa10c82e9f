import { ApiPropertyOptional, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsOptional,
  IsString,
  IsUUID,
  MaxLength,
  NotContains,
} from 'class-validator';

import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { type Stage, stages, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { keptTypeNames as typeNames } from './event-types.js';
import { type Standing, standings } from './standing.js';
import type { TimelineFilter } from './timeline.queries.js';

/** One value or several: a query that names a member once has no list of it. */
const AsList = () =>
  Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]));

const MOST_RETAILERS = 100;

/** Which of the events are meant: all that is named has to hold, and of a list any. */
export class InteractionsFilter {
  @ApiPropertyOptional({
    type: [String],
    format: 'uuid',
    description: 'Who reported it; several may be named.',
  } as never)
  @AsList()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_RETAILERS)
  @IsUUID(undefined, { each: true })
  @IsOptional()
  retailer_id?: string[];

  @ApiPropertyOptional({ enum: typeNames, isArray: true, description: 'What happened; several kinds may be named.' })
  @AsList()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(typeNames, { each: true })
  @IsOptional()
  type?: string[];

  @ApiPropertyOptional({ enum: touchpoints, isArray: true, description: 'Where; several may be named.' })
  @AsList()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(touchpoints, { each: true })
  @IsOptional()
  touchpoint?: Touchpoint[];

  @ApiPropertyOptional({
    enum: stages,
    isArray: true,
    description: 'At which stage of the journey; several may be named.',
  })
  @AsList()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(stages, { each: true })
  @IsOptional()
  stage?: Stage[];

  @ApiPropertyOptional({ description: 'What the retailer tied together under this code.', maxLength: 200 })
  @IsString()
  @MaxLength(200)
  @NotContains('\0', { message: '$property must not contain the NUL character' })
  @IsOptional()
  correlation?: string;

  @ApiPropertyOptional({
    enum: standings,
    description: 'How it stands: whether it counts, and if not why not.',
    example: 'disputed',
  })
  @IsIn(standings)
  @IsOptional()
  status?: Standing;

  @ApiPropertyOptional({ enum: ['with'], description: 'Only those beside which you noted something.' })
  @IsIn(['with'])
  @IsOptional()
  note?: 'with';

  @ApiPropertyOptional({ format: 'date-time', description: 'Not before.' })
  @IsInstant()
  @IsOptional()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Before.' })
  @IsInstant()
  @IsOptional()
  to?: Date;
}

/** Which interactions a customer asks for; of the last 400 days where no time is given. */
export class InteractionsQuery extends IntersectionType(PageQuery, InteractionsFilter) {}

/** The filter as it is asked of the database, over all times unless it says otherwise. */
export function toFilter(query: InteractionsFilter, times: { from: Date; to: Date }): TimelineFilter {
  return {
    from: query.from ?? times.from,
    to: query.to ?? times.to,
    ...(query.retailer_id && { retailerIds: query.retailer_id }),
    ...(query.type && { types: query.type }),
    ...(query.touchpoint && { touchpoints: query.touchpoint }),
    ...(query.stage && { stages: query.stage }),
    ...(query.correlation !== undefined && { correlation: query.correlation }),
    ...(query.status && { standing: query.status }),
    ...(query.note && { noted: true }),
  };
}
