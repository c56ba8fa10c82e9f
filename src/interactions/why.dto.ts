import { ApiProperty } from '@nestjs/swagger';

import { consentStatuses } from '../consents/consent.entity.js';
import { requestOrigins } from '../consents/consent-request.entity.js';
import { ConsentDetailDto } from '../consents/detail.dto.js';
import type { LineOrigin } from '../consents/line-origins.service.js';
import { RuleRefDto } from '../consents/rules.dto.js';
import { openCode, openCodes } from '../platform/http/extensible.js';
import { statisticalPurposes } from './demand.service.js';
import { RetailerNameDto } from './interactions.dto.js';
import type { TimelineEvent } from './timeline.queries.js';
import { type Use, uses, usesOf } from './uses.js';

const howGiven = [...requestOrigins, 'rule', 'changed'] as const;
type HowGiven = (typeof howGiven)[number];

class ReportedByDto {
  @ApiProperty({ type: RetailerNameDto })
  retailer!: RetailerNameDto;

  @ApiProperty({ description: 'Which client of the retailer sent it.', example: 'albatross-tills' })
  client_id!: string;

  @ApiProperty({ type: 'string', nullable: true, description: 'What that is called.', example: 'Tills' })
  client_name!: string | null;

  @ApiProperty({ description: "Which of the retailer's systems it came from.", example: '/tills/17' })
  source!: string;

  @ApiProperty({ format: 'date-time', description: 'When it arrived.' })
  received_at!: string;
}

class LetInByDto {
  @ApiProperty({ format: 'uuid' })
  consent_id!: string;

  @ApiProperty({ description: 'The version of the consent that held when it arrived.', example: 1 })
  consent_version!: number;

  @ApiProperty({ ...openCode(consentStatuses), description: 'How the consent stands today.', example: 'active' })
  status!: string;

  @ApiProperty({
    type: ConsentDetailDto,
    nullable: true,
    description: 'The line that allowed it, as it was then: `since` says how far back it reaches.',
  })
  line!: ConsentDetailDto | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'When that line was given.' })
  given_at!: string | null;

  @ApiProperty({
    ...openCode(howGiven),
    nullable: true,
    description:
      'How: on a page (`par`), by the code of a `device`, in your `inbox`, by a `switch` from another retailer, by a ' +
      'standing `rule` of yours, or when you `changed` the consent yourself.',
    example: 'par',
  })
  how!: HowGiven | null;

  @ApiProperty({ type: RuleRefDto, nullable: true, description: 'The rule by which you had decided it in advance.' })
  rule!: RuleRefDto | null;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What you were shown then: the address of the notice. Told to you alone.',
    example: '/v1/me/notices/9f2c4e1d7a60b85c3e1f0a97d4b2c6583a1e7f90c5d4b2a8e6f1037c9b5d2e48',
  })
  notice!: string | null;

  @ApiProperty({
    description: 'Where its receipts are.',
    example: '/v1/me/consents/0192f0c1-2222-7c3e-8f10-3d5f6a7b8c9d/receipts',
  })
  receipts!: string;
}

/** Why an interaction is known, and to what it leads. */
export class WhyDto {
  @ApiProperty({ format: 'uuid' })
  interaction_id!: string;

  @ApiProperty({ type: ReportedByDto, description: 'Who said so.' })
  reported_by!: ReportedByDto;

  @ApiProperty({ type: LetInByDto, description: 'By what right.' })
  let_in_by!: LetInByDto;

  @ApiProperty({
    ...openCodes(uses),
    description:
      'What it feeds now; nothing unless it stands. `summary`, `journeys`, `chains`: what you see here. ' +
      '`contact_limits`: how often retailers may still get in touch. `suggestions`: what is suggested to you, while you ' +
      'have that switched on. `demand`: counts over at least 20 customers, for this retailer, while the consent ' +
      'holds and names a purpose for that.',
    example: ['summary', 'journeys', 'chains', 'suggestions', 'demand'],
  })
  feeds!: Use[];

  static of(
    event: TimelineEvent,
    origin: LineOrigin,
    { retailerName, clientName, isDelegate }: { retailerName: string; clientName: string | null; isDelegate: boolean },
  ): WhyDto {
    const { consent, line, given } = origin;
    const notice = isDelegate ? null : given?.noticeHash;
    return {
      interaction_id: event.id,
      reported_by: {
        retailer: { id: event.retailerId, name: retailerName },
        client_id: event.clientId,
        client_name: clientName,
        source: event.source,
        received_at: event.receivedAt.toISOString(),
      },
      let_in_by: {
        consent_id: event.consentId,
        consent_version: event.consentVersion,
        status: consent.status,
        line: line && ConsentDetailDto.of(line),
        given_at: given?.at.toISOString() ?? null,
        how: howOf(origin),
        rule: given?.rule ?? null,
        notice: notice ? `/v1/me/notices/${notice.toString('hex')}` : null,
        receipts: `/v1/me/consents/${event.consentId}/receipts`,
      },
      feeds: usesOf(event, isCounted(origin)),
    };
  }
}

function howOf({ given, origin }: LineOrigin): HowGiven | null {
  if (!given) return null;
  return given.rule ? 'rule' : (origin ?? 'changed');
}

function isCounted({ consent, line }: LineOrigin): boolean {
  return (
    consent.status === 'active' && (line?.purposes.some((purpose) => statisticalPurposes.includes(purpose)) ?? false)
  );
}
