import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Matches } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { touchpoints } from '../vocabulary/code-lists.js';
import type { Counter } from './counters.queries.js';
import { keptTypeNames } from './event-types.js';
import { RetailerNameDto } from './interactions.dto.js';

const IsMonth = () =>
  Matches(/^(?!0000)\d{4}-(0[1-9]|1[0-2])$/, { message: '$property must be a month, such as 2026-11' });

export class SummaryQuery {
  @ApiPropertyOptional({
    description: 'The first month; eleven months before this one where left out.',
    example: '2026-01',
  })
  @IsMonth()
  @Omittable()
  from?: string;

  @ApiPropertyOptional({ description: 'The month after the last; the next one where left out.', example: '2026-12' })
  @IsMonth()
  @Omittable()
  to?: string;
}

/** How much one retailer reported of one kind at one touchpoint in a month. */
class CountDto {
  @ApiProperty({ description: 'From midnight to midnight in UTC.', example: '2026-11' })
  month!: string;

  @ApiProperty({ type: RetailerNameDto })
  retailer!: RetailerNameDto;

  @ApiProperty({ ...openCode(keptTypeNames), example: 'transaction.completed' })
  type!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ description: 'How many interactions are kept, whether they count or not.', example: 12 })
  reported!: number;

  @ApiProperty({ description: 'How many of them stand.', example: 11 })
  standing!: number;

  @ApiProperty({ description: 'How many of them you dispute.', example: 1 })
  disputed!: number;
}

/** Who reported how much. */
export class SummaryDto {
  @ApiProperty({ type: [CountDto], description: 'The latest month first. What nobody reported is left out.' })
  items!: CountDto[];

  static of(counters: readonly Counter[], names: ReadonlyMap<string, { name: string }>): SummaryDto {
    return {
      items: counters.map(({ month, retailerId, type, touchpoint, reported, standing, disputed }) => ({
        month: month.slice(0, 7),
        retailer: { id: retailerId, name: names.get(retailerId)?.name ?? retailerId },
        type,
        touchpoint,
        reported,
        standing,
        disputed,
      })),
    };
  }
}
