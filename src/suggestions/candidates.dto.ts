import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { Candidate } from './candidates.js';
import { ruleIds } from './evidence.js';

/** What was counted, and what it comes to. */
export class CountedDto {
  @ApiProperty({ type: 'integer', description: 'How often it was so.', example: 9 })
  k!: number;

  @ApiProperty({ type: 'integer', description: 'How often it could have been.', example: 10 })
  n!: number;

  @ApiProperty({ type: 'integer', description: 'On how many days, or in how many periods, that was.', example: 10 })
  days!: number;

  @ApiProperty({ format: 'date', description: 'The first day that was counted (UTC).', example: '2026-03-03' })
  since!: string;

  @ApiProperty({ format: 'date', description: 'The last.', example: '2026-11-20' })
  until!: string;

  @ApiProperty({ description: 'The share to be expected from now on.', example: 0.79 })
  mean!: number;

  @ApiProperty({ description: 'How probable it is that your share is above `threshold`.', example: 0.96 })
  probability!: number;

  @ApiProperty({ description: 'From which share on it is worth suggesting.', example: 0.6 })
  threshold!: number;

  @ApiProperty({ description: 'The share among all customers; 0.5 where nobody knows.', example: 0.2 })
  base!: number;

  static of({ k, n, days, since, until, assessment, threshold }: Counted): CountedDto {
    const { mean, probability, base } = assessment;
    return { k, n, days, since, until, mean, probability, threshold, base };
  }
}

type Counted = Pick<Candidate, 'k' | 'n' | 'days' | 'since' | 'until' | 'assessment'> & { readonly threshold: number };

export class CandidateDto extends CountedDto {
  @ApiProperty({ ...openCode(ruleIds), example: 'brand_kind' })
  rule!: string;

  @ApiProperty({ example: 'brand.kind' })
  attribute!: string;

  @ApiProperty({ description: 'Within which values compete: a category, a retailer, `all`.', example: 'milk' })
  group!: string;

  @ApiProperty({ example: 'store' })
  value!: string;

  @ApiProperty({ description: 'Whether it is sure enough to be suggested.', example: false })
  suggest!: boolean;

  @ApiProperty({
    type: 'array',
    items: openCode(['days', 'support', 'confidence', 'distinctive']),
    description:
      'What it still lacks: at least 3 `days`; at least 3 times of `support`; the `confidence` of 0.9 that your share is ' +
      'above the threshold; and that it is `distinctive` of you, where most customers do it.',
    example: ['confidence'],
  })
  lacks!: readonly string[];

  static ofCandidate({ rule, group, value, ...counted }: Candidate): CandidateDto {
    const { suggest, lacks } = counted.assessment;
    return {
      rule: rule.id,
      attribute: rule.attribute,
      group,
      value,
      ...CountedDto.of({ ...counted, threshold: rule.claim.threshold }),
      suggest,
      lacks,
    };
  }
}

export class CandidatePageDto {
  @ApiProperty({ type: [CandidateDto] })
  items!: CandidateDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Send it as `cursor` for the next page; null on the last.',
  })
  next_cursor!: string | null;

  @ApiProperty({ description: 'Whether all that was reported has been looked at: a moment after the last report.' })
  complete!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The version of what is known of other customers; null as long as there are too few.',
  })
  priors!: string | null;
}
