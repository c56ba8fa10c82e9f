import { Controller, Get, Query, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';

import { NotYetInTheLogError } from '../audit/log.errors.js';
import { Access, CurrentRetailer, type RetailerPrincipal } from '../platform/http/access.js';
import { Operation } from '../platform/http/operation.js';
import { decodeCursor, type Page, PageDto, PageQuery, pageSize } from '../platform/http/paging.js';
import { Sha256Param, UuidParam } from '../platform/http/validation.js';
import { receiptExample } from './consent-examples.js';
import {
  ConsentNotFoundError,
  ConsentRequestNotFoundError,
  NoticeNotFoundError,
  ReceiptNotFoundError,
} from './consents.errors.js';
import { noticeAnswer } from './notice.dto.js';
import { receiptProofExample, ReceiptProofDto } from './receipt-proof.dto.js';
import { ReceiptProofs } from './receipt-proofs.service.js';
import { ReceiptDto } from './receipts.dto.js';
import { ReceiptsService } from './receipts.service.js';

const tag = 'Receipts (retailer)';

const page = {
  status: 200,
  type: PageDto(ReceiptDto),
  description: 'One page of receipts.',
  example: { items: [receiptExample], next_cursor: null },
};

/** With what a retailer can show that a customer consented, and when that ended. */
@Controller('v1')
export class RetailerReceiptsController {
  constructor(
    private readonly receipts: ReceiptsService,
    private readonly proofs: ReceiptProofs,
  ) {}

  @Get('consents/:id/receipts')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'listReceipts',
    tag,
    summary: 'List the receipts of a consent',
    description:
      'One for every version, newest first, under the customer’s pairwise `sub`. Keep them: once the customer has ' +
      'been erased they are nowhere else. Each can be verified without CCX, with the keys at `/oauth/jwks`.',
    ok: page,
    errors: [ConsentNotFoundError],
  })
  async ofConsent(
    @CurrentRetailer() { retailerId }: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ReceiptDto>> {
    const limit = pageSize(query);
    const [before] = decodeCursor(query.cursor, ['int']) ?? [];
    return ReceiptDto.page(await this.receipts.listForRetailer(retailerId, id, { before, limit: limit + 1 }), limit);
  }

  @Get('consent-requests/:id/receipts')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'listRequestReceipts',
    tag,
    summary: 'List the receipts of a request',
    description:
      'The one of its decision; none while it is open. That of a refusal names the request and not the customer.',
    ok: page,
    errors: [ConsentRequestNotFoundError],
  })
  async ofRequest(
    @CurrentRetailer() { retailerId }: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Query() query: PageQuery,
  ): Promise<Page<ReceiptDto>> {
    return ReceiptDto.page(await this.receipts.listOfRequestForRetailer(retailerId, id), pageSize(query));
  }

  @Get('consents/:id/receipts/:receipt_id/proof')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'getConsentReceiptProof',
    tag,
    summary: 'Prove that a receipt is in the log',
    description:
      'The receipt, the leaf of the log that it promises, and the proof that the leaf is under a published checkpoint. ' +
      'What the leaf commits to is opened for the customer alone.',
    ok: { status: 200, type: ReceiptProofDto, description: 'The proof.', example: receiptProofExample },
    errors: [ConsentNotFoundError, ReceiptNotFoundError, NotYetInTheLogError],
  })
  async proof(
    @CurrentRetailer() { retailerId }: RetailerPrincipal,
    @UuidParam('id') id: string,
    @UuidParam('receipt_id') receiptId: string,
  ): Promise<ReceiptProofDto> {
    return ReceiptProofDto.of(await this.proofs.ofRetailer(retailerId, id, receiptId));
  }

  @Get('consents/:id/notices/:hash')
  @Access('retailer', 'consents.read')
  @Operation({
    id: 'getConsentNotice',
    tag,
    summary: 'See what the customer was shown',
    description: 'By the hash that a receipt of the consent names. It never holds what the customer has stated.',
    ok: noticeAnswer,
    errors: [ConsentNotFoundError, NoticeNotFoundError],
  })
  async notice(
    @CurrentRetailer() { retailerId }: RetailerPrincipal,
    @UuidParam('id') id: string,
    @Sha256Param('hash') hash: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    void reply.type('application/json');
    return this.receipts.noticeForRetailer(retailerId, id, hash);
  }
}
