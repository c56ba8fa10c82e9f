import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  Equals,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { IsTimestamp } from '../platform/http/timestamp.js';
import type { JsonValue } from '../platform/json.js';
import { type Strength, strengths } from '../vocabulary/attribute.js';
import {
  AppliesToDto,
  AppliesToEveryoneDto,
  AppliesToRetailerDto,
  AppliesToSectorDto,
  appliesToSchema,
  ContextDto,
  levelTypes,
} from './context.dto.js';
import { canonicalContext, defined, type Draft } from './draft.js';
import type { AppliesTo } from './preference.js';

const AppliesToProperty = () =>
  applyDecorators(
    IsObject(),
    ValidateNested(),
    Type(() => AppliesToDto, {
      keepDiscriminatorProperty: true,
      discriminator: { property: 'level', subTypes: levelTypes },
    }),
  );

const timestamp = (description: string) => ({ description, format: 'date-time', example: '2026-12-24T18:00:00Z' });

/** What a preference says, apart from what it is about. */
@ApiExtraModels(AppliesToEveryoneDto, AppliesToSectorDto, AppliesToRetailerDto)
abstract class StatementDto {
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'As the `value_schema` of the attribute asks for, at most 4 KiB.',
    example: { code: 'AP' },
  })
  // The value as it came: the vocabulary's schema judges it, not a class.
  @Transform(({ obj, key }: { obj: Record<string, unknown>; key: string }) => obj[key])
  @IsDefined({ message: '$property is required' })
  value!: JsonValue;

  @ApiProperty({
    enum: strengths,
    description: 'must and never bind, want and avoid ask. The attribute says which it takes.',
    example: 'never',
  })
  @IsIn(strengths)
  strength!: Strength;

  @ApiPropertyOptional({ description: 'How much, for want and avoid.', type: 'integer', minimum: 1, maximum: 100 })
  @IsInt()
  @Min(1)
  @Max(100)
  @Omittable()
  weight?: number;

  @ApiPropertyOptional({ description: 'When it holds: all that is named must match. Left out: always.' })
  @ValidateNested()
  @Type(() => ContextDto)
  @IsObject()
  @Omittable()
  context?: ContextDto;

  @ApiPropertyOptional({
    enum: [true],
    type: 'boolean',
    description: 'Lets it weaken what is said more generally, where merging would keep the stricter.',
  })
  @Equals(true)
  @Omittable()
  override?: true;

  @ApiPropertyOptional(timestamp('When it begins to hold.'))
  @IsTimestamp()
  @Omittable()
  valid_from?: string;

  @ApiPropertyOptional(timestamp('When it ceases to hold.'))
  @IsTimestamp()
  @Omittable()
  valid_until?: string;

  @ApiPropertyOptional(timestamp('When you want to be asked whether it is still right.'))
  @IsTimestamp()
  @Omittable()
  review_after?: string;

  abstract applies_to?: AppliesToDto;

  toRevision(): Omit<Draft, 'attribute'> {
    return defined({
      value: this.value,
      strength: this.strength,
      weight: this.weight,
      applies_to: defined((this.applies_to ?? EVERYONE) as AppliesTo),
      context: this.context && canonicalContext(this.context),
      override: this.override,
      valid_from: utc(this.valid_from),
      valid_until: utc(this.valid_until),
      review_after: utc(this.review_after),
    });
  }
}

const EVERYONE: AppliesTo = { level: 'everyone' };

/** One way of writing a time, so that times compare as texts. */
function utc(time: string | undefined): string | undefined {
  return time && new Date(time).toISOString();
}

export class NewPreferenceDto extends StatementDto {
  @ApiProperty({ description: 'A path of the vocabulary.', maxLength: 100, example: 'food.allergen' })
  @IsString()
  @MaxLength(100)
  attribute!: string;

  @ApiPropertyOptional({ ...appliesToSchema, description: 'Everyone, when left out.' })
  @AppliesToProperty()
  @Omittable()
  applies_to?: AppliesToDto;

  toDraft(): Draft {
    return { attribute: this.attribute, ...this.toRevision() };
  }
}

export class PreferenceRevisionDto extends StatementDto {
  @ApiProperty({ ...appliesToSchema })
  @AppliesToProperty()
  applies_to!: AppliesToDto;
}

export const LARGEST_BATCH = 500;

export class PreferenceBatchDto {
  @ApiProperty({ type: [NewPreferenceDto], minItems: 1, maxItems: LARGEST_BATCH })
  @ValidateNested({ each: true })
  @Type(() => NewPreferenceDto)
  @ArrayMaxSize(LARGEST_BATCH)
  @ArrayMinSize(1)
  @IsArray()
  items!: NewPreferenceDto[];

  toDrafts(): Draft[] {
    return this.items.map((item) => item.toDraft());
  }
}
