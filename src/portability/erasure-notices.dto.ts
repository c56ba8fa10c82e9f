import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, ValidateIf } from 'class-validator';

import { InvalidRequestError } from '../platform/errors.js';
import { openCode } from '../platform/http/extensible.js';
import { PageQuery } from '../platform/http/paging.js';
import {
  type AttestedOutcome,
  attestedOutcomes,
  type ErasureNotice,
  type LegalGround,
  legalGrounds,
  noticeStatuses,
} from './erasure-notice.entity.js';

const noticeFilters = ['open', 'attested'] as const;

export class ErasureNoticesQuery extends PageQuery {
  @ApiPropertyOptional({ enum: noticeFilters, description: 'Only those that you have attested, or have not.' })
  @IsIn(noticeFilters)
  @IsOptional()
  status?: (typeof noticeFilters)[number];

  attested(): boolean | undefined {
    return this.status && this.status === 'attested';
  }
}

/** What a retailer is told of an erasure. */
export class ErasureNoticeDto {
  @ApiProperty({ format: 'uuid', description: 'The erasure number: attest by it. It is yours alone.' })
  readonly number!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'Whom it is about, as you know them; null once you have confirmed or attested it, or after 30 days.',
    example: 'AS2rUoWcdX0Gq2OCk5bE7iM',
  })
  readonly subject!: string | null;

  @ApiProperty({
    type: [String],
    format: 'uuid',
    description: 'The consents of them that you had; gone with `subject`.',
  })
  readonly consents!: string[];

  @ApiProperty({ format: 'date-time' })
  readonly announced_at!: string;

  @ApiProperty({ format: 'date-time', description: 'Until when to delete what you hold, and attest it.' })
  readonly due_at!: string;

  @ApiProperty({ ...openCode(noticeStatuses), example: 'told' })
  readonly status!: string;

  @ApiProperty({ ...openCode(legalGrounds), nullable: true, example: null })
  readonly legal_ground!: string | null;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, example: null })
  readonly attested_at!: string | null;

  static of(notice: ErasureNotice): ErasureNoticeDto {
    return {
      number: notice.id,
      subject: notice.subject,
      consents: notice.consents,
      announced_at: notice.createdAt.toISOString(),
      due_at: notice.dueAt.toISOString(),
      status: notice.status,
      legal_ground: notice.legalGround,
      attested_at: notice.attestedAt?.toISOString() ?? null,
    };
  }
}

/** What operators see of it: which retailer owes an answer, and nothing of whom it is about. */
export class OverdueErasureDto {
  @ApiProperty({ format: 'uuid', description: 'The erasure number, as the retailer knows it.' })
  readonly number!: string;

  @ApiProperty({ format: 'uuid' })
  readonly retailer_id!: string;

  @ApiProperty({ format: 'date-time' })
  readonly due_at!: string;

  @ApiProperty({ enum: ['told', 'confirmed'], example: 'told' })
  readonly status!: string;

  @ApiProperty({ type: 'string', format: 'date-time', nullable: true, description: 'When it was last reminded.' })
  readonly reminded_at!: string | null;

  static of(notice: ErasureNotice): OverdueErasureDto {
    return {
      number: notice.id,
      retailer_id: notice.retailerId,
      due_at: notice.dueAt.toISOString(),
      status: notice.status,
      reminded_at: notice.remindedAt?.toISOString() ?? null,
    };
  }
}

export class AttestationDto {
  @ApiProperty({
    enum: attestedOutcomes,
    description:
      '`deleted`: nothing of the customer is left with you or with whom you passed it on to. `retained`: something has ' +
      'to be kept for now; attest `deleted` later.',
    example: 'deleted',
  })
  @IsIn(attestedOutcomes)
  outcome!: AttestedOutcome;

  @ApiPropertyOptional({
    enum: legalGrounds,
    description: 'With `retained`, and only then: which exception of GDPR Article 17(3) it is kept under.',
  })
  @ValidateIf(({ outcome, legal_ground }: AttestationDto) => outcome === 'retained' || legal_ground !== undefined)
  @IsIn(legalGrounds)
  legal_ground?: LegalGround;

  /** @throws InvalidRequestError when there is one for what is deleted */
  ground(): LegalGround | null {
    if (this.outcome === 'deleted' && this.legal_ground !== undefined) {
      throw new InvalidRequestError([{ pointer: '/legal_ground', detail: 'means something with `retained` only' }]);
    }
    return this.legal_ground ?? null;
  }
}
