import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMinSize,
  IsArray,
  IsIn,
  IsObject,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageQuery } from '../platform/http/paging.js';
import { type DisputeAnswer, disputeAnswers } from './dispute.entity.js';
import { type DisputeStatus, disputeStatuses } from './dispute.js';
import { DisputeStateDto } from './disputes.dto.js';
import type { DisputedEvent } from './disputes.queries.js';

/** Which of its disputes a retailer asks for. */
export class ReceivedDisputesQuery extends PageQuery {
  @ApiPropertyOptional({
    enum: disputeStatuses,
    isArray: true,
    description: 'Where they stand; repeat it for several. All of them where left out.',
  })
  @Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]))
  @Omittable()
  @IsArray()
  @ArrayMinSize(1)
  @IsIn(disputeStatuses, { each: true })
  status?: DisputeStatus[];
}

/** An event as its sender calls it. */
export class EventNameDto {
  @ApiProperty({ description: 'Its `id`.', minLength: 1, maxLength: 200, example: '536367' })
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  id!: string;

  @ApiPropertyOptional({
    description: 'Its `source`; that of the disputed event where left out.',
    minLength: 1,
    maxLength: 200,
    example: '/tills/17',
  })
  @Omittable()
  @IsString()
  @MinLength(1)
  @MaxLength(200)
  source?: string;
}

export class DisputeAnswerDto {
  @ApiProperty({
    enum: disputeAnswers,
    description:
      '`withdrawn` takes the event back, for good. `corrected` names the event that corrects it. `stands`: you hold ' +
      'that it is right; the customer decides whether they still dispute it.',
    example: 'corrected',
  })
  @IsIn(disputeAnswers)
  answer!: DisputeAnswer;

  @ApiPropertyOptional({
    type: EventNameDto,
    description:
      'With `corrected`, and only then: an event of the same client that names the disputed one in `ccxcorrects`.',
  })
  @Omittable()
  @IsObject()
  @ValidateNested()
  @Type(() => EventNameDto)
  correction?: EventNameDto;

  @ApiPropertyOptional({
    description: 'Your own code of why, which the customer sees.',
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$',
    example: 'till-misread',
  })
  @Omittable()
  @Matches(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/, {
    message: '$property must be 1 to 40 letters, digits, dots, hyphens and underscores',
  })
  note_code?: string;

  /** @throws InvalidRequestError unless a correction is named with `corrected`, and only then */
  checked(): this {
    if ((this.answer === 'corrected') === (this.correction !== undefined)) return this;
    const detail = this.correction ? 'must be left out unless the answer is corrected' : 'is required with corrected';
    throw new InvalidRequestError([{ pointer: '/correction', detail }]);
  }
}

/** A disputed event, by the names that its retailer knows. */
export class DisputedEventDto {
  @ApiProperty({ description: 'Its `id`.', example: '536365' })
  id!: string;

  @ApiProperty({ description: 'Its `source`.', example: '/tills/17' })
  source!: string;

  @ApiProperty({ example: 'transaction.completed' })
  type!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T17:42:00.000Z' })
  occurred_at!: string;
}

/** A dispute as the retailer sees it that reported the event. */
export class ReceivedDisputeDto extends DisputeStateDto {
  @ApiProperty({ description: 'The `sub` by which you know the customer.', example: 'p1Zk3vQy0mBq9cJ2hT5xWnLg' })
  subject!: string;

  @ApiProperty({ type: DisputedEventDto })
  event!: DisputedEventDto;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: "The customer's own words, where they share them and have not taken the dispute back.",
  })
  text!: string | null;

  @ApiProperty({
    type: EventNameDto,
    nullable: true,
    description: 'The event that corrects it, once you have reported it.',
  })
  correction!: EventNameDto | null;

  static of(dispute: DisputedEvent, beside: { subject: string; text: string | null }, now: Date): ReceivedDisputeDto {
    const { correction } = dispute;
    return {
      ...DisputeStateDto.stateOf(dispute, now),
      subject: beside.subject,
      event: {
        id: dispute.eventId,
        source: dispute.source,
        type: dispute.type,
        occurred_at: dispute.occurredAt.toISOString(),
      },
      text: beside.text,
      correction: correction && { id: correction.eventId, source: correction.source },
    };
  }
}
