import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import { ruleIds } from './evidence.js';
import type { PriorVersion, StoredPrior } from './prior.entity.js';

export class PriorDto {
  @ApiProperty({ ...openCode(ruleIds), example: 'brand_kind' })
  rule!: string;

  @ApiProperty({ example: 'milk' })
  group!: string;

  @ApiProperty({ description: '`*`: one for all values of the group.', example: 'store' })
  value!: string;

  @ApiProperty({ description: 'The first parameter of the beta distribution of shares among customers.', example: 0.9 })
  a!: number;

  @ApiProperty({ description: 'The second.', example: 1.3 })
  b!: number;

  @ApiProperty({ description: 'The share over all customers.', example: 0.41 })
  base_rate!: number;

  @ApiProperty({ type: 'integer', description: 'From how many customers, never fewer than 50.', example: 1210 })
  customers!: number;

  static of({ rule, group, value, a, b, baseRate, customers }: StoredPrior): PriorDto {
    return { rule, group, value, a, b, base_rate: baseRate, customers };
  }
}

export class PriorsPageDto {
  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'Null as long as none was ever fitted.' })
  version!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true })
  fitted_at!: string | null;

  @ApiProperty({ type: 'integer', description: 'How many customers it was fitted from.', example: 1840 })
  customers!: number;

  @ApiProperty({ type: [PriorDto] })
  items!: PriorDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Send it as `cursor` for the next page; null on the last.',
  })
  next_cursor!: string | null;

  static of(version: PriorVersion | null, items: readonly StoredPrior[], nextCursor: string | null): PriorsPageDto {
    return {
      version: version?.id ?? null,
      fitted_at: version?.fittedAt.toISOString() ?? null,
      customers: version?.customers ?? 0,
      items: items.map((cell) => PriorDto.of(cell)),
      next_cursor: nextCursor,
    };
  }
}
