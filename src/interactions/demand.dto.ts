import { ApiProperty } from '@nestjs/swagger';
import { Matches } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { type Cell, FEWEST_CUSTOMERS } from './demand.js';
import type { DemandRelease } from './demand.entity.js';

const demandDimensions = [
  'interaction',
  'category',
  'brand',
  'fulfilment',
  'receipt',
  'response',
  'return_reason',
] as const;

const MONTH = '^\\d{4}-(0[1-9]|1[0-2])$';
const monthSchema = { description: 'A calendar month of UTC.', pattern: MONTH, example: '2026-10' };

export class DemandMonthParam {
  @ApiProperty(monthSchema)
  @Matches(new RegExp(MONTH), { message: '$property must be a month, such as 2026-10' })
  month!: string;
}

/** A month of which something is released. */
export class DemandMonthDto {
  @ApiProperty(monthSchema)
  month!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-08T03:00:00.000Z' })
  released_at!: string;

  static of({ month, releasedAt }: Pick<DemandRelease, 'month' | 'releasedAt'>): DemandMonthDto {
    return { month: month.slice(0, 7), released_at: releasedAt.toISOString() };
  }
}

/** How many customers have one thing in common. */
export class DemandCellDto {
  @ApiProperty({
    ...openCode(demandDimensions),
    description:
      '`interaction`: event types, and touchpoints as details. Of what was bought: `category`, with products as details; ' +
      '`brand`, `fulfilment`, `receipt`. `response`: campaigns, with responses as details. `return_reason`.',
    example: 'category',
  })
  dimension!: string;

  @ApiProperty({
    description: 'A code of the events. `-`: they do not say. `*`: all others together, each of too few customers.',
    example: 'coffee',
  })
  value!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'A code within the value, with `-` and `*` as above; null for the whole of it.',
    example: 'retailer:85123A',
  })
  detail!: string | null;

  @ApiProperty({
    description: `How many customers, at least: rounded down to a multiple of ${FEWEST_CUSTOMERS}.`,
    minimum: FEWEST_CUSTOMERS,
    multipleOf: FEWEST_CUSTOMERS,
    example: 140,
  })
  customers!: number;
}

/** What many customers had in common in a month. It never changes. */
export class DemandDto extends DemandMonthDto {
  @ApiProperty({ description: 'What fewer customers have in common is left out.', example: FEWEST_CUSTOMERS })
  fewest_customers!: number;

  @ApiProperty({ type: [DemandCellDto] })
  cells!: DemandCellDto[];

  static whole(release: DemandRelease): DemandDto {
    const cells = release.cells.map(({ dimension, value, detail, customers }: Cell) => ({
      dimension,
      value,
      detail,
      customers,
    }));
    return { ...DemandMonthDto.of(release), fewest_customers: FEWEST_CUSTOMERS, cells };
  }
}
