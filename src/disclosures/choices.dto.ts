import { ApiExtraModels, ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { IsIn, IsString, IsUUID, MaxLength } from 'class-validator';

import { openCode, openCodes } from '../platform/http/extensible.js';
import type { AnswerLanguage } from '../platform/http/language.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import type { JsonObject, JsonValue } from '../platform/json.js';
import { type Attribute, isSpecial, type Strength, strengths } from '../vocabulary/attribute.js';
import { type Stage, stages, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { type AcknowledgementStatus, acknowledgementStatuses } from './acknowledgement.js';
import { whyHeld, whyWithheld } from './choice-words.js';
import type { Choice, Choices, ChoicesQuestion } from './choices.service.js';
import { OwnEffectivePreferenceDto, VerdictDto } from './effective.dto.js';
import { type NotSharedReason, notSharedReasons } from './view.js';

export class ChoicesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: stages, description: 'At which stage of the journey.', example: 'shopping' })
  @IsIn(stages)
  @Omittable()
  stage?: Stage;

  @ApiPropertyOptional({ enum: touchpoints, description: 'Where: only what may matter there.', example: 'till' })
  @IsIn(touchpoints)
  @Omittable()
  touchpoint?: Touchpoint;

  @ApiPropertyOptional({ format: 'uuid', description: 'What holds for this retailer, what it gets and does with it.' })
  @IsUUID()
  @Omittable()
  retailer?: string;

  @ApiPropertyOptional({ description: 'An attribute, or a category for all of it.', maxLength: 100, example: 'food' })
  @IsString()
  @MaxLength(100)
  @Omittable()
  attribute?: string;

  toQuestion(): ChoicesQuestion {
    const { stage, touchpoint, retailer: retailerId, attribute } = this;
    return { stage, touchpoint, retailerId, attribute };
  }
}

class CodeListReferenceDto {
  @ApiProperty({ example: 'receipt_form' })
  name!: string;

  @ApiProperty({
    description: 'The release of the vocabulary, which has it under `code_lists` with its labels.',
    example: '/v1/vocabularies/ccx-core/1.2.0',
  })
  href!: string;
}

/** What a preference about an attribute may say. */
@ApiExtraModels(CodeListReferenceDto)
class CanSetDto {
  @ApiProperty({ type: 'object', additionalProperties: true, description: 'JSON Schema 2020-12 of the value.' })
  value_schema!: JsonObject;

  @ApiProperty({ ...openCodes(strengths), example: ['must', 'want'] })
  strengths!: readonly Strength[];

  @ApiProperty({ ...openCode(['one', 'many']), description: 'Whether several may hold side by side.', example: 'one' })
  cardinality!: Attribute['cardinality'];

  @ApiProperty({
    type: 'object',
    additionalProperties: { $ref: getSchemaPath(CodeListReferenceDto) },
    description: 'The code list behind each coded member of the value, by JSON pointer.',
  })
  code_lists!: Record<string, CodeListReferenceDto>;

  @ApiProperty({ description: 'A value as it may be.', example: { form: 'email' } })
  example!: JsonValue;

  static of({ value_schema, strengths: taken, cardinality, code_lists, example }: Attribute, href: string): CanSetDto {
    const references = Object.entries(code_lists).map(([pointer, name]) => [pointer, { name, href }] as const);
    return { value_schema, strengths: taken, cardinality, code_lists: Object.fromEntries(references), example };
  }
}

class ChoiceDefaultDto {
  @ApiProperty({ nullable: true, description: 'The value that holds; null where none does.', example: null })
  value!: JsonValue | null;

  @ApiProperty({ example: 'Each shop does as it usually does.' })
  text!: string;
}

class ChoiceNotSharedDto {
  @ApiProperty({ ...openCode(Object.keys(notSharedReasons)), example: 'no_consent' })
  reason!: NotSharedReason;

  @ApiProperty({ example: notSharedReasons.no_consent })
  detail!: string;
}

class ChoiceSharingDto {
  @ApiProperty({ description: 'Whether the retailer gets it here.', example: false })
  shared!: boolean;

  @ApiProperty({ type: [ChoiceNotSharedDto], description: 'Why not; empty when it is shared.' })
  not_shared_because!: ChoiceNotSharedDto[];
}

class ChoiceUseDto {
  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ description: 'In the retailer’s own words.', example: 'We send the receipt instead of printing it.' })
  does!: string;
}

class AcknowledgedChoiceDto {
  @ApiProperty({ type: 'string', nullable: true, description: 'Which one; null for all of them.' })
  key!: string | null;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ ...openCode(acknowledgementStatuses), example: 'honoured' })
  status!: AcknowledgementStatus;

  @ApiProperty({ type: 'string', nullable: true, description: 'In the retailer’s own words.', example: null })
  reason!: string | null;

  @ApiProperty({ format: 'date-time' })
  at!: string;
}

/** One thing that can be set here. */
class ChoiceDto {
  @ApiProperty({ example: 'receipt.delivery' })
  attribute!: string;

  @ApiProperty({ example: 'receipt' })
  category!: string;

  @ApiProperty({ example: 'Receipt' })
  label!: string;

  @ApiProperty({ example: 'How you like to get your receipt.' })
  description!: string;

  @ApiProperty({ description: 'Whether it is special: no retailer gets it but by a consent to just that.' })
  special!: boolean;

  @ApiProperty()
  can_set!: CanSetDto;

  @ApiProperty({ type: [OwnEffectivePreferenceDto], description: 'What holds here and now; empty when nothing does.' })
  now!: OwnEffectivePreferenceDto[];

  @ApiProperty({ type: [VerdictDto], description: 'What became of every preference about it, and why.' })
  why!: VerdictDto[];

  @ApiProperty({ type: ChoiceDefaultDto, nullable: true, description: 'What holds as long as nothing is stated.' })
  default!: ChoiceDefaultDto | null;

  @ApiProperty({ type: ChoiceSharingDto, nullable: true, description: 'With `retailer`: whether it gets it.' })
  sharing!: ChoiceSharingDto | null;

  @ApiProperty({ type: [ChoiceUseDto], description: 'With `retailer`: what it declares to do with it.' })
  does!: ChoiceUseDto[];

  @ApiProperty({ type: [AcknowledgedChoiceDto], description: 'With `retailer`: what it says it honours, or cannot.' })
  acknowledged!: AcknowledgedChoiceDto[];

  static of(choice: Choice, language: AnswerLanguage, href: string): ChoiceDto {
    const { attribute, now, why, notSharedBecause, does, acknowledged } = choice;
    return {
      attribute: attribute.path,
      category: attribute.category,
      label: attribute.labels[language],
      description: attribute.description[language],
      special: isSpecial(attribute),
      can_set: CanSetDto.of(attribute, href),
      now: now.map(OwnEffectivePreferenceDto.of),
      why: why.map((verdict) => ({ ...verdict, detail: whyHeld[language][verdict.reason] })),
      default: attribute.default ? { value: attribute.default.value, text: attribute.default.text[language] } : null,
      sharing: notSharedBecause && {
        shared: notSharedBecause.length === 0,
        not_shared_because: notSharedBecause.map((reason) => ({ reason, detail: whyWithheld[language][reason] })),
      },
      does: does.map(({ touchpoint, words }) => ({ touchpoint, does: words[language] ?? words.en })),
      acknowledged: acknowledged.map(({ key, touchpoint, status, reason, at }) => ({
        key,
        touchpoint,
        status,
        reason,
        at: at.toISOString(),
      })),
    };
  }
}

class ChoicesRetailerDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  name!: string;
}

/** What can be set here, what holds now and why, and what comes of it. */
export class ChoicesDto {
  @ApiProperty({ format: 'date-time' })
  at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When time alone may change the answer; null when it never does.',
  })
  valid_until!: string | null;

  @ApiProperty({ description: 'The release of `ccx-core` that the attributes belong to.', example: '1.2.0' })
  vocabulary!: string;

  @ApiProperty({ type: ChoicesRetailerDto, nullable: true, description: 'The retailer that was named.' })
  retailer!: ChoicesRetailerDto | null;

  @ApiProperty({ type: [ChoiceDto], description: 'By the name of the attribute; empty when nothing can be set here.' })
  items!: ChoiceDto[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Send it as `cursor` for the next page; null on the last one.',
  })
  next_cursor!: string | null;

  static of({ items, next_cursor, preview }: Choices, language: AnswerLanguage): ChoicesDto {
    const { at, validUntil, vocabulary, sharing } = preview;
    const href = `/v1/vocabularies/ccx-core/${vocabulary}`;
    return {
      at: at.toISOString(),
      valid_until: validUntil?.toISOString() ?? null,
      vocabulary,
      retailer: sharing && { id: sharing.retailer.id, name: sharing.retailer.name },
      items: items.map((choice) => ChoiceDto.of(choice, language, href)),
      next_cursor,
    };
  }
}
