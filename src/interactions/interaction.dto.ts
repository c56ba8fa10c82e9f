import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import type { JsonObject } from '../platform/json.js';
import { stages, touchpoints } from '../vocabulary/code-lists.js';
import { keptTypeNames as typeNames } from './event-types.js';
import { DisputeDto } from './disputes.dto.js';
import { RetailerNameDto } from './interactions.dto.js';
import { NoteDto } from './notes.dto.js';
import { type Standing, standings } from './standing.js';
import type { TimelineEvent } from './timeline.queries.js';

/** What there is to say of an event that its own row does not have. */
export interface Beside {
  readonly retailerName: string;
  readonly note: NoteDto | null;
  readonly dispute: DisputeDto | null;
}

/** Something that a retailer reported, as the customer sees it. */
export class InteractionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ type: RetailerNameDto, description: 'Who reported it.' })
  retailer!: RetailerNameDto;

  @ApiProperty({ ...openCode(typeNames), example: 'transaction.completed' })
  type!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'till' })
  touchpoint!: string;

  @ApiProperty({ ...openCode(stages), example: 'shopping' })
  stage!: string;

  @ApiProperty({ format: 'date-time', description: 'When it happened, by our clock.' })
  occurred_at!: string;

  @ApiProperty({
    ...openCode(['corrected', 'suspect']),
    nullable: true,
    description:
      'Whether the clock of the sender was off: `corrected` by the difference that it told us of, or `suspect`, so that ' +
      'the time should be taken with care. Null where there is no reason to doubt it.',
    example: null,
  })
  clock!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it was reported.' })
  received_at!: string;

  @ApiProperty({ description: "Which of the retailer's systems reported it.", example: '/tills/17' })
  source!: string;

  @ApiProperty({ description: "The retailer's own id of the event.", example: '536365' })
  event_id!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'What ties events of one visit or one offer together.' })
  correlation!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: true, description: 'What exactly was reported.' })
  data!: JsonObject;

  @ApiProperty({
    description: 'Whether something of it was left out, since it would tell of health or intimacy.',
    example: false,
  })
  withheld!: boolean;

  @ApiProperty({
    ...openCode(standings),
    description:
      '`standing`: it counts. `voided`: the retailer took it back. `corrected`: another event took its place. ' +
      '`disputed`: you dispute it. Only what stands feeds anything.',
    example: 'standing',
  })
  standing!: Standing;

  @ApiProperty({ description: 'Whether the retailer has taken it back.', example: false })
  voided!: boolean;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'The event whose place it takes.' })
  corrects!: string | null;

  @ApiProperty({ type: 'string', format: 'uuid', nullable: true, description: 'The event that took its place.' })
  corrected_by!: string | null;

  @ApiProperty({
    type: NoteDto,
    nullable: true,
    description: 'What you noted beside it. No retailer sees it, nor does anybody who acts for you.',
  })
  note!: NoteDto | null;

  @ApiProperty({
    type: DisputeDto,
    nullable: true,
    description: 'What you last said was wrong of it. Your words are shown to nobody who acts for you.',
  })
  dispute!: DisputeDto | null;

  @ApiProperty({ format: 'uuid', description: 'The consent that let it in.' })
  consent_id!: string;

  @ApiProperty({ description: 'And its version.', example: 1 })
  consent_version!: number;

  static of(event: TimelineEvent, { retailerName, note, dispute }: Beside): InteractionDto {
    return {
      id: event.id,
      retailer: { id: event.retailerId, name: retailerName },
      type: event.type,
      touchpoint: event.touchpoint,
      stage: event.stage,
      occurred_at: event.occurredAt.toISOString(),
      clock: event.clock,
      received_at: event.receivedAt.toISOString(),
      source: event.source,
      event_id: event.eventId,
      correlation: event.correlation,
      data: event.data,
      withheld: event.withheld,
      standing: event.standing,
      voided: event.standing === 'voided',
      corrects: event.corrects,
      corrected_by: event.correctedBy,
      note,
      dispute,
      consent_id: event.consentId,
      consent_version: event.consentVersion,
    };
  }
}
