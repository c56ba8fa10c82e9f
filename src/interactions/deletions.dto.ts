import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsBoolean, IsUUID, ValidateNested } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { RetailerNameDto } from './interactions.dto.js';
import { InteractionsFilter, toFilter } from './timeline.dto.js';
import { EVER, type TimelineFilter } from './timeline.queries.js';

const MOST_IDS = 500;

/** Which interactions are to be deleted: those of these ids, or those that a filter finds. */
export class InteractionDeletionDto {
  @ApiPropertyOptional({ type: [String], format: 'uuid', maxItems: MOST_IDS, description: 'These.' } as never)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_IDS)
  @IsUUID(undefined, { each: true })
  @Omittable()
  ids?: string[];

  @ApiPropertyOptional({
    type: InteractionsFilter,
    description: 'All that it finds, over all times unless it says otherwise. It names at least one member.',
  })
  @ValidateNested()
  @Type(() => InteractionsFilter)
  @Omittable()
  filter?: InteractionsFilter;

  @ApiPropertyOptional({ default: false, description: 'Only say what would happen.', example: true })
  @IsBoolean()
  @Omittable()
  dry_run?: boolean;

  /** @throws InvalidRequestError when it names neither or both, or a filter that filters nothing */
  toFilter(): TimelineFilter {
    if ((this.ids === undefined) === (this.filter === undefined)) {
      throw new InvalidRequestError([{ pointer: '', detail: 'must name either ids or a filter' }]);
    }
    if (this.ids) return { ...EVER, ids: this.ids };
    const filter = this.filter ?? new InteractionsFilter();
    // Whoever leaves a filter empty by mistake must not lose everything by it.
    if (Object.values(filter).every((member) => member === undefined)) {
      throw new InvalidRequestError([{ pointer: '/filter', detail: 'must name what is to be deleted' }]);
    }
    return toFilter(filter, EVER);
  }
}

class DeletedOfRetailerDto {
  @ApiProperty({ type: RetailerNameDto, description: 'Who reported them.' })
  readonly retailer!: RetailerNameDto;

  @ApiProperty({ example: 12 })
  readonly count!: number;
}

/** What was deleted, or would be. */
export class InteractionsDeletedDto {
  @ApiProperty({ description: 'Whether nothing has happened yet.', example: true })
  readonly dry_run!: boolean;

  @ApiProperty({ description: 'How many interactions.', example: 12 })
  readonly count!: number;

  @ApiProperty({ type: [DeletedOfRetailerDto], description: 'By whom they were reported, the most first.' })
  readonly by_retailer!: DeletedOfRetailerDto[];
}
