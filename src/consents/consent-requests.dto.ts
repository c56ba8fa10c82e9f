import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsUUID } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { PageDto, PageQuery } from '../platform/http/paging.js';
import type { RetailerDescription } from '../retailers/retailers.service.js';
import { ConsentWithReceiptDto } from './consent-commands.dto.js';
import { consentUses } from './consent.entity.js';
import { exampleIds, readExample } from './consent-examples.js';
import {
  type ConsentRequest,
  requestActions,
  requestOrigins,
  requestStatuses,
  type RequestStatus,
} from './consent-request.entity.js';
import { ConsentRetailerDto } from './consents.dto.js';
import { AskedDetailDto } from './detail.dto.js';
import type { Language } from './phrases.js';
import { type PreApproval, sourceWithdrawals } from './pre-approval.js';
import { ReceiptDto } from './receipts.dto.js';
import type { StruckLine } from './rule.js';
import { RuleRefDto } from './rules.dto.js';
import { NoticeHashesDto, RequestInWordsDto } from './wording.dto.js';
import type { Notice } from './wording.js';

export class ConsentRequestsQuery extends PageQuery {
  @ApiPropertyOptional({ enum: requestStatuses, example: 'open' })
  @IsIn(requestStatuses)
  @Omittable()
  status?: RequestStatus;

  @ApiPropertyOptional({ format: 'uuid', description: 'Only those of this retailer.' })
  @IsUUID()
  @Omittable()
  retailer_id?: string;
}

/** What you have approved before the retailer asks, by taking along what you gave another one. */
class PreApprovalDto {
  @ApiProperty({ format: 'uuid', description: 'The consent with the other retailer.', example: exampleIds.consent })
  readonly source_consent_id!: string;

  @ApiProperty({
    ...openCode(sourceWithdrawals),
    description: 'What becomes of that: it stays, has ended, or ends when this retailer is given any of it.',
    example: 'on_completion',
  })
  readonly withdraw_source!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'string', format: 'date-time' },
    description: 'Until when each line would hold, by its id: no longer than with the other retailer.',
    example: { [exampleIds.preferences]: '2027-11-21T09:30:00.000Z' },
  })
  readonly ends!: Record<string, string>;

  static of({ sourceId, withdrawSource, ends }: PreApproval): PreApprovalDto {
    return { source_consent_id: sourceId, withdraw_source: withdrawSource, ends };
  }
}

/** A line that the customer is not asked for. */
class StruckLineDto {
  @ApiProperty()
  readonly detail!: AskedDetailDto;

  @ApiProperty({ description: 'Your rule that refused it.' })
  readonly rule!: RuleRefDto;

  static of({ detail, rule }: StruckLine): StruckLineDto {
    return { detail: AskedDetailDto.of(detail), rule: RuleRefDto.of(rule) };
  }
}

export class ConsentRequestDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.request })
  readonly id!: string;

  @ApiProperty({
    ...openCode(requestStatuses),
    description:
      '`narrowed`: approved in part. `lapsed`: not decided in time. `pre_approved`: you have approved beforehand what the ' +
      'retailer has not asked for yet, and it knows nothing of that; `expires_at` says until when it counts.',
    example: 'open',
  })
  readonly status!: string;

  @ApiProperty({ ...openCode(requestOrigins), description: 'How it reached the customer.', example: 'inbox' })
  readonly origin!: string;

  @ApiProperty({ ...openCode(consentUses), example: 'standing' })
  readonly use!: string;

  @ApiProperty()
  readonly retailer!: ConsentRetailerDto;

  @ApiProperty({
    ...openCode(requestActions),
    description: '`merge`: approving adds to what the retailer has. `replace`: it takes the place of that.',
    example: 'merge',
  })
  readonly action!: string;

  @ApiProperty({ type: [AskedDetailDto], description: 'What there is to decide.', example: readExample })
  readonly details!: AskedDetailDto[];

  @ApiProperty({
    type: [StruckLineDto],
    description: 'What else was asked for, and one of your rules refused. The retailer is not told by which.',
    example: [],
  })
  readonly struck!: StruckLineDto[];

  @ApiProperty({ description: 'For how many days the consent would hold.', example: 365 })
  readonly lifetime_days!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'How often a day the retailer would read at most; null where it has not said.',
    example: null,
  })
  readonly max_reads_per_day!: number | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'The retailer’s own words.', example: null })
  readonly message!: string | null;

  @ApiProperty({
    type: 'string',
    format: 'uuid',
    nullable: true,
    description: 'The consent that it led to.',
    example: null,
  })
  readonly consent_id!: string | null;

  @ApiProperty({ type: RuleRefDto, nullable: true, description: 'Your rule that decided it.', example: null })
  readonly decided_by_rule!: RuleRefDto | null;

  @ApiProperty({
    type: PreApprovalDto,
    nullable: true,
    description: 'Of a request that you have made for the retailer, by a switch.',
    example: null,
  })
  readonly pre_approval!: PreApprovalDto | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:12:00.000Z' })
  readonly created_at!: string;

  @ApiProperty({
    format: 'date-time',
    description: 'Until when it can be decided.',
    example: '2026-12-05T09:12:00.000Z',
  })
  readonly expires_at!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When you first saw it.',
    example: null,
  })
  readonly shown_at!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly decided_at!: string | null;

  static of(request: ConsentRequest, retailer: RetailerDescription, now: Date): ConsentRequestDto {
    return {
      id: request.id,
      status: request.statusAt(now),
      origin: request.origin,
      use: request.use,
      retailer: ConsentRetailerDto.of(retailer),
      action: request.action,
      details: request.details.map((detail) => AskedDetailDto.of(detail)),
      struck: request.struck.map((line) => StruckLineDto.of(line)),
      lifetime_days: request.lifetimeDays,
      max_reads_per_day: request.maxReadsPerDay,
      message: request.message,
      consent_id: request.consentId,
      decided_by_rule: request.decidedByRule && RuleRefDto.of(request.decidedByRule),
      pre_approval: request.preApproval && PreApprovalDto.of(request.preApproval),
      created_at: request.createdAt.toISOString(),
      expires_at: request.expiresAt.toISOString(),
      shown_at: request.shownAt?.toISOString() ?? null,
      decided_at: request.decidedAt?.toISOString() ?? null,
    };
  }
}

export class ConsentRequestsPageDto extends PageDto(ConsentRequestDto) {
  @ApiProperty({
    type: 'integer',
    description: 'How many wait for a decision in all, whatever this list is narrowed to.',
    example: 1,
  })
  readonly open!: number;
}

export class WordedConsentRequestDto extends ConsentRequestDto {
  @ApiProperty({
    description: 'All of it in sentences for people. What is shown of these is what the customer decides.',
  })
  readonly in_words!: RequestInWordsDto;

  @ApiProperty({ description: 'The hash of these sentences, by language.' })
  readonly notices!: NoticeHashesDto;

  static worded(request: ConsentRequestDto, notices: Readonly<Record<Language, Notice>>): WordedConsentRequestDto {
    return { ...request, in_words: RequestInWordsDto.of(notices), notices: NoticeHashesDto.of(notices) };
  }
}

export class DecidedDto {
  @ApiProperty()
  readonly request!: ConsentRequestDto;

  @ApiProperty({ description: 'As it is now. One that is paused stays paused: what was added rests with it.' })
  readonly consent!: ConsentWithReceiptDto;
}

export class RefusedDto extends ConsentRequestDto {
  @ApiProperty({ type: ReceiptDto, nullable: true, description: 'The receipt of the refusal.' })
  readonly receipt!: ReceiptDto | null;
}
