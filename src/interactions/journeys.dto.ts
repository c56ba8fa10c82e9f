import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { PageQuery } from '../platform/http/paging.js';
import { IsInstant } from '../platform/http/timestamp.js';
import { stages, touchpoints } from '../vocabulary/code-lists.js';
import { keptTypeNames } from './event-types.js';
import { RetailerNameDto } from './interactions.dto.js';
import { type Journey, lastOf } from './journey.js';
import type { JourneyStep } from './steps.queries.js';

export class JourneysQuery extends PageQuery {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Nothing before this is looked at; 90 days ago where left out.',
  })
  @IsInstant()
  @IsOptional()
  from?: Date;

  @ApiPropertyOptional({ format: 'date-time', description: 'Nothing from this on is looked at; now where left out.' })
  @IsInstant()
  @IsOptional()
  to?: Date;
}

/** By which retailers' names are found. */
export type RetailerNames = ReadonlyMap<string, { readonly name: string }>;

/** An interaction as a step of something longer. */
export class StepDto {
  @ApiProperty({ format: 'uuid', description: 'The interaction.' })
  id!: string;

  @ApiProperty({ type: RetailerNameDto })
  retailer!: RetailerNameDto;

  @ApiProperty({ ...openCode(keptTypeNames), example: 'promotion.offered' })
  type!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'email' })
  touchpoint!: string;

  @ApiProperty({ ...openCode(stages), example: 'awareness' })
  stage!: string;

  @ApiProperty({ format: 'date-time' })
  occurred_at!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'What the retailer ties events together by.' })
  correlation!: string | null;

  static of(step: JourneyStep, names: RetailerNames): StepDto {
    return {
      id: step.id,
      retailer: retailerOf(step.retailerId, names),
      type: step.type,
      touchpoint: step.touchpoint,
      stage: step.stage,
      occurred_at: step.occurredAt.toISOString(),
      correlation: step.correlation,
    };
  }
}

class JourneyStepDto extends StepDto {
  @ApiProperty({
    ...openCode(['first', 'time', 'correlation']),
    description:
      'Why it belongs to the journey: it is the `first`, it came within half an hour of the one before (`time`), or the ' +
      'retailer tied it by `correlation` to one of the journey, or to one near it.',
    example: 'first',
  })
  joined!: string;
}

/** What belongs together, across touchpoints and retailers. */
export class JourneyDto {
  @ApiProperty({ format: 'uuid', description: 'The interaction with which it began.' })
  id!: string;

  @ApiProperty({ format: 'date-time' })
  began_at!: string;

  @ApiProperty({ format: 'date-time', description: 'When its last interaction so far happened.' })
  ended_at!: string;

  @ApiProperty({ type: [RetailerNameDto], description: 'In the order in which they came into it.' })
  retailers!: RetailerNameDto[];

  @ApiProperty({
    ...openCodes(touchpoints),
    description: 'In the order in which they came into it.',
    example: ['email', 'till'],
  })
  touchpoints!: string[];

  @ApiProperty({
    ...openCodes(stages),
    description: 'In the order in which they came into it.',
    example: ['awareness', 'shopping'],
  })
  stages!: string[];

  @ApiProperty({ description: 'How often something was bought.', example: 1 })
  purchases!: number;

  @ApiProperty({ type: [JourneyStepDto], description: 'In the order in which they happened.' })
  interactions!: JourneyStepDto[];

  static of(journey: Journey<JourneyStep>, names: RetailerNames): JourneyDto {
    const steps = journey.steps.map(({ step }) => step);
    const [first] = steps as [JourneyStep, ...JourneyStep[]];
    return {
      id: first.id,
      began_at: first.occurredAt.toISOString(),
      ended_at: lastOf(journey).occurredAt.toISOString(),
      retailers: distinct(steps.map(({ retailerId }) => retailerId)).map((id) => retailerOf(id, names)),
      touchpoints: distinct(steps.map(({ touchpoint }) => touchpoint)),
      stages: distinct(steps.map(({ stage }) => stage)),
      purchases: steps.filter(({ type }) => type === 'transaction.completed').length,
      interactions: journey.steps.map(({ step, joined }) => ({ ...StepDto.of(step, names), joined })),
    };
  }
}

function retailerOf(id: string, names: RetailerNames): RetailerNameDto {
  return { id, name: names.get(id)?.name ?? id };
}

function distinct(values: readonly string[]): string[] {
  return [...new Set(values)];
}
