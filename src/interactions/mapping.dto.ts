import { ApiPropertyOptional } from '@nestjs/swagger';
import { buildMessage, IsIn, IsString, Matches, MaxLength, ValidateBy } from 'class-validator';

import { Omittable } from '../platform/http/omittable.js';
import { isTimeZone } from '../platform/zone.js';
import { currencies } from '../vocabulary/currencies.js';
import { type Delimiter, delimiters, type MappingOptions } from './mapping.js';

const ofOldTills = 'For `csv` and `poslog`.';

/** What the file of an old till does not say itself. */
export class MappingOptionsDto {
  @ApiPropertyOptional({
    description: `${ofOldTills} The \`source\` of all events; \`/pos/<store>/<workstation>\` where left out.`,
    maxLength: 200,
    example: '/pos/night-export',
  })
  @IsString()
  @MaxLength(200)
  @Matches(/^[!-~]+$/, { message: '$property must be an address without spaces' })
  @Omittable()
  source?: string;

  @ApiPropertyOptional({
    description: `${ofOldTills} The IANA zone of times that say no offset.`,
    example: 'Europe/Berlin',
  })
  @IsZone()
  @Omittable()
  time_zone?: string;

  @ApiPropertyOptional({
    enum: currencies,
    description: `${ofOldTills} ISO 4217, where the file says none.`,
    example: 'EUR',
  })
  @IsIn(currencies, { message: '$property must be a currency of ISO 4217' })
  @Omittable()
  currency?: string;

  @ApiPropertyOptional({
    enum: delimiters,
    description: 'For `csv`: what stands between cells. Left out, the one of these that the header has most of.',
    example: ';',
  })
  @IsIn(delimiters)
  @Omittable()
  delimiter?: Delimiter;

  toOptions(): MappingOptions {
    const { source, time_zone: timeZone, currency, delimiter } = this;
    return {
      ...(source !== undefined && { source }),
      ...(timeZone !== undefined && { timeZone }),
      ...(currency !== undefined && { currency }),
      ...(delimiter !== undefined && { delimiter }),
    };
  }
}

function IsZone(): PropertyDecorator {
  return ValidateBy({
    name: 'isZone',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && value.length <= 64 && isTimeZone(value),
      defaultMessage: buildMessage(() => '$property must be a zone of the IANA time zone database'),
    },
  });
}
