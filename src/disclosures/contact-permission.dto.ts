import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsString, MaxLength } from 'class-validator';

import { type ContactChannel, contactChannels } from '../interactions/contact.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { type Touchpoint, touchpoints } from '../vocabulary/code-lists.js';
import { AnsweringConsentDto } from './answer.dto.js';
import type { ContactInquiry, PermissionAnswer } from './contact-permission.service.js';
import { CircumstancesDto } from './reading.dto.js';

/** What contact may be asked for. A consent for anything else does not let anybody be advertised to. */
export const contactPurposes = ['dpv:DirectMarketing'] as const;
type ContactPurpose = (typeof contactPurposes)[number];

export class ContactPermissionQuery extends CircumstancesDto {
  @ApiProperty({ enum: contactChannels, description: 'How you would contact them.', example: 'email' })
  @IsIn(contactChannels)
  channel!: ContactChannel;

  @ApiProperty({
    description:
      'What about: a code of the list `marketing_topic` of the vocabulary. At the touchpoints `beacon` and `social` the ' +
      'answer is the same whatever it is.',
    maxLength: 64,
    example: 'offers',
  })
  @IsString()
  @MaxLength(64)
  topic!: string;

  @ApiPropertyOptional({
    enum: contactPurposes,
    default: contactPurposes[0],
    description: 'What for: advertising that goes to the customer directly.',
  })
  @IsIn(contactPurposes)
  @Omittable()
  purpose?: ContactPurpose;

  @ApiPropertyOptional({
    enum: touchpoints,
    description:
      'Where from. Left out, `email` for e-mail, `call_centre` for the telephone, `app` for a notification, `social` ' +
      'for social media; for the others the one that the consent and your client have in common.',
  })
  @IsIn(touchpoints)
  @Omittable()
  touchpoint?: Touchpoint;

  @ApiPropertyOptional({
    description: 'The customer, with your client’s own token; a token of a consent names them itself.',
    maxLength: 100,
    example: 'p1PHkE2qXbQmC0dZ3Vt8sYwA',
  })
  @IsString()
  @MaxLength(100)
  @Omittable()
  subject?: string;

  static inquiryOf(query: ContactPermissionQuery): ContactInquiry {
    const { channel, topic, touchpoint, stage, subject, purpose = contactPurposes[0], occasion = null } = query;
    return { channel, topic, purpose, touchpoint, stage, subject, place: CircumstancesDto.placeOf(query), occasion };
  }
}

/** Whether a customer may be contacted now. */
export class ContactPermissionDto {
  @ApiProperty({ description: 'The customer, as your organisation knows them.', example: 'p1PHkE2qXbQmC0dZ3Vt8sYwA' })
  subject!: string;

  @ApiProperty()
  consent!: AnsweringConsentDto;

  @ApiProperty({ ...openCode(contactChannels), example: 'email' })
  channel!: string;

  @ApiProperty({ example: 'offers' })
  topic!: string;

  @ApiProperty({ ...openCode(contactPurposes), example: 'dpv:DirectMarketing' })
  purpose!: string;

  @ApiProperty({ ...openCode(touchpoints), example: 'email' })
  touchpoint!: string;

  @ApiProperty({ format: 'date-time', description: 'When the consent was checked, by our clock.' })
  at!: string;

  @ApiProperty({ description: 'Whether you may contact them now. Why not is not said.', example: true })
  may_contact!: boolean;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description:
      'The most contacts in seven days that they take from you, over all channels; null for no limit, and always at the ' +
      'touchpoints `beacon` and `social`.',
    example: 2,
  })
  max_per_week!: number | null;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How many of them are left, by the offers that you have reported; null where `max_per_week` is.',
    example: 1,
  })
  remaining!: number | null;

  @ApiProperty({
    format: 'date-time',
    description:
      'What the customer states for you is the same until then, and so is what you reported. Ask again before each ' +
      'contact: this is no permission for later.',
  })
  valid_until!: string;

  @ApiProperty({ format: 'uuid', description: 'The record of this answer, which the customer sees.' })
  disclosure_id!: string;

  static of({ channel, topic }: ContactPermissionQuery, permission: PermissionAnswer): ContactPermissionDto {
    const { answer, mayContact, maxPerWeek, remaining, validUntil } = permission;
    const { purpose, touchpoint } = answer.circumstances;
    return {
      subject: answer.subject,
      consent: AnsweringConsentDto.of(answer.consent),
      channel,
      topic,
      purpose,
      touchpoint,
      at: answer.at.toISOString(),
      may_contact: mayContact,
      max_per_week: maxPerWeek,
      remaining,
      valid_until: validUntil.toISOString(),
      disclosure_id: answer.disclosureId,
    };
  }
}
