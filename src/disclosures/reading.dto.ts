import { applyDecorators } from '@nestjs/common';
import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsISO31661Alpha2,
  IsString,
  Matches,
  MaxLength,
} from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { IsOccasion, OCCASION } from '../preferences/context.dto.js';
import type { Place } from '../preferences/preference.js';
import { type Format, formats, type RenderedFormat } from '../preferences/rendering.js';
import { type Purpose, purposes, type Stage, stages, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import type { Inquiry } from './answering.service.js';

const MOST_SUBJECTS = 500;
const MOST_ATTRIBUTES = 100;
const LONGEST_TEXT = 64;
const LONGEST_PATH = 100;

/** `size.footwear,contact` as well as `size.footwear` and `contact` in two parameters. */
const CommaSeparated = () =>
  Transform(({ value }: { value: unknown }) =>
    value === undefined
      ? undefined
      : [value].flat().flatMap((part) => (typeof part === 'string' ? part.split(',') : part)),
  );

/** In which circumstances something is looked at. */
export class CircumstancesDto {
  @ApiPropertyOptional({ enum: stages, description: 'At which stage of the journey.', example: 'shopping' })
  @IsIn(stages)
  @Omittable()
  stage?: Stage;

  @ApiPropertyOptional({ description: 'Where the customer is: ISO 3166-1 alpha-2.', example: 'GB' })
  @IsISO31661Alpha2()
  @Matches(/^[A-Z]{2}$/, { message: '$property must be written in capital letters' })
  @Omittable()
  country?: string;

  @ApiPropertyOptional({ description: 'ISO 3166-2.', example: 'GB-LND' })
  @Matches(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, { message: '$property must be a code of ISO 3166-2, such as GB-LND' })
  @Omittable()
  region?: string;

  @ApiPropertyOptional({ description: 'A store, as the retailer calls it.', maxLength: LONGEST_TEXT, example: '0417' })
  @IsString()
  @MaxLength(LONGEST_TEXT)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: '$property must be one line of text' })
  @Omittable()
  store?: string;

  @ApiPropertyOptional({
    description:
      'An occasion, as customers name it: a word in small letters. One that they do not name changes nothing.',
    pattern: OCCASION.source,
    example: 'gift',
  })
  @IsOccasion()
  @Omittable()
  occasion?: string;

  static placeOf({ country, region, store }: CircumstancesDto): Place | null {
    return country || region || store ? { country, region, store } : null;
  }
}

/** In whose words something is answered. */
export const FormatProperty = (): PropertyDecorator =>
  applyDecorators(
    ApiPropertyOptional({
      enum: formats,
      default: 'ccx',
      description:
        'In whose words: ours, or those of schema.org (JSON-LD), of the Universal Commerce Protocol (`ucp` as of ' +
        '2026-08-25, `ucp_2026_04_08` its earlier booleans), of Adobe XDM or of Salesforce. No other than ours tells ' +
        'everything: what it has no place for is left out.',
      example: 'xdm',
    }),
    IsIn(formats),
    Omittable(),
  );

/** The words asked for when they are not ours. */
export function renderedFormat(format: Format | undefined): RenderedFormat | undefined {
  return format === 'ccx' ? undefined : format;
}

class ReadingDto extends CircumstancesDto {
  @ApiPropertyOptional({
    enum: touchpoints,
    description: 'Where. May be left out when the consent and your client have just one in common.',
    example: 'till',
  })
  @IsIn(touchpoints)
  @Omittable()
  touchpoint?: Touchpoint;

  @ApiPropertyOptional({
    enum: purposes,
    description: 'What for. May be left out when the consent has just one.',
    example: 'dpv:ServicePersonalisation',
  })
  @IsIn(purposes)
  @Omittable()
  purpose?: Purpose;

  static inquiryOf(dto: ReadingDto & { attributes?: string[] }): Inquiry {
    const { purpose, touchpoint, stage, attributes, occasion = null } = dto;
    return { purpose, touchpoint, stage, attributes, place: CircumstancesDto.placeOf(dto), occasion };
  }
}

export class ReadPreferencesQuery extends ReadingDto {
  @ApiPropertyOptional({
    type: 'string',
    description:
      'Attributes and categories, separated by commas; left out, all that is shared. An attribute that is not shared ' +
      'here refuses the whole read; of a category you get what is shared.',
    example: 'size.footwear,contact',
  })
  @CommaSeparated()
  @IsString({ each: true })
  @MaxLength(LONGEST_PATH, { each: true })
  @ArrayMaxSize(MOST_ATTRIBUTES)
  @Omittable()
  attributes?: string[];

  @FormatProperty()
  format?: Format;

  static override inquiryOf(dto: ReadPreferencesQuery): Inquiry {
    return { ...ReadingDto.inquiryOf(dto), format: renderedFormat(dto.format) };
  }
}

export class LookUpDto extends ReadingDto {
  @ApiProperty({
    type: [String],
    description: 'The customers, by the subjects that your organisation was given.',
    minItems: 1,
    maxItems: MOST_SUBJECTS,
    example: ['p1PHkE2qXbQmC0dZ3Vt8sYwA'],
  })
  @IsArray()
  @IsString({ each: true })
  @MaxLength(LONGEST_PATH, { each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_SUBJECTS)
  subjects!: string[];

  @ApiPropertyOptional({
    type: [String],
    description: 'Attributes and categories; left out, all that is shared.',
    minItems: 1,
    maxItems: MOST_ATTRIBUTES,
    example: ['size.footwear', 'contact'],
  })
  @IsArray()
  @IsString({ each: true })
  @MaxLength(LONGEST_PATH, { each: true })
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_ATTRIBUTES)
  @Omittable()
  attributes?: string[];
}
