import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsUUID } from 'class-validator';

import { openCode } from '../platform/http/extensible.js';
import { Omittable } from '../platform/http/omittable.js';
import { type Purpose, purposes } from '../vocabulary/code-lists.js';
import { ConsentWithReceiptDto, WithdrawalDto } from './consent-commands.dto.js';
import { exampleIds } from './consent-examples.js';
import { RefusedDto } from './consent-requests.dto.js';

export class BulkWithdrawalDto extends WithdrawalDto {
  @ApiPropertyOptional({
    format: 'uuid',
    description: 'Only what this retailer was given.',
    example: exampleIds.retailer,
  })
  @IsUUID()
  @Omittable()
  retailer_id?: string;

  @ApiPropertyOptional({
    enum: purposes,
    description:
      'Only what is allowed for this purpose. Lines that name other purposes besides stay for those; a consent of ' +
      'which nothing is left is withdrawn. What you have approved beforehand is called off as a whole.',
    example: 'dpv:PersonalisedBenefits',
  })
  @IsIn(purposes)
  @Omittable()
  purpose?: Purpose;

  @ApiPropertyOptional({ default: false, description: 'Only say what would happen.', example: false })
  @IsBoolean()
  @Omittable()
  dry_run?: boolean;
}

class BulkChangeDto {
  @ApiProperty({ ...openCode(['withdrawn', 'amended']), example: 'withdrawn' })
  readonly change!: string;

  @ApiProperty({ description: 'As it stands afterwards. In a dry run nothing has a receipt.' })
  readonly consent!: ConsentWithReceiptDto;
}

export class BulkWithdrawnDto {
  @ApiProperty({ description: 'Whether nothing has happened yet.', example: false })
  readonly dry_run!: boolean;

  @ApiProperty({ type: [BulkChangeDto], description: 'Every consent that changes, newest first.' })
  readonly changes!: BulkChangeDto[];

  @ApiProperty({
    type: [RefusedDto],
    description:
      'What you had approved before a retailer asked for it, by a switch, and no longer have: as it stands afterwards, ' +
      'newest first. In a dry run nothing has a receipt.',
  })
  readonly called_off!: RefusedDto[];
}
