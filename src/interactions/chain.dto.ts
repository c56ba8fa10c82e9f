import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { Because, Certainty, Link } from './attribution.js';
import { type RetailerNames, StepDto } from './journeys.dto.js';
import type { ChainStep } from './steps.queries.js';

class ChainStepDto extends StepDto {
  @ApiPropertyOptional({ description: 'Of an offer and of an answer to it.', example: 'spring-26' })
  campaign?: string;

  @ApiPropertyOptional({ description: 'Which offer of the campaign.', example: 'milk-10' })
  offer?: string;

  @ApiPropertyOptional({ description: 'Of an answer: what it was.', example: 'redeemed' })
  response?: string;
}

class LinkDto {
  @ApiProperty({ format: 'uuid', description: 'What came first.' })
  from!: string;

  @ApiProperty({ format: 'uuid', description: 'What it led to.' })
  to!: string;

  @ApiProperty({
    ...openCode(['explicit', 'likely']),
    description: '`explicit`: codes of the retailer say so. `likely`: concluded from what came last.',
    example: 'explicit',
  })
  certainty!: Certainty;

  @ApiProperty({
    ...openCode(['correlation', 'offer', 'campaign', 'last_response', 'last_offer']),
    description:
      'By what: the same `correlation`; the same campaign and `offer`; the last offer of the same `campaign`; the ' +
      '`last_response` or the `last_offer` at this retailer. What is likely lies no more than 14 days apart.',
    example: 'offer',
  })
  because!: Because;
}

/** What led to an interaction, and what it led to. */
export class ChainDto {
  @ApiProperty({
    type: [ChainStepDto],
    description: 'In the order in which they happened; the one asked for is among them.',
  })
  interactions!: ChainStepDto[];

  @ApiProperty({ type: [LinkDto], description: 'What led to what. Each interaction follows from one other at most.' })
  links!: LinkDto[];

  static of(steps: readonly ChainStep[], links: readonly Link[], names: RetailerNames): ChainDto {
    return {
      interactions: steps.map((step) => ({ ...StepDto.of(step, names), ...codesOf(step) })),
      links: links.map((link) => ({ ...link })),
    };
  }
}

function codesOf({ type, data }: ChainStep): Pick<ChainStepDto, 'campaign' | 'offer' | 'response'> {
  if (!type.startsWith('promotion.')) return {};
  const { campaign, offer, response } = data as Record<string, string | undefined>;
  return { ...(campaign && { campaign }), ...(offer && { offer }), ...(response && { response }) };
}
