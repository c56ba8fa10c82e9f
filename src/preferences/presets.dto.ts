import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsObject } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import type { AnswerLanguage } from '../platform/http/language.js';
import { Omittable } from '../platform/http/omittable.js';
import type { JsonValue } from '../platform/json.js';
import { isSpecial, type Strength, strengths } from '../vocabulary/attribute.js';
import type { Vocabulary } from '../vocabulary/vocabulary.js';
import type { GivenAnswers } from './preset-answers.js';
import { MOST_STATEMENTS, type Preset, type PresetQuestion } from './presets.js';
import { type PresetChoice, type PresetEffect, type PresetOutcome, presetOutcomes } from './presets.service.js';

class PresetAnswerDto {
  @ApiProperty({ example: 'weekly_email' })
  id!: string;

  @ApiProperty({ example: 'By e-mail, once a week at most' })
  label!: string;
}

class PresetQuestionDto {
  @ApiProperty({ example: 'advertising' })
  id!: string;

  @ApiProperty({ example: 'May shops send you advertising?' })
  text!: string;

  @ApiProperty({
    type: 'integer',
    description: 'How many answers may be chosen; at least one must be.',
    example: 1,
  })
  most!: number;

  @ApiProperty({
    description:
      'Whether the answers say something special, such as an allergy: no shop sees it unless you consent to just that.',
    example: false,
  })
  special!: boolean;

  @ApiProperty({ type: [PresetAnswerDto] })
  answers!: PresetAnswerDto[];

  static of(
    { id, text, most, answers }: PresetQuestion,
    language: AnswerLanguage,
    vocabulary: Vocabulary,
  ): PresetQuestionDto {
    return {
      id,
      text: text[language],
      most,
      special: answers.some(({ statements }) => statements.some(({ attribute }) => special(attribute, vocabulary))),
      answers: answers.map((answer) => ({ id: answer.id, label: answer.labels[language] })),
    };
  }
}

/** A way of shopping that fills in a few preferences at once. */
class PresetDto {
  @ApiProperty({ example: 'quiet_shopper' })
  id!: string;

  @ApiProperty({ example: 'Quiet shopper' })
  label!: string;

  @ApiProperty({ example: 'You would rather not be addressed, advertised to or recommended anything.' })
  description!: string;

  @ApiProperty({ type: [PresetQuestionDto], description: 'At most three.' })
  questions!: PresetQuestionDto[];
}

export class PresetsDto {
  @ApiProperty({ type: [PresetDto] })
  items!: PresetDto[];

  static of(presets: readonly Preset[], language: AnswerLanguage, vocabulary: Vocabulary): PresetsDto {
    return {
      items: presets.map(({ id, labels, description, questions }) => ({
        id,
        label: labels[language],
        description: description[language],
        questions: questions.map((question) => PresetQuestionDto.of(question, language, vocabulary)),
      })),
    };
  }
}

export class PresetChoiceDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: {
      oneOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' } }],
    },
    description: 'The answer to each question, by its id; several where the question takes several.',
    example: { advertising: 'never', help: 'left_alone', receipt: 'app' },
  })
  @IsObject()
  answers!: GivenAnswers;

  @ApiPropertyOptional({ description: 'Only tell what would change; nothing is stated.', default: false })
  @IsBoolean()
  @Omittable()
  dry_run?: boolean;

  @ApiPropertyOptional({
    description: 'Put what the preset says in the place of what you have stated otherwise.',
    default: false,
  })
  @IsBoolean()
  @Omittable()
  replace?: boolean;

  toChoice(): PresetChoice {
    return { answers: this.answers, dryRun: this.dry_run ?? false, replace: this.replace ?? false };
  }
}

class PresetSaidDto {
  @ApiProperty({ description: 'As the schema of the attribute says.', example: { form: 'app' } })
  value!: JsonValue;

  @ApiProperty({ ...openCode(strengths), example: 'want' })
  strength!: Strength;
}

class PresetEffectDto {
  @ApiProperty({
    ...openCode(presetOutcomes),
    description:
      '`added`: you had stated nothing of it. `replaced`: it took the place of what you had stated. `kept`: what you ' +
      'had stated stays. `unchanged`: you had stated just that.',
    example: 'added',
  })
  outcome!: PresetOutcome;

  @ApiProperty({ example: 'receipt.delivery' })
  attribute!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'Which one, of an attribute with many values.' })
  key!: string | null;

  @ApiProperty({ description: 'Whether it is special: no shop sees it unless you consent to just that.' })
  special!: boolean;

  @ApiProperty({ description: 'What the preset says.' })
  proposed!: PresetSaidDto;

  @ApiProperty({ type: PresetSaidDto, nullable: true, description: 'What you had stated; null when nothing.' })
  before!: PresetSaidDto | null;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The preference concerned; null when a new one is only proposed.',
  })
  preference_id!: string | null;

  static of({ outcome, statement, before, preferenceId }: PresetEffect, vocabulary: Vocabulary): PresetEffectDto {
    const { attribute, key, value, strength } = statement;
    return {
      outcome,
      attribute,
      key,
      special: special(attribute, vocabulary),
      proposed: { value, strength },
      before: before && { value: before.value, strength: before.strength },
      preference_id: preferenceId,
    };
  }
}

/** What became, or would become, of the statements of a preset. */
export class PresetDifferenceDto {
  @ApiProperty({ example: 'quiet_shopper' })
  preset!: string;

  @ApiProperty({ description: 'Whether it was only tried.', example: true })
  dry_run!: boolean;

  @ApiProperty({ type: [PresetEffectDto], maxItems: MOST_STATEMENTS })
  statements!: PresetEffectDto[];

  static of(
    preset: string,
    { dryRun }: PresetChoice,
    effects: readonly PresetEffect[],
    vocabulary: Vocabulary,
  ): PresetDifferenceDto {
    return { preset, dry_run: dryRun, statements: effects.map((effect) => PresetEffectDto.of(effect, vocabulary)) };
  }
}

function special(path: string, vocabulary: Vocabulary): boolean {
  const attribute = vocabulary.attribute(path);
  return attribute !== undefined && isSpecial(attribute);
}
