import { ApiProperty } from '@nestjs/swagger';

import { openCode } from '../platform/http/extensible.js';
import { type Page, pageOf } from '../platform/http/paging.js';
import { exampleIds } from './consent-examples.js';
import { type ReceiptEvent, receiptEvents } from './stored-receipt.entity.js';

/** A receipt, opened for one of its two holders. */
export interface Receipt {
  id: string;
  event: ReceiptEvent;
  consentId: string | null;
  /** The consent's version that the change made; null where it is about a request alone. */
  version: number | null;
  at: Date;
  /** The compact JWS (RFC 7515). */
  jws: string;
}

export class ReceiptDto {
  @ApiProperty({ format: 'uuid', description: 'The `receipt_id` inside.', example: exampleIds.receipt })
  readonly id!: string;

  @ApiProperty({ ...openCode(receiptEvents), description: 'What happened.', example: 'given' })
  readonly event!: string;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    description: 'The version of the consent that it made; null where it is about a request alone.',
    example: 1,
  })
  readonly version!: number | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-21T09:30:00.000Z' })
  readonly at!: string;

  @ApiProperty({
    description:
      'The receipt itself: a compact JWS, `typ` `consent-receipt+jwt`, signed with ES256 by a key of `/oauth/jwks`. ' +
      'Its payload follows `/schemas/consent-receipt.json`.',
    example: 'eyJhbGciOiJFUzI1NiIsInR5cCI6ImNvbnNlbnQtcmVjZWlwdCtqd3QiLCJraWQiOiI…',
  })
  readonly jws!: string;

  static of({ id, event, version, at, jws }: Receipt): ReceiptDto {
    return { id, event, version, at: at.toISOString(), jws };
  }

  /** A page of receipts of one consent or request, fetched with one more than it may hold. */
  static page(receipts: readonly Receipt[], limit: number): Page<ReceiptDto> {
    const { items, next_cursor } = pageOf(receipts, limit, ({ version }) => [version ?? 0]);
    return { items: items.map((receipt) => ReceiptDto.of(receipt)), next_cursor };
  }
}
