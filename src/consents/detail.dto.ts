import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

import { openCode, openCodes } from '../platform/http/extensible.js';
import { purposes, stages, touchpoints } from '../vocabulary/code-lists.js';
import { type AskedDetail, type ConsentDetail, deliveries, detailTypes } from './detail.js';
import { MOST_RECIPIENTS } from './detail-reader.js';
import { eventTypes } from './event-types.js';
import { statementExample } from './request-examples.js';
import { specialClasses } from './special-products.js';

/** One line of a request, as it was read. Each type has members of its own. */
export class AskedDetailDto {
  @ApiProperty({ format: 'uuid', description: 'By which the line is named when the request is decided.' })
  readonly id!: string;

  @ApiProperty({ ...openCode(detailTypes), example: 'ccx_preferences' })
  readonly type!: string;

  @ApiPropertyOptional({
    type: [String],
    description: 'What may be read: attributes of the vocabulary, categories expanded.',
    example: ['size.footwear'],
  })
  readonly attributes?: string[];

  @ApiPropertyOptional({
    ...openCodes(specialClasses),
    description: 'The one class of special products that may be named in what is reported.',
    example: ['pharmacy'],
  })
  readonly products?: string[];

  @ApiPropertyOptional({
    ...openCodes(eventTypes),
    description: 'What may be reported; of special products, in what reports they may be named.',
    example: ['transaction.completed'],
  })
  readonly event_types?: string[];

  @ApiProperty({ ...openCodes(purposes), example: ['dpv:ServicePersonalisation'] })
  readonly purposes!: string[];

  @ApiProperty({ ...openCodes(touchpoints), example: ['till', 'web'] })
  readonly touchpoints!: string[];

  @ApiPropertyOptional({ ...openCodes(stages), example: ['shopping'] })
  readonly stages?: string[];

  @ApiPropertyOptional({ ...openCodes(deliveries), example: ['live'] })
  readonly delivery?: string[];

  @ApiPropertyOptional({
    description: 'For how long the retailer may keep what it read: an ISO 8601 duration.',
    example: 'P30D',
  })
  readonly retention?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: MOST_RECIPIENTS,
    description: 'To whom the retailer may pass on what it read; nobody when left out, and never what is special.',
    example: ['Parcel Service Ltd'],
  })
  readonly recipients?: string[];

  @ApiPropertyOptional({
    description: 'How far back events may reach: a duration before the decision, or a date.',
    example: 'P90D',
  })
  readonly since?: string;

  @ApiPropertyOptional({
    description: 'For how long after the end events from before the end may still be reported.',
    example: 'P3D',
  })
  readonly late_reporting?: string;

  static of(detail: AskedDetail): AskedDetailDto {
    return detail;
  }
}

/** One line of a consent. What is read or reported is covered by one line; lines are never combined. */
export class ConsentDetailDto extends AskedDetailDto {
  @ApiPropertyOptional({
    format: 'date-time',
    description: 'Events that happened before are not covered.',
    example: '2026-08-23T09:30:00.000Z',
  })
  declare readonly since?: string;

  @ApiPropertyOptional({
    description:
      'For `ccx_preferences_special`: the hash (SHA-256, base64url) of the statement to which the customer has ' +
      'expressly consented.',
    example: statementExample.hash,
  })
  readonly statement?: string;

  @ApiProperty({ format: 'date-time', example: '2027-11-21T09:30:00.000Z' })
  readonly expires_at!: string;

  static override of(detail: ConsentDetail): ConsentDetailDto {
    return detail;
  }
}
