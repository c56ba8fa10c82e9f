import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import type { JsonObject } from '../platform/json.js';
import {
  AppliesToEveryoneDto,
  AppliesToRetailerDto,
  AppliesToSectorDto,
  appliesToSchema,
} from '../preferences/context.dto.js';
import type { AppliesTo } from '../preferences/preference.js';
import { strengths } from '../vocabulary/attribute.js';
import { touchpoints } from '../vocabulary/code-lists.js';
import { CountedDto } from './candidates.dto.js';
import { ruleIds } from './evidence.js';
import { suggestionStatuses, type SuggestionStatus } from './suggestion.entity.js';
import type { Evidence, ToldSuggestion } from './suggestions.service.js';

export class SuggestionsQuery {
  @ApiPropertyOptional({
    enum: suggestionStatuses,
    default: 'open',
    description: 'Those that you answered so; or open.',
  })
  @IsIn(suggestionStatuses)
  @IsOptional()
  status?: SuggestionStatus;
}

class ExplanationDto {
  @ApiProperty({ example: 'On 9 of 10 days of shopping since 3 March 2026 your receipt was by e-mail.' })
  en!: string;

  @ApiProperty({ example: 'An 9 von 10 Einkaufstagen seit dem 3. März 2026 war Ihr Kassenbon per E-Mail.' })
  de!: string;
}

@ApiExtraModels(AppliesToEveryoneDto, AppliesToSectorDto, AppliesToRetailerDto)
class SuggestedPreferenceDto {
  @ApiProperty({ example: 'receipt.delivery' })
  attribute!: string;

  @ApiProperty({ type: 'object', additionalProperties: true, example: { form: 'email' } })
  value!: JsonObject;

  @ApiProperty({ ...openCode(strengths), example: 'want' })
  strength!: string;

  @ApiProperty({ ...appliesToSchema })
  applies_to!: AppliesTo;
}

export class SuggestionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ ...openCode(ruleIds), example: 'receipt' })
  rule!: string;

  @ApiProperty({ ...openCode(suggestionStatuses), example: 'open' })
  status!: SuggestionStatus;

  @ApiProperty({ description: 'Why, in one sentence.' })
  explanation!: ExplanationDto;

  @ApiProperty({ description: 'What you would state by accepting it.' })
  preference!: SuggestedPreferenceDto;

  @ApiProperty({ description: 'The numbers behind it.' })
  counted!: CountedDto;

  @ApiProperty({
    description: 'Whether the events still say so. What you have accepted stays yours when they no longer do.',
    example: true,
  })
  holds!: boolean;

  @ApiProperty({ format: 'date-time' })
  suggested_at!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  decided_at!: string | null;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Before then the same is not suggested again; null while it is open.',
    example: null,
  })
  rests_until!: string | null;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'What it became.', example: null })
  preference_id!: string | null;

  static of({ stored, content, rule, retailer }: ToldSuggestion): SuggestionDto {
    const { attribute, value, strength, applies_to } = content.draft;
    return {
      id: stored.id,
      rule: content.rule,
      status: stored.status,
      explanation: rule.sentence({ ...content, ...(retailer !== undefined && { retailer }) }),
      preference: { attribute, value: value as JsonObject, strength, applies_to },
      counted: CountedDto.of({ ...content, threshold: rule.claim.threshold }),
      holds: stored.holds,
      suggested_at: stored.openedAt.toISOString(),
      decided_at: stored.decidedAt?.toISOString() ?? null,
      rests_until: stored.restsUntil()?.toISOString() ?? null,
      preference_id: stored.preferenceId,
    };
  }
}

export class SuggestionListDto {
  @ApiProperty({ type: [SuggestionDto] })
  items!: SuggestionDto[];
}

class EvidenceRetailerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Green Grocer' })
  name!: string;
}

class EvidenceDto {
  @ApiProperty({ format: 'uuid', description: 'The interaction.' })
  id!: string;

  @ApiProperty({ description: 'Where to see, dispute or delete it.', example: '/v1/me/interactions/{id}' })
  href!: string;

  @ApiProperty({ example: 'transaction.completed' })
  type!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ format: 'date-time' })
  occurred_at!: string;

  @ApiProperty({ description: 'Who reported it.' })
  retailer!: EvidenceRetailerDto;

  static of({ event, retailer }: Evidence): EvidenceDto {
    const { id, type, touchpoint, occurredAt, retailerId } = event;
    return {
      id,
      href: `/v1/me/interactions/${id}`,
      type,
      touchpoint,
      occurred_at: occurredAt.toISOString(),
      retailer: { id: retailerId, name: retailer },
    };
  }
}

export class SuggestionWithEvidenceDto extends SuggestionDto {
  @ApiProperty({ type: [EvidenceDto], description: 'The latest 50 events that say so and still stand, newest first.' })
  evidence!: EvidenceDto[];

  static ofBoth({ suggestion, evidence }: { suggestion: ToldSuggestion; evidence: Evidence[] }) {
    return { ...SuggestionDto.of(suggestion), evidence: evidence.map((one) => EvidenceDto.of(one)) };
  }
}
