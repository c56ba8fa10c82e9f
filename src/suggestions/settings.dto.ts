import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, ArrayUnique, IsArray, IsBoolean, IsIn, IsOptional } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { isTimeZone } from '../platform/zone.js';
import { rules } from './rules.js';
import type { SettingsChange } from './settings.service.js';
import type { SuggestionSettings } from './suggestion-settings.entity.js';

/** What suggestions can be about. */
const suggestible: readonly string[] = [...new Set(rules.map(({ attribute }) => attribute as string))];

export class SuggestionSettingsDto {
  @ApiProperty({ description: 'Off until you switch them on; then nothing is concluded from anything.' })
  enabled!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Since when; null while they are off.',
  })
  enabled_at!: string | null;

  @ApiProperty({ type: [String], description: 'The attributes about which nothing is ever suggested.' })
  never!: string[];

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Where you are (IANA). Without it nothing is concluded from the time of day.',
    example: 'Europe/Berlin',
  })
  time_zone!: string | null;

  static of(settings: SuggestionSettings): SuggestionSettingsDto {
    return {
      enabled: settings.isEnabled(),
      enabled_at: settings.enabledAt?.toISOString() ?? null,
      never: settings.never,
      time_zone: settings.timeZone,
    };
  }
}

export class SuggestionSettingsChangeDto {
  @ApiPropertyOptional({
    description: 'True looks at all that stands; false forgets at once what followed from it.',
    example: true,
  })
  @IsBoolean()
  @Omittable()
  enabled?: boolean;

  @ApiPropertyOptional({
    type: 'array',
    items: { type: 'string', enum: [...suggestible] },
    uniqueItems: true,
    description: 'All attributes about which nothing is ever to be suggested.',
    example: ['category.interest'],
  })
  @IsIn(suggestible, { each: true })
  @ArrayUnique()
  @ArrayMaxSize(suggestible.length)
  @IsArray()
  @Omittable()
  never?: string[];

  @ApiPropertyOptional({
    type: 'string',
    nullable: true,
    description: 'A zone of the IANA time zone database; null takes it away.',
    example: 'Europe/Berlin',
  })
  @IsOptional()
  time_zone?: unknown;

  /** @throws InvalidRequestError when there is no such zone */
  toChange(): SettingsChange {
    const { enabled, never, time_zone: zone } = this;
    if (zone !== undefined && zone !== null && !(typeof zone === 'string' && isTimeZone(zone))) {
      const detail = 'must be a zone of the IANA time zone database, or null';
      throw new InvalidRequestError([{ pointer: '/time_zone', detail }]);
    }
    return {
      ...(enabled !== undefined && { enabled }),
      ...(never && { never }),
      ...(zone !== undefined && { timeZone: zone }),
    };
  }
}
