import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  Equals,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import {
  type Purpose,
  purposes,
  type Sector,
  sectors,
  type Touchpoint,
  touchpoints,
} from '../vocabulary/code-lists.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import { exampleIds } from './consent-examples.js';
import { type RuleConditions, type RuleEffect, ruleEffects } from './rule.js';
import type { RuleTerms } from './rule.entity.js';

const LONGEST_NAME = 80;
const MOST_RETAILERS = 50;
const MOST_ATTRIBUTES = 50;
const LONGEST_LIFE_DAYS = 366;

const lowerCase = ({ value }: { value: unknown }): unknown =>
  Array.isArray(value) ? value.map((id: unknown) => (typeof id === 'string' ? id.toLowerCase() : id)) : value;

class RuleConditionsDto implements RuleConditions {
  @ApiPropertyOptional({
    enum: sectors,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    description: 'Retailers of one of these sectors.',
    example: ['grocery'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(sectors, { each: true })
  @Omittable()
  sectors?: Sector[];

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', format: 'uuid' },
    minItems: 1,
    maxItems: MOST_RETAILERS,
    uniqueItems: true,
    description: 'These retailers.',
    example: [exampleIds.retailer],
  })
  @Transform(lowerCase)
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_RETAILERS)
  @ArrayUnique()
  @IsUUID(undefined, { each: true })
  @Omittable()
  retailer_ids?: string[];

  @ApiPropertyOptional({
    enum: purposes,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    description: 'Lines for these purposes. A rule that allows has to name them.',
    example: ['dpv:DeliveryOfGoods'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(purposes, { each: true })
  @Omittable()
  purposes?: Purpose[];

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', maxLength: 100 },
    minItems: 1,
    maxItems: MOST_ATTRIBUTES,
    uniqueItems: true,
    description:
      'Lines about these attributes or categories of the vocabulary. A rule that allows has to name them, and never ' +
      'allows special ones; for a category it keeps the attributes that this has now.',
    example: ['fulfilment.substitution'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayMaxSize(MOST_ATTRIBUTES)
  @ArrayUnique()
  @IsString({ each: true })
  @MaxLength(100, { each: true })
  @Omittable()
  attributes?: string[];

  @ApiPropertyOptional({
    enum: touchpoints,
    isArray: true,
    minItems: 1,
    uniqueItems: true,
    description: 'Lines for these touchpoints.',
    example: ['web', 'app'],
  })
  @IsArray()
  @ArrayNotEmpty()
  @ArrayUnique()
  @IsIn(touchpoints, { each: true })
  @Omittable()
  touchpoints?: Touchpoint[];

  @ApiPropertyOptional({
    enum: [true],
    type: 'boolean',
    description:
      'To refuse: lines whose retailer wants to pass on what it reads. To allow: these as well, which are not allowed ' +
      'otherwise.',
    example: true,
  })
  @Equals(true)
  @Omittable()
  third_party_sharing?: true;
}

/** A rule as the customer writes it. */
export class RuleTermsDto {
  @ApiProperty({
    minLength: 1,
    maxLength: LONGEST_NAME,
    description: 'What you call it.',
    example: 'Substitutions for grocers',
  })
  @IsString()
  @MaxLength(LONGEST_NAME)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: '$property must be one line of text' })
  name!: string;

  @ApiProperty({
    enum: ruleEffects,
    description:
      '`refuse`: lines that the rule meets in anything are refused. `allow`: a request is approved when everything of ' +
      'it is what the rule names. Refusing is stronger.',
    example: 'allow',
  })
  @IsIn(ruleEffects)
  effect!: RuleEffect;

  @ApiProperty({
    description: 'All that is named must be so. A rule that refuses and names nothing refuses everything.',
    example: { sectors: ['grocery'], attributes: ['fulfilment.substitution'], purposes: ['dpv:DeliveryOfGoods'] },
  })
  @IsDefined({ message: '$property is required' })
  @IsObject()
  @ValidateNested()
  @Type(() => RuleConditionsDto)
  when!: RuleConditionsDto;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: LONGEST_LIFE_DAYS,
    description: 'For how many days at most what the rule allows holds. Left out: for as long as was asked for.',
    example: 30,
  })
  @IsInt()
  @Min(1)
  @Max(LONGEST_LIFE_DAYS)
  @Omittable()
  lifetime_days?: number;

  @ApiPropertyOptional({
    default: false,
    description: 'A rule decides nothing until it is switched on.',
    example: true,
  })
  @IsBoolean()
  @Omittable()
  enabled?: boolean;

  toTerms(): RuleTerms {
    const { name, effect, when, lifetime_days: lifetimeDays = null, enabled = false } = this;
    return { name, effect, when: { ...when }, lifetimeDays, enabled };
  }
}
