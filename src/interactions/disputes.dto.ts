import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn } from 'class-validator';

import { IsDisplayText } from '../customers/text.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { type DisputeReason, disputeReasons } from './dispute.entity.js';
import { ANSWER_DAYS, type DisputeStatus, disputeStatuses, dueAt, isOverdue } from './dispute.js';
import type { DisputedEvent } from './disputes.queries.js';
import { RetailerNameDto } from './interactions.dto.js';

const LONGEST_TEXT = 500;

export class NewDisputeDto {
  @ApiProperty({
    enum: disputeReasons,
    description:
      '`not_me`: somebody else did that. `wrong_content` or `wrong_time`: it was otherwise. `not_consented`: it should ' +
      'not have been reported.',
    example: 'wrong_content',
  })
  @IsIn(disputeReasons)
  reason!: DisputeReason;

  @ApiPropertyOptional({
    description: 'More about it, in your own words. It stays sealed, and with you unless you share it.',
    maxLength: LONGEST_TEXT,
    example: 'I bought one of them, not six.',
  })
  @Omittable()
  @IsDisplayText(LONGEST_TEXT)
  text?: string;

  @ApiPropertyOptional({ description: 'Whether the retailer may read your words.', default: false })
  @Omittable()
  @IsBoolean()
  share_text?: boolean;
}

const timeOrNull = { type: 'string', format: 'date-time', nullable: true, example: null } as const;

/** What both sides see of a dispute. */
export class DisputeStateDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ ...openCode(disputeReasons), example: 'wrong_content' })
  reason!: DisputeReason;

  @ApiProperty({ format: 'date-time', example: '2026-11-22T10:00:00.000Z' })
  disputed_at!: string;

  @ApiProperty({
    ...openCode(disputeStatuses),
    description:
      '`open`: waits for an answer. `corrected`, `withdrawn`, `stands`: what the retailer answered, or did. ' +
      '`retracted`: the customer took it back. Unless that is so, the disputed event feeds nothing, whatever the answer.',
    example: 'open',
  })
  status!: DisputeStatus;

  @ApiProperty({
    format: 'date-time',
    description: `When an answer is due: ${ANSWER_DAYS} days after the dispute.`,
    example: '2026-12-22T10:00:00.000Z',
  })
  due_at!: string;

  @ApiProperty({ description: 'Whether that has passed without an answer.', example: false })
  overdue!: boolean;

  @ApiProperty({ ...timeOrNull, description: 'When the retailer answered last.' })
  answered_at!: string | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: "The retailer's own code of why it answered so.",
    example: null,
  })
  note_code!: string | null;

  protected static stateOf(dispute: DisputedEvent, now: Date): DisputeStateDto {
    return {
      id: dispute.id,
      reason: dispute.reason,
      disputed_at: dispute.disputedAt.toISOString(),
      status: dispute.status,
      due_at: dueAt(dispute.disputedAt).toISOString(),
      overdue: isOverdue(dispute, now),
      answered_at: dispute.answeredAt?.toISOString() ?? null,
      note_code: dispute.noteCode,
    };
  }
}

/** What a customer says is wrong of an event, and what came of it. */
export class DisputeDto extends DisputeStateDto {
  @ApiProperty({ format: 'uuid', description: 'What is disputed.' })
  interaction_id!: string;

  @ApiProperty({ type: RetailerNameDto, description: 'Who reported it.' })
  retailer!: RetailerNameDto;

  @ApiProperty({ type: 'string', nullable: true, description: 'In your own words.' })
  text!: string | null;

  @ApiProperty({ description: 'Whether the retailer may read them.', example: false })
  share_text!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The event that corrects it, once it is reported. That one counts.',
  })
  corrected_by!: string | null;

  @ApiProperty({ ...timeOrNull, description: 'When you took the dispute back.' })
  retracted_at!: string | null;

  static of(dispute: DisputedEvent, beside: { retailerName: string; text: string | null }, now: Date): DisputeDto {
    return {
      ...DisputeStateDto.stateOf(dispute, now),
      interaction_id: dispute.interactionId,
      retailer: { id: dispute.retailerId, name: beside.retailerName },
      text: beside.text,
      share_text: dispute.shareText,
      corrected_by: dispute.correction?.id ?? null,
      retracted_at: dispute.retractedAt?.toISOString() ?? null,
    };
  }
}
