import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsUUID } from 'class-validator';

import { consentStatuses, type ReportedData } from '../consents/consent.entity.js';
import { exampleIds } from '../consents/consent-examples.js';
import { ConsentRequestDto } from '../consents/consent-requests.dto.js';
import { ConsentRetailerDto } from '../consents/consents.dto.js';
import { DecisionDto } from '../consents/decision.dto.js';
import { type SourceWithdrawal, sourceWithdrawals } from '../consents/pre-approval.js';
import type { Receipt } from '../consents/receipts.dto.js';
import { ReceiptDto } from '../consents/receipts.dto.js';
import { NoticeHashesDto, RequestInWordsDto } from '../consents/wording.dto.js';
import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { SwitchDifferenceDto } from './switch-difference.dto.js';
import { otherRetailerId, switchedExample } from './switch-examples.js';
import type { Switch, SwitchOrder } from './switches.service.js';

export class SwitchDto extends DecisionDto {
  @ApiProperty({ format: 'uuid', description: 'To which retailer.', example: otherRetailerId })
  @IsUUID()
  retailer_id!: string;

  @ApiPropertyOptional({
    default: false,
    description:
      'Whether what you state for the one retailer in particular is stated for the other one, too: at once, and for good.',
    example: true,
  })
  @IsBoolean()
  @Omittable()
  copy_overrides?: boolean;

  @ApiPropertyOptional({
    enum: sourceWithdrawals,
    default: 'no',
    description:
      'What becomes of this consent: it stays, ends at once, or ends in the moment in which the other retailer is given ' +
      'any of it.',
    example: 'on_completion',
  })
  @IsIn(sourceWithdrawals)
  @Omittable()
  withdraw_source?: SourceWithdrawal;

  @ApiPropertyOptional({
    enum: ['keep', 'delete'],
    default: 'keep',
    description: 'What becomes of the events that were reported under this consent, where it ends.',
    example: 'keep',
  })
  @IsIn(['keep', 'delete'])
  @Omittable()
  reported_data?: ReportedData;

  @ApiPropertyOptional({ default: false, description: 'Only say what would happen.', example: false })
  @IsBoolean()
  @Omittable()
  dry_run?: boolean;

  toOrder(): SwitchOrder {
    return {
      retailerId: this.retailer_id,
      copyOverrides: this.copy_overrides ?? false,
      withdrawSource: this.withdraw_source ?? 'no',
      reportedData: this.reported_data ?? 'keep',
      shown: { hash: this.notice, language: this.language },
    };
  }
}

class SwitchSourceDto {
  @ApiProperty({ format: 'uuid', example: exampleIds.consent })
  readonly consent_id!: string;

  @ApiProperty({ ...openCode(consentStatuses), description: 'As it stands now.', example: 'active' })
  readonly status!: string;
}

/** What has come of a switch, or would. */
export class SwitchedDto {
  @ApiProperty({ description: 'Whether nothing has happened yet.', example: false })
  readonly dry_run!: boolean;

  @ApiProperty({ description: 'From which consent.' })
  readonly source!: SwitchSourceDto;

  @ApiProperty({ description: 'To which retailer.' })
  readonly retailer!: ConsentRetailerDto;

  @ApiProperty()
  readonly difference!: SwitchDifferenceDto;

  @ApiProperty({
    type: RequestInWordsDto,
    nullable: true,
    description: 'What is approved, in sentences; null when there is nothing to approve. Show it before you send this.',
  })
  readonly in_words!: RequestInWordsDto | null;

  @ApiProperty({
    type: NoticeHashesDto,
    nullable: true,
    description: 'The hash of these sentences, by language: what a dry run says can be sent as `notice`.',
  })
  readonly notices!: NoticeHashesDto | null;

  @ApiProperty({
    type: ConsentRequestDto,
    nullable: true,
    description:
      'What is approved beforehand. It counts until `expires_at`; refuse it to call it off. Null in a dry run, and when ' +
      'there is nothing to approve.',
  })
  readonly request!: ConsentRequestDto | null;

  @ApiProperty({ type: ReceiptDto, nullable: true, description: 'The receipt of that.' })
  readonly receipt!: ReceiptDto | null;

  @ApiProperty({
    type: 'string',
    format: 'uri',
    nullable: true,
    description:
      'Where to go on, at the other retailer (OpenID Connect Core §4): it sends the browser back here to ask. Null when ' +
      'it has registered no such address; sign in there as usual then.',
    example: switchedExample.continue_url,
  })
  readonly continue_url!: string | null;

  static of(made: Switch, { dryRun, receipt, now }: Telling): SwitchedDto {
    const { source, retailer, request, notices } = made;
    return {
      dry_run: dryRun,
      source: { consent_id: source.id, status: source.statusAt(now) },
      retailer: ConsentRetailerDto.of(retailer),
      difference: SwitchDifferenceDto.of(made, { dryRun, now }),
      in_words: notices && RequestInWordsDto.of(notices),
      notices: notices && NoticeHashesDto.of(notices),
      request: request && !dryRun ? ConsentRequestDto.of(request, retailer, now) : null,
      receipt: receipt && ReceiptDto.of(receipt),
      continue_url: made.continueUrl,
    };
  }
}

interface Telling {
  readonly dryRun: boolean;
  readonly receipt: Receipt | null;
  readonly now: Date;
}
