import { ApiProperty, ApiPropertyOptional, getSchemaPath } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsIn,
  IsISO31661Alpha2,
  IsObject,
  IsString,
  IsUUID,
  Matches,
  MaxLength,
  ValidateNested,
} from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { type Sector, sectors, type Stage, stages, type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { PRINTABLE } from '../vocabulary/schemas.js';
import { type Context, type Day, days, type Level, levels, type Place, type TimeOfWeek } from './preference.js';

export const OCCASION = /^[a-z][a-z0-9_]{0,39}$/;
/** A word for an occasion, as customers write it and as it is asked for. */
export const IsOccasion = () =>
  Matches(OCCASION, { message: '$property must be a short word in small letters, such as gift' });

const retailerId = '019a9c3e-7f10-7c41-9d2b-5a6f0f3b8e21';

/** To whom a preference applies. The level says which other member there is. */
export class AppliesToDto {
  @ApiProperty({ enum: levels, example: 'everyone' })
  @IsIn(levels)
  level!: Level;
}

export class AppliesToEveryoneDto extends AppliesToDto {
  @ApiProperty({ enum: ['everyone'], example: 'everyone' })
  declare level: 'everyone';
}

export class AppliesToSectorDto extends AppliesToDto {
  @ApiProperty({ enum: ['sector'], example: 'sector' })
  declare level: 'sector';

  @ApiProperty({ enum: sectors, example: 'grocery' })
  @IsIn(sectors)
  sector!: Sector;
}

export class AppliesToRetailerDto extends AppliesToDto {
  @ApiProperty({ enum: ['retailer'], example: 'retailer' })
  declare level: 'retailer';

  @ApiProperty({ format: 'uuid', example: retailerId })
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.toLowerCase() : value))
  @IsUUID()
  retailer_id!: string;
}

/** Which class a level makes of `applies_to`. */
export const levelTypes = [
  { name: 'everyone', value: AppliesToEveryoneDto },
  { name: 'sector', value: AppliesToSectorDto },
  { name: 'retailer', value: AppliesToRetailerDto },
];

/** What `applies_to` is in the API description. */
export const appliesToSchema = {
  type: Object,
  oneOf: levelTypes.map(({ value }) => ({ $ref: getSchemaPath(value) })),
  example: { level: 'everyone' },
};

export class PlaceDto implements Place {
  @ApiPropertyOptional({ description: 'ISO 3166-1 alpha-2.', pattern: '^[A-Z]{2}$', example: 'DE' })
  @IsISO31661Alpha2()
  @Matches(/^[A-Z]{2}$/, { message: '$property must be written in capital letters' })
  @Omittable()
  country?: string;

  @ApiPropertyOptional({ description: 'ISO 3166-2.', pattern: '^[A-Z]{2}-[A-Z0-9]{1,3}$', example: 'DE-BY' })
  @Matches(/^[A-Z]{2}-[A-Z0-9]{1,3}$/, { message: '$property must be a code of ISO 3166-2, such as DE-BY' })
  @Omittable()
  region?: string;

  @ApiPropertyOptional({
    description: 'A store, as its retailer calls it. Needs `applies_to` to name the retailer.',
    maxLength: 64,
    example: '4711',
  })
  @IsString()
  @MaxLength(64)
  @Matches(new RegExp(PRINTABLE, 'u'), { message: '$property must be one line of text' })
  @Omittable()
  store?: string;
}

export class TimeOfWeekDto implements TimeOfWeek {
  @ApiProperty({ description: 'Of the IANA time zone database.', maxLength: 64, example: 'Europe/Berlin' })
  @IsString()
  @MaxLength(64)
  time_zone!: string;

  @ApiPropertyOptional({ description: 'On the clock on the wall, inclusive.', example: '21:00' })
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/, { message: '$property must be a time of the day, such as 21:00' })
  @Omittable()
  from?: string;

  @ApiPropertyOptional({
    description: 'Exclusive. One that is not after `from` is on the next day; 24:00 is the end of the day.',
    example: '08:00',
  })
  @Matches(/^(([01]\d|2[0-3]):[0-5]\d|24:00)$/, { message: '$property must be a time of the day, such as 08:00' })
  @Omittable()
  to?: string;

  @ApiPropertyOptional({
    description: 'The days on which the hours begin; all when left out.',
    enum: days,
    isArray: true,
    example: ['sat', 'sun'],
  })
  @IsIn(days, { each: true })
  @ArrayUnique()
  @ArrayNotEmpty()
  @IsArray()
  @Omittable()
  days?: Day[];
}

export class ContextDto implements Context {
  @ApiPropertyOptional({ enum: stages, isArray: true, example: ['shopping'] })
  @IsIn(stages, { each: true })
  @ArrayUnique()
  @ArrayNotEmpty()
  @IsArray()
  @Omittable()
  stage?: Stage[];

  @ApiPropertyOptional({ enum: touchpoints, isArray: true, example: ['till', 'kiosk'] })
  @IsIn(touchpoints, { each: true })
  @ArrayUnique()
  @ArrayNotEmpty()
  @IsArray()
  @Omittable()
  touchpoint?: Touchpoint[];

  @ApiPropertyOptional()
  @ValidateNested()
  @Type(() => PlaceDto)
  @IsObject()
  @Omittable()
  place?: PlaceDto;

  @ApiPropertyOptional({ description: 'Hours of the week. Quiet hours are written this way.' })
  @ValidateNested()
  @Type(() => TimeOfWeekDto)
  @IsObject()
  @Omittable()
  time?: TimeOfWeekDto;

  @ApiPropertyOptional({
    description: 'A word of your own, such as gift, travel or party.',
    pattern: OCCASION.source,
    example: 'gift',
  })
  @IsOccasion()
  @Omittable()
  occasion?: string;
}
