import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { IsInstant } from '../platform/http/timestamp.js';
import type { JsonValue } from '../platform/json.js';
import type { Format } from '../preferences/rendering.js';
import type { Effective } from '../preferences/resolve.js';
import { type Outcome, outcomes, type Reason, reasons, type Verdict } from '../preferences/verdict.js';
import { type Strength, strengths } from '../vocabulary/attribute.js';
import { type Purpose, purposes, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import type { Preview, SharedWith } from './effective.service.js';
import { CircumstancesDto, FormatProperty } from './reading.dto.js';
import { type NotSharedReason, notSharedReasons } from './view.js';

export class EffectiveQuery extends CircumstancesDto {
  @ApiPropertyOptional({ format: 'uuid', description: 'What holds for this retailer, and what it gets of it.' })
  @IsUUID()
  @Omittable()
  retailer_id?: string;

  @ApiPropertyOptional({ enum: touchpoints, description: 'Where.', example: 'till' })
  @IsIn(touchpoints)
  @Omittable()
  touchpoint?: Touchpoint;

  @ApiPropertyOptional({ enum: purposes, description: 'What the retailer reads it for.' })
  @IsIn(purposes)
  @Omittable()
  purpose?: Purpose;

  @ApiPropertyOptional({ format: 'date-time', description: 'When; now where left out.' })
  @IsInstant()
  @Omittable()
  at?: Date;

  @ApiPropertyOptional({
    format: 'date-time',
    description: 'As if you had stated nothing since. `at` is then that time, too, where it is left out.',
  })
  @IsInstant()
  @Omittable()
  as_of?: Date;

  @FormatProperty()
  format?: Format;
}

/** What holds, and what it rests on. */
export class OwnEffectivePreferenceDto {
  @ApiProperty({ example: 'contact.marketing' })
  attribute!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'Which one, of an attribute with many values.' })
  key!: string | null;

  @ApiProperty({ description: 'As the schema of the attribute says.', example: { email: false } })
  value!: JsonValue;

  @ApiProperty({ ...openCode(strengths), example: 'must' })
  strength!: Strength;

  @ApiProperty({ type: 'integer', nullable: true, example: null })
  weight!: number | null;

  @ApiProperty({
    type: [String],
    description: 'The preferences that it rests on, the most general first.',
    example: ['019a9e3e-7b1c-7d20-9f5e-1c2d3e4f5a6b'],
  })
  sources!: string[];

  static of({ attribute, key, value, strength, weight, sources }: Effective): OwnEffectivePreferenceDto {
    return { attribute, key, value, strength, weight: weight ?? null, sources: [...sources] };
  }
}

/** What became of one preference. */
export class VerdictDto {
  @ApiProperty({ format: 'uuid' })
  preference_id!: string;

  @ApiProperty({ example: 'contact.marketing' })
  attribute!: string;

  @ApiProperty({ type: 'string', nullable: true })
  key!: string | null;

  @ApiProperty({ ...openCode(outcomes), example: 'won' })
  outcome!: Outcome;

  @ApiProperty({ ...openCode(Object.keys(reasons)), example: 'most_specific' })
  reason!: Reason;

  @ApiProperty({ description: 'The reason in words.', example: reasons.most_specific })
  detail!: string;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'The preference that took its place.' })
  beaten_by!: string | null;
}

class OwnConsentDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 1 })
  version!: number;

  @ApiProperty({ ...openCode(['active', 'paused']), example: 'active' })
  status!: string;

  @ApiProperty({ format: 'date-time' })
  expires_at!: string;
}

const reasonList = Object.entries(notSharedReasons).map(([code, words]) => `\`${code}\`: ${words}`);

/** Whether a retailer gets an attribute. */
class SharedAttributeDto {
  @ApiProperty({ example: 'size.footwear' })
  attribute!: string;

  @ApiProperty({ description: 'Whether the retailer gets it here.', example: false })
  shared!: boolean;

  @ApiProperty({
    ...openCodes(Object.keys(notSharedReasons)),
    description: `Why not; empty when it is shared. ${reasonList.join(' ')}`,
    example: ['touchpoint'],
  })
  not_shared_because!: NotSharedReason[];
}

class SharingDto {
  @ApiProperty({ format: 'uuid' })
  retailer_id!: string;

  @ApiProperty({ example: 'Albatross Groceries' })
  retailer_name!: string;

  @ApiProperty({ type: OwnConsentDto, nullable: true, description: 'Your standing consent; null when there is none.' })
  consent!: OwnConsentDto | null;

  @ApiProperty({ type: [SharedAttributeDto], description: 'Every attribute of the vocabulary.' })
  attributes!: SharedAttributeDto[];

  static of({ retailer, consent, attributes }: SharedWith): SharingDto {
    return {
      retailer_id: retailer.id,
      retailer_name: retailer.name,
      consent: consent && {
        id: consent.id,
        version: consent.version,
        status: consent.status,
        expires_at: consent.expiresAt.toISOString(),
      },
      attributes: attributes.map(({ attribute, because }) => ({
        attribute,
        shared: because.length === 0,
        not_shared_because: because,
      })),
    };
  }
}

/** What holds of all that a customer stated, why, and what a retailer gets of it. */
export class EffectiveDto {
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

  @ApiProperty({ type: [OwnEffectivePreferenceDto] })
  effective!: OwnEffectivePreferenceDto[];

  @ApiProperty({ type: [VerdictDto], description: 'What became of every preference, and why.' })
  explain!: VerdictDto[];

  @ApiProperty({ type: SharingDto, nullable: true, description: 'With `retailer_id`: what that retailer gets.' })
  sharing!: SharingDto | null;

  static of({ at, validUntil, vocabulary, effective, explain, sharing }: Preview): EffectiveDto {
    return {
      at: at.toISOString(),
      valid_until: validUntil?.toISOString() ?? null,
      vocabulary,
      effective: effective.map(OwnEffectivePreferenceDto.of),
      explain: explain.map((verdict: Verdict) => ({ ...verdict })),
      sharing: sharing && SharingDto.of(sharing),
    };
  }
}
